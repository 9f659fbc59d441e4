"""Published revisions go to files and come back from git; a file changed under one is a conflict, not overwritten."""

from pathlib import Path

import pytest

from bot.editing import workflow
from bot.editing.exporting import Outcome, conflicts, export
from bot.editing.overlay import published, texts_in_force
from bot.editing.yaml_edit import set_values
from bot.faults import Fault
from tests.editing.conftest import ASHA, NOW, TOPIC

TITLE = ("languages", "en", "title")


def publish(database, root, publisher, text):
    with database.transaction() as session:
        id = workflow.draft(session, root, TOPIC, text, ASHA, "why", NOW).id
    publisher.publish(id, ASHA, NOW)
    return id


def outcomes(database, root):
    return [item.outcome for item in export(database, root, NOW)]


def in_force(database, root):
    with database.reading() as session:
        return workflow.in_force(session, root, TOPIC).text


def test_an_export_writes_the_text_and_a_second_one_changes_nothing(database, root, topic, publisher):
    text = set_values(topic, {TITLE: "Exported"})
    publish(database, root, publisher, text)
    assert outcomes(database, root) == [Outcome.WRITTEN]
    assert (root / TOPIC).read_text(encoding="utf-8") == text
    assert outcomes(database, root) == [Outcome.SAME]
    assert [path for path in root.rglob("*") if path.name.startswith(".")] == []


def test_a_new_topic_becomes_a_new_file(database, root, topic, publisher):
    path = "faq/recruitment/new_topic.yml"
    questions = {
        ("languages", language, "questions"): [f"{language} question {number} of the new topic" for number in range(10)]
        for language in ("en", "fr", "pt", "sw")
    }
    text = set_values(topic, {("id",): "new_topic", **questions})
    with database.transaction() as session:
        id = workflow.draft(session, root, path, text, ASHA, "why", NOW).id
    publisher.publish(id, workflow.Editor("2", "Ben"), NOW)
    assert outcomes(database, root) == [Outcome.WRITTEN]
    assert (root / path).read_text(encoding="utf-8") == text


def test_a_file_changed_under_a_revision_is_a_conflict_and_left_alone(database, root, topic, publisher):
    publish(database, root, publisher, set_values(topic, {TITLE: "Revision"}))
    from_git = set_values(topic, {TITLE: "From git"})
    (root / TOPIC).write_text(from_git, encoding="utf-8")
    assert outcomes(database, root) == [Outcome.CONFLICT]
    assert (root / TOPIC).read_text(encoding="utf-8") == from_git
    assert "Revision" in in_force(database, root)
    with database.reading() as session:
        assert [laid.path for laid in conflicts(published(session), root)] == [TOPIC]


def test_a_conflict_is_solved_by_taking_the_revision_up_again(database, root, topic, publisher):
    id = publish(database, root, publisher, set_values(topic, {TITLE: "Revision"}))
    (root / TOPIC).write_text(set_values(topic, {TITLE: "From git"}), encoding="utf-8")
    with database.reading() as session:
        text = workflow.get(session, id).text
    publish(database, root, publisher, text)
    assert outcomes(database, root) == [Outcome.WRITTEN]


def test_an_edit_in_git_after_the_export_is_what_people_read(database, root, topic, publisher):
    text = set_values(topic, {TITLE: "Exported"})
    publish(database, root, publisher, text)
    export(database, root, NOW)
    (root / TOPIC).write_text(set_values(text, {TITLE: "Later in git"}), encoding="utf-8")
    assert "Later in git" in in_force(database, root)
    with database.reading() as session:
        assert texts_in_force(published(session), root) == {}
    assert outcomes(database, root) == [Outcome.FILE_WENT_ON]


def test_a_file_that_cannot_be_written_stays_whole(database, root, topic, publisher, monkeypatch):
    publish(database, root, publisher, set_values(topic, {TITLE: "Exported"}))
    monkeypatch.setattr("os.replace", _no_space)
    with pytest.raises(Fault, match="cannot be written: No space"):
        export(database, root, NOW)
    assert (root / TOPIC).read_text(encoding="utf-8") == topic


def _no_space(source, _target):
    Path(source).unlink()
    raise OSError(28, "No space left on device")
