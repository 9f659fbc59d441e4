"""Drafts and their way into review: saving, handing over, giving back; and that no save loses a text."""

import pytest

from bot.editing import workflow
from bot.editing.tables import State
from bot.editing.workflow import EditingError
from tests.editing.conftest import ASHA, BEN, NOW, TOPIC


@pytest.fixture
def draft(database, root, topic):
    with database.transaction() as session:
        return workflow.draft(session, root, TOPIC, topic, ASHA, "", NOW)


def save(database, draft, text, version, by=ASHA):
    with database.transaction() as session:
        return workflow.save(session, draft.id, version, text, by, "why", NOW)


def test_saving_a_draft_keeps_its_place_and_counts_up(database, draft):
    saved = save(database, draft, "new text", 1)
    assert (saved.revision.id, saved.revision.version, saved.revision.text) == (draft.id, 2, "new text")
    assert saved.beside is None


def test_a_save_over_a_newer_save_keeps_both(database, draft):
    save(database, draft, "first", 1)
    late = save(database, draft, "second", 1)
    assert late.revision.id != draft.id
    assert (late.revision.text, late.beside.text) == ("second", "first")


def test_the_same_save_twice_is_no_conflict(database, draft):
    save(database, draft, "same", 1)
    assert save(database, draft, "same", 1).beside is None


def test_a_colleagues_draft_is_not_written_over(database, draft):
    saved = save(database, draft, "Ben's", 1, BEN)
    assert saved.revision.author == "Ben"
    with database.reading() as session:
        assert workflow.get(session, draft.id).text == draft.text


def test_a_save_after_the_draft_went_into_review_is_kept_beside_it(database, draft):
    with database.transaction() as session:
        workflow.submit(session, draft.id, ASHA, "the fee changed", NOW)
    saved = save(database, draft, "one more word", 1)
    assert saved.revision.id != draft.id
    assert saved.revision.state == State.DRAFT.value


def test_a_revision_goes_into_review_with_a_reason_and_may_come_back(database, draft):
    with database.transaction() as session, pytest.raises(EditingError, match="say why"):
        workflow.submit(session, draft.id, ASHA, "  ", NOW)
    with database.transaction() as session:
        workflow.submit(session, draft.id, ASHA, "the fee changed", NOW)
    with database.transaction() as session:
        assert workflow.send_back(session, draft.id, BEN, "which law?", NOW).state == State.DRAFT.value
    with database.reading() as session:
        told = [(event.act, event.staff, event.note) for event in workflow.events(session, [draft.id])]
    assert told == [
        ("sent_back", "Ben", "which law?"),
        ("submitted", "Asha", "the fee changed"),
        ("drafted", "Asha", ""),
    ]


def test_what_is_given_up_stays_readable(database, draft):
    with database.transaction() as session:
        workflow.withdraw(session, draft.id, ASHA, "not needed", NOW)
    with database.reading() as session:
        assert workflow.open_revisions(session, TOPIC) == []
        assert workflow.history(session, TOPIC)[0].text == draft.text


@pytest.mark.parametrize(
    "path",
    [
        "../.env",
        "faq/../../.env",
        "emergency/en.yml",
        "registries/x.yml",
        "faq/a.txt",
        "/etc/passwd",
        "faq/" + "a" * 200,
    ],
)
def test_other_files_cannot_be_edited(path):
    with pytest.raises(EditingError, match="no file of content"):
        workflow.check_path(path)


UNSAFE_STEPS = {
    "drafted": lambda session, root, id: workflow.draft(session, root, TOPIC, "[" * 40_000, ASHA, "", NOW),
    "saved": lambda session, root, id: workflow.save(session, id, 1, "a: &a [*a]", ASHA, "", NOW),
}


@pytest.mark.parametrize("step", UNSAFE_STEPS.values(), ids=UNSAFE_STEPS)
def test_a_text_that_could_stop_the_process_is_not_kept(database, root, draft, step):
    with database.transaction() as session, pytest.raises(EditingError) as refused:
        step(session, root, draft.id)
    assert refused.value.code == "unsafe_text"
