"""Native review: a reader of the language signs a text off, and a later change of it takes the signature back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.editing import in_step, workflow
from bot.editing.overlay import digest, file_text
from bot.editing.publishing import Publisher
from bot.editing.second_pair import SecondPair
from bot.editing.tables import Act, Revision
from bot.editing.translation_tables import SignOff
from bot.editing.units import DRAFTED, REVIEWED, texts_of
from bot.editing.workflow import EditingError, Editor
from bot.editing.yaml_edit import EditFailed, Place, rewritten, set_values
from bot.knowledge.yaml_text import parse_yaml
from bot.storage.database import Database

READ = ("title", "answer", "sms")
REASON = "native review: {language}"


def earned_only(before: str | None, after: str) -> str:
    """`after`, the text of a topic, without the word "reviewed" where nobody has earned it.

    A language stays reviewed only if it was so in `before` and says the same still; "reviewed" is given by `sign_off`.
    """
    if REVIEWED not in after:
        return after
    old, new = _languages(before), _languages(after)
    values: dict[Place, Any] = {
        ("languages", code, "translation"): DRAFTED
        for code, said in new.items()
        if said.get("translation") == REVIEWED and not _is_same(old.get(code, {}), said)
    }
    if not values:
        return after
    try:
        return set_values(after, values)
    except EditFailed:
        return rewritten(after, values)


def _is_same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return old.get("translation") == REVIEWED and all(old.get(key) == new.get(key) for key in READ)


def _languages(text: str | None) -> dict[str, dict[str, Any]]:
    try:
        data = parse_yaml(text or "")
    except (yaml.YAMLError, ValueError):
        return {}
    said = data.get("languages") if isinstance(data, dict) else None
    return {code: part for code, part in said.items() if isinstance(part, dict)} if isinstance(said, dict) else {}


class Reviewer:
    """Takes native reviews.

    Args:
        policy: with `never`, a team of one, authors may sign their own texts off.
        record: is called in the transaction that stores the signature.
    """

    def __init__(
        self, database: Database, root: Path, policy: SecondPair, record: Callable[[Session], None] = lambda _: None
    ) -> None:
        self._database, self._root, self._policy, self._record = database, root, policy, record

    def sign_off(self, path: str, language: str, text_hash: str, by: Editor, now: dt.datetime) -> None:
        """Turn `language` of the topic `path` from drafted into reviewed; what was behind in it counts as looked at.

        Args:
            text_hash: of the text that the reader saw.

        Raises:
            EditingError: the text was changed meanwhile, the reader wrote it, or the content has errors.
        """
        with self._database.transaction() as session:
            text = workflow.in_force(session, self._root, workflow.check_path(path)).text or ""
            file = texts_of(path, text, (language,))
            if language not in file.states:
                raise EditingError("no_translation", f"{path} has no {language} that could be reviewed")
            if file.hash_of(language) != text_hash:
                raise EditingError("changed", f"{path}: the {language} text was changed since it was read")
            author = written_by(session, self._root, path, language)
            if self._policy is not SecondPair.NEVER and author == by.id:
                raise EditingError("own_text", f"{path}: somebody other than its author reviews the {language} text")
            if file.states[language] == REVIEWED:
                self._sign(session, path, language, text_hash, by, now)
                return
            reviewed = set_values(text, {("languages", language, "translation"): REVIEWED})
            reason = REASON.format(language=language)
            id = int(workflow.draft(session, self._root, path, reviewed, by, reason, now).id)
        self._publish(id, path, language, text_hash, by, now)

    def _publish(self, id: int, path: str, language: str, text_hash: str, by: Editor, now: dt.datetime) -> None:
        def record(session: Session, act: Act, published: str) -> None:
            self._sign(session, path, language, text_hash, by, now)

        # no text changes, and who signs is the second pair of eyes
        try:
            Publisher(self._database, self._root, SecondPair.NEVER, record).publish(id, by, now)
        except EditingError as error:
            with self._database.transaction() as session:
                workflow.withdraw(session, id, by, str(error)[:500], now)
            raise

    def _sign(self, session: Session, path: str, language: str, text_hash: str, by: Editor, now: dt.datetime) -> None:
        signature = SignOff(path=path, language=language, text_hash=text_hash, staff_id=by.id, staff=by.name, at=now)
        session.add(signature)
        in_step.confirm(session, path, language)
        self._record(session)


def signatures(session: Session, path: str | None = None) -> dict[tuple[str, str], SignOff]:
    """The last signature of each path and language."""
    query = select(SignOff).order_by(SignOff.id)
    rows = session.scalars(query.where(SignOff.path == path) if path else query)
    return {(row.path, row.language): row for row in rows}


def written_by(session: Session, root: Path, path: str, language: str) -> str | None:
    """The staff id of who wrote the text of `language` that is in force; None when it comes from the file."""
    query = select(Revision).where(Revision.path == path, Revision.published_at.is_not(None))
    revisions = list(session.scalars(query.order_by(Revision.published_at.desc(), Revision.id.desc())))
    if workflow.in_force(session, root, path).revision_id is None:
        return None
    file = file_text(root, path)
    for index, revision in enumerate(revisions):
        before = revisions[index + 1].text if index + 1 < len(revisions) else None
        if before is None and digest(file) == revision.base_hash:
            before = file
        if before is None or _read(path, before, language) != _read(path, revision.text, language):
            return str(revision.author_id)
    return None


def _read(path: str, text: str, language: str) -> str:
    return texts_of(path, text, (language,)).hash_of(language)
