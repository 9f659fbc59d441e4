"""A small content directory, so that a lint takes a moment: one topic, one country, the words they need."""

import datetime as dt
import shutil

import pytest

from bot.editing.publishing import Publisher
from bot.editing.second_pair import SecondPair
from bot.editing.workflow import Editor

NOW = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.timezone.utc)
ASHA, BEN = Editor("1", "Asha"), Editor("2", "Ben")
TOPIC = "faq/recruitment/recruitment_fees.yml"
COUNTRY = "countries/KE.yml"
BUTTONS = "buttons: [pay_upfront, receipts, complain_agency]"


@pytest.fixture
def root(content_dir, tmp_path):
    here = tmp_path / "content"
    for name in ("languages.yml", "labels.yml", "actions.yml", TOPIC, COUNTRY, *_word_lists()):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(content_dir / name, here / name)
    topic = here / TOPIC
    text = topic.read_text(encoding="utf-8")
    assert BUTTONS in text
    topic.write_text(text.replace(BUTTONS, "buttons: [talk_to_person, emergency]"), encoding="utf-8")
    return here


def _word_lists():
    of_languages = [
        f"{folder}/{code}.yml" for folder in ("emergency", "gazetteer") for code in ("en", "fr", "pt", "sw")
    ]
    return ["danger_cues.yml", "form_cues.yml", *of_languages]


@pytest.fixture
def topic(root):
    return (root / TOPIC).read_text(encoding="utf-8")


@pytest.fixture
def publisher(database, root):
    return Publisher(database, root, SecondPair.FACTS)
