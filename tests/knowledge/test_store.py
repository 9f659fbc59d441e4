import shutil

import pytest

from bot.knowledge.danger_cues import LIFE
from bot.knowledge.reading import ContentError, load
from bot.knowledge.store import KnowledgeStore


@pytest.fixture
def copy(content_dir, tmp_path):
    return shutil.copytree(content_dir, tmp_path / "content")


def test_an_edited_answer_is_live_without_a_restart(copy):
    store = KnowledgeStore(copy, every_s=0)
    path = copy / "labels.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("en: Checked", "en: Verified"), encoding="utf-8")
    assert store.current.label("checked", "en") == "Verified"


def test_a_broken_edit_leaves_the_former_content_in_force(copy):
    store = KnowledgeStore(copy, every_s=0)
    (copy / "faq/recruitment/receipts.yml").write_text("id: [", encoding="utf-8")
    assert "receipts" in store.current.topics


@pytest.mark.parametrize("file", ["danger_cues.yml", "form_cues.yml"])
@pytest.mark.parametrize("edit", ["", "- a list", "life: {en: [no]}", None])
def test_cues_that_cannot_be_used_leave_the_former_ones_in_force(copy, file, edit):
    store = KnowledgeStore(copy, every_s=0)
    if edit is None:
        (copy / file).unlink()
    else:
        (copy / file).write_text(edit, encoding="utf-8")
    assert store.current.danger_cues.help_for("I want to kill myself") == LIFE
    assert store.current.form_cues.refuses("I don't want to answer")
    with pytest.raises(ContentError, match=file):
        load(copy)


def test_edited_words_of_danger_are_live_without_a_restart(copy):
    store, path = KnowledgeStore(copy, every_s=0), copy / "danger_cues.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('"nothing to live for"', '"nothing to live for", "fed up of breathing"'), encoding="utf-8"
    )
    assert store.current.danger_cues.help_for("I am fed up of breathing") == LIFE


def test_loading_broken_content_fails_with_every_problem(copy):
    (copy / "faq/recruitment/receipts.yml").write_text("id: receipts", encoding="utf-8")
    with pytest.raises(ContentError) as error:
        load(copy)
    assert len(error.value.problems) >= 3


def test_every_topic_can_be_reached_from_the_main_menu_with_digits_alone(content_dir):
    knowledge = load(content_dir)
    seen, open_menus = set(), ["main"]
    while open_menus:
        for item in knowledge.menus[open_menus.pop()].items:
            if item in knowledge.menus and item not in seen:
                open_menus.append(item)
            seen.add(item)
    assert set(knowledge.topics) <= seen
