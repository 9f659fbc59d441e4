"""Native review: who may sign, what it changes, and what takes it back."""

import pytest
import yaml

from bot.editing import workflow
from bot.editing.second_pair import SecondPair
from bot.editing.sign_off import Reviewer, earned_only, signatures
from bot.editing.tables import State
from bot.editing.translations import Need, standing
from bot.editing.units import texts_of
from bot.editing.workflow import EditingError
from bot.knowledge.reading import load
from tests.editing.conftest import ASHA, BEN, NOW, TOPIC

CODES = ("en", "fr", "pt", "sw")


@pytest.fixture
def reviewer(database, root):
    return Reviewer(database, root, SecondPair.FACTS)


def in_force(database, root):
    with database.reading() as session:
        return workflow.in_force(session, root, TOPIC).text


def hash_of(database, root, language):
    return texts_of(TOPIC, in_force(database, root), CODES).hash_of(language)


def state(database, root, language):
    return standing(database, root, load(root), NOW).state(TOPIC, language)


def publish(database, root, publisher, text, author, by):
    with database.transaction() as session:
        text = earned_only(workflow.in_force(session, root, TOPIC).text, text)
        id = workflow.draft(session, root, TOPIC, text, author, "why", NOW).id
    publisher.publish(id, by, NOW)


def mark_of(text, language):
    return yaml.safe_load(text)["languages"][language]["translation"]


def test_a_signature_turns_drafted_into_reviewed(database, root, reviewer, topic):
    assert Need.DRAFTED in state(database, root, "sw").needs
    reviewer.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), BEN, NOW)
    text = in_force(database, root)
    assert [mark_of(text, code) for code in CODES] == ["drafted", "drafted", "drafted", "reviewed"]
    assert len(text.splitlines()) == len(topic.splitlines())
    now = state(database, root, "sw")
    assert now.needs == {}
    assert (now.signed.staff, now.signed.at) == ("Ben", NOW)


def test_a_later_change_of_the_text_turns_it_back(database, root, reviewer, publisher):
    state(database, root, "sw")
    reviewer.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), BEN, NOW)
    reviewer.sign_off(TOPIC, "pt", hash_of(database, root, "pt"), BEN, NOW)
    text = in_force(database, root)
    title = yaml.safe_load(text)["languages"]["sw"]["title"]
    publish(database, root, publisher, text.replace(f"title: {title}", "title: Ada mpya"), ASHA, BEN)
    text = in_force(database, root)
    assert (mark_of(text, "sw"), mark_of(text, "pt")) == ("drafted", "reviewed")
    assert state(database, root, "sw").needs == {Need.DRAFTED: 1}
    assert state(database, root, "pt").needs == {Need.BEHIND: 1}


def test_a_change_in_the_file_shows_as_changed_since_the_review(database, root, reviewer, topic):
    path = root / TOPIC
    reviewed = topic.replace("  sw:\n    translation: drafted", "  sw:\n    translation: reviewed")
    assert reviewed != topic
    path.write_text(reviewed, encoding="utf-8")
    reviewer.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), BEN, NOW)
    assert state(database, root, "sw").needs == {}
    title = yaml.safe_load(topic)["languages"]["sw"]["title"]
    path.write_text(reviewed.replace(f"title: {title}", "title: Ada mpya"), encoding="utf-8")
    assert state(database, root, "sw").needs == {Need.LAPSED: 1}


def test_a_signature_says_that_the_text_is_in_step(database, root, reviewer, topic):
    state(database, root, "sw")
    title = yaml.safe_load(topic)["languages"]["en"]["title"]
    (root / TOPIC).write_text(topic.replace(f"title: {title}", "title: Fees today"), encoding="utf-8")
    assert Need.BEHIND in state(database, root, "sw").needs
    reviewer.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), BEN, NOW)
    assert state(database, root, "sw").needs == {}
    assert Need.BEHIND in state(database, root, "fr").needs


def change_swahili(database, root, publisher, author, by):
    text = in_force(database, root)
    title = yaml.safe_load(text)["languages"]["sw"]["title"]
    publish(database, root, publisher, text.replace(f"title: {title}", "title: Ada mpya"), author, by)


def test_nobody_reviews_what_they_wrote(database, root, reviewer, publisher):
    change_swahili(database, root, publisher, ASHA, BEN)
    with pytest.raises(EditingError) as refused:
        reviewer.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), ASHA, NOW)
    assert refused.value.code == "own_text"
    reviewer.sign_off(TOPIC, "fr", hash_of(database, root, "fr"), ASHA, NOW)  # that one she did not write
    with pytest.raises(EditingError):
        reviewer.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), ASHA, NOW)
    reviewer.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), BEN, NOW)
    assert mark_of(in_force(database, root), "sw") == "reviewed"


def test_a_team_of_one_reviews_its_own(database, root, publisher):
    change_swahili(database, root, publisher, ASHA, BEN)
    Reviewer(database, root, SecondPair.NEVER).sign_off(TOPIC, "sw", hash_of(database, root, "sw"), ASHA, NOW)
    assert mark_of(in_force(database, root), "sw") == "reviewed"


def test_what_was_changed_while_it_was_read_is_not_signed(database, root, reviewer, publisher):
    read = hash_of(database, root, "sw")
    change_swahili(database, root, publisher, ASHA, BEN)
    with pytest.raises(EditingError) as refused:
        reviewer.sign_off(TOPIC, "sw", read, BEN, NOW)
    assert refused.value.code == "changed"


def test_broken_content_leaves_neither_signature_nor_draft(database, root, reviewer):
    (root / "labels.yml").write_text("{}", encoding="utf-8")
    with pytest.raises(EditingError):
        reviewer.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), BEN, NOW)
    with database.reading() as session:
        assert signatures(session) == {}
        assert [revision.state for revision in workflow.history(session, TOPIC)] == [State.WITHDRAWN.value]


def test_a_signature_and_its_record_stand_or_fall_together(database, root):
    def record(session):
        raise RuntimeError("the audit log is full")

    broken = Reviewer(database, root, SecondPair.FACTS, record)
    with pytest.raises(RuntimeError):
        broken.sign_off(TOPIC, "sw", hash_of(database, root, "sw"), BEN, NOW)
    with database.reading() as session:
        assert signatures(session) == {}
    assert mark_of(in_force(database, root), "sw") == "drafted"


def test_what_has_no_review_cannot_be_signed(database, root, reviewer):
    with pytest.raises(EditingError) as refused:
        reviewer.sign_off("countries/KE.yml", "sw", "", BEN, NOW)
    assert refused.value.code == "no_translation"


REVIEWED = "languages:\n  en: {translation: reviewed, title: a, answer: b, sms: c}\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (REVIEWED, REVIEWED, "reviewed"),
        (REVIEWED, REVIEWED.replace("answer: b", "answer: B"), "drafted"),
        (REVIEWED.replace("reviewed", "drafted"), REVIEWED, "drafted"),
        (None, REVIEWED, "drafted"),
        ("not: [yaml", REVIEWED, "drafted"),
    ],
)
def test_only_a_review_makes_a_text_reviewed(before, after, expected):
    assert mark_of(earned_only(before, after), "en") == expected


def test_what_is_no_yaml_stays_as_it_was_typed():
    assert earned_only(REVIEWED, "reviewed: [") == "reviewed: ["
