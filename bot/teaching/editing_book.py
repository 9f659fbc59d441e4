"""The question book over the revisions of content/: accepted questions become a published revision of their topic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.editing import workflow
from bot.editing.publishing import Publisher
from bot.editing.workflow import EditingError, Editor
from bot.editing.yaml_edit import EditFailed, Place, set_values
from bot.knowledge.store import KnowledgeStore
from bot.knowledge.words import plain
from bot.knowledge.yaml_text import parse_yaml
from bot.storage.database import Database
from bot.teaching.book import Added, Author, BookError, Questions

REASON = "questions that people asked, accepted for training"
EDIT = "/content/edit"
REVIEW_MONTHS = 6


class EditingBook:
    """See `bot.teaching.book.QuestionBook`."""

    def __init__(self, database: Database, root: Path, store: KnowledgeStore, publisher: Publisher) -> None:
        self._database, self._root, self._store, self._publisher = database, root, store, publisher

    def add(self, topic: str, questions: Questions, by: Author, now: dt.datetime) -> Added:
        """Publish a revision of the topic with `questions`; where a colleague must look at it first, hand it in."""
        path = f"faq/{self._store.current.topics[topic].group}/{topic}.yml"
        with self._database.reading() as session:
            seen = workflow.in_force(session, self._root, path)
        try:
            text = _with_questions(seen.text or "", questions)
        except EditFailed as error:
            raise BookError(f"{path}: {error}") from None
        if text == seen.text:
            return Added.IN_FORCE
        editor = Editor(str(by.id), by.name)
        with self._database.transaction() as session:
            id = workflow.draft(session, self._root, path, text, editor, REASON, now, seen).id
            workflow.submit(session, id, editor, REASON, now)
        try:
            self._publisher.publish(id, editor, now)
        except EditingError as error:
            if error.code == "second_pair":
                return Added.IN_REVIEW
            with self._database.transaction() as session:
                workflow.withdraw(session, id, editor, str(error), now)
            raise BookError(str(error)) from None
        return Added.IN_FORCE

    def begin(self, topic: str, group: str, questions: Questions, by: Author, now: dt.datetime) -> str:
        """Draft a file with the questions and empty texts; it is written on in the content pages."""
        knowledge = self._store.current
        if topic in knowledge.topics or group not in {known.group for known in knowledge.topics.values()}:
            raise BookError(f'"{topic}" in "{group}" cannot be a new topic')
        path = f"faq/{group}/{topic}.yml"
        text = _new_topic(topic, group, questions, list(knowledge.languages), now.date())
        with self._database.transaction() as session:
            try:
                workflow.draft(
                    session, self._root, workflow.check_path(path), text, Editor(str(by.id), by.name), REASON, now
                )
            except EditingError as error:
                raise BookError(str(error)) from None
        return f"{EDIT}/{path}"


def _with_questions(text: str, questions: Questions) -> str:
    """`text` with the questions that it does not have yet."""
    languages = (parse_yaml(text) or {}).get("languages") or {}
    values: dict[Place, Any] = {}
    for language, more in questions.items():
        had = list((languages.get(language) or {}).get("questions") or [])
        new = _new(had, more)
        if new:
            values["languages", language, "questions"] = [*had, *new]
    return set_values(text, values)


def _new(had: Sequence[str], more: Sequence[str]) -> list[str]:
    known, new = {plain(str(one)) for one in had}, []
    for one in more:
        if plain(one) not in known:
            known.add(plain(one))
            new.append(one)
    return new


def _new_topic(topic: str, group: str, questions: Questions, languages: Sequence[str], today: dt.date) -> str:
    month = today.month - 1 + REVIEW_MONTHS
    review_by = today.replace(year=today.year + month // 12, month=month % 12 + 1, day=1)
    data = {
        "id": topic,
        "group": group,
        "reviewed_on": today,
        "review_by": review_by,
        "buttons": [],
        "sources": [{"name": "", "url": "", "date": today}],
        "languages": {
            language: {
                "translation": "drafted",
                "title": "",
                "questions": _new((), questions.get(language, ())),
                "answer": "",
                "sms": "",
            }
            for language in languages
        },
    }
    return yaml.dump(data, Dumper=_WithoutAliases, allow_unicode=True, sort_keys=False, width=10**9)


class _WithoutAliases(yaml.SafeDumper):
    """Writes a value that stands twice twice: content holds no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        """Whatever it is."""
        return True
