"""Putting a revision in force, now or at a set time, and taking it back. A broken one never gets there.

The content is checked outside the transaction, for that takes a second; the transaction then only goes through when
nothing was published since, and is all that changes what people read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.editing import workflow
from bot.editing.overlay import published, texts_in_force, version_number
from bot.editing.second_pair import SecondPair, is_needed
from bot.editing.tables import Act, ContentVersion, Revision, RevisionEvent, State
from bot.editing.workflow import EditingError, Editor
from bot.knowledge.lint import lint
from bot.knowledge.reading import Problem
from bot.storage.database import Database

Record = Callable[[Session, Act, str], None]
TRIES = 5
MOST_AHEAD = dt.timedelta(days=366)
"""How far ahead a publication can be set: later than that, nobody remembers it."""
CLOCK = Editor("", "Salama")
"""Who publishes what was scheduled, in the history."""


class Refused(EditingError):
    """The content would have errors; `problems` names them, and what was in force stays."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("refused", "\n".join(map(str, problems)))
        self.problems = problems


class Publisher:
    """Publishes revisions over the files under `root`.

    Args:
        policy: when a second person is needed.
        record: is called with each act and the path, in the transaction that carries it out.
    """

    def __init__(self, database: Database, root: Path, policy: SecondPair, record: Record | None = None) -> None:
        self._database, self._root, self._policy = database, root, policy
        self._record: Record = record or (lambda session, act, path: None)

    def publish(self, id: int, by: Editor, now: dt.datetime, seen: int | None = None) -> None:
        """Put the revision `id` in force.

        Args:
            seen: the version that `by` looked at; None when nobody was shown it, as in a test or a script.

        Raises:
            Refused: the content would have errors.
            EditingError: it is not open, needs another pair of eyes, was changed since it was `seen`, or what it was
                made from is no longer in force.
        """
        self._publish(id, by, now, seen, workflow.OPEN)

    def _publish(self, id: int, by: Editor, now: dt.datetime, seen: int | None, states: Sequence[str]) -> None:
        for _ in range(TRIES):
            checked = self._check(id, by, now, seen, states)
            with self._database.transaction() as session:
                number = _lock(session)
                revision = _in_state(session, id, states)
                if (number, revision.version) == checked:
                    revision.reviewer_id, revision.reviewer = by.id, by.name
                    _put_in_force(session, revision, now)
                    workflow.note(session, revision, Act.PUBLISHED, by, "", now)
                    self._record(session, Act.PUBLISHED, revision.path)
                    return
        raise EditingError("busy", "others publish at the same moment: try again")

    def schedule(self, id: int, by: Editor, at: dt.datetime, now: dt.datetime, seen: int | None = None) -> None:
        """Have the revision `id` published at `at`; it is checked now, and again then.

        Args:
            seen: as for `publish`.

        Raises:
            EditingError: as for `publish`, or the time has passed.
        """
        if at <= now:
            raise EditingError("time_passed", f"{at.isoformat()} has passed: publish now, or choose a later time")
        if at > now + MOST_AHEAD:
            raise EditingError("too_far", f"{at.isoformat()} is more than {MOST_AHEAD.days} days ahead")
        _, version = self._check(id, by, now, seen, workflow.OPEN)
        with self._database.transaction() as session:
            revision = _in_state(session, id, workflow.OPEN)
            if revision.version != version:
                raise _changed(id)
            revision.state, revision.publish_at = State.SCHEDULED.value, at
            revision.reviewer_id, revision.reviewer = by.id, by.name
            workflow.note(session, revision, Act.SCHEDULED, by, at.isoformat(timespec="minutes"), now)
            self._record(session, Act.SCHEDULED, revision.path)

    def publish_due(self, now: dt.datetime) -> list[tuple[int, EditingError | None]]:
        """Publish what is due; one that is refused goes back into review. Returns ids with what went wrong."""
        with self._database.reading() as session:
            query = select(Revision.id).where(Revision.state == State.SCHEDULED.value, Revision.publish_at <= now)
            due = list(session.scalars(query.order_by(Revision.publish_at, Revision.id)))
        return [(id, self._publish_due(id, now)) for id in due]

    def _publish_due(self, id: int, now: dt.datetime) -> EditingError | None:
        with self._database.reading() as session:
            revision = workflow.get(session, id)
            by, version = Editor(revision.reviewer_id or "", revision.reviewer or CLOCK.name), int(revision.version)
        try:
            self._publish(id, by, now, version, (State.SCHEDULED.value,))  # not if it was sent back just now
        except EditingError as error:
            with self._database.transaction() as session:
                revision = workflow.get(session, id)
                if revision.state == State.SCHEDULED.value:  # else another process was faster
                    revision.state = State.IN_REVIEW.value
                    workflow.note(session, revision, Act.REFUSED, CLOCK, str(error), now)
            return error
        return None

    def roll_back(
        self,
        path: str,
        to_id: int | None,
        by: Editor,
        reason: str,
        now: dt.datetime,
        seen: tuple[int | None, str] | None = None,
    ) -> None:
        """Put a former text of `path` in force again: that of the revision `to_id`, or the file's own.

        A text that was published once has been reviewed: no second pair of eyes is asked for.

        Args:
            seen: the revision and the digest of the file that were in force when `by` looked.

        Raises:
            Refused: the content would have errors with it.
            EditingError: it was never in force or is so now, another text came into force since, or no reason is given.
        """
        if not reason.strip():
            raise EditingError("no_reason", "say why it is taken back: the history needs it")
        for _ in range(TRIES):
            with self._database.reading() as session:
                number = version_number(session)
                overlay = texts_in_force(published(session), self._root)
                text = _former_text(session, path, to_id)
                now_read = workflow.in_force(session, self._root, path)
            if text is not None and text == now_read.text:
                raise EditingError("same_text", f"people read that text of {path} already")
            if seen is not None and seen != (now_read.revision_id, now_read.file_hash):
                raise EditingError("changed", f"{path} was changed since you looked: look at its history again")
            overlay.pop(path, None)
            self._refuse_errors({**overlay, path: text} if text is not None else overlay, now)
            with self._database.transaction() as session:
                if _lock(session) == number:
                    _take_back(session, self._root, path, text, by, reason.strip(), now)
                    self._record(session, Act.ROLLED_BACK, path)
                    return
        raise EditingError("busy", "others publish at the same moment: try again")

    def needs_second_pair(self, session: Session, revision: Revision) -> bool:
        """Whether somebody other than the author must publish it."""
        before = workflow.in_force(session, self._root, revision.path).text
        try:
            return is_needed(self._policy, revision.path, before, revision.text)
        except (yaml.YAMLError, ValueError):  # the check refuses it
            return True

    def _check(self, id: int, by: Editor, now: dt.datetime, seen: int | None, states: Sequence[str]) -> tuple[int, int]:
        """Raise what speaks against publishing `id`.

        Returns:
            The number of the last publication it was held against, and the version that was checked.
        """
        with self._database.reading() as session:
            number = version_number(session)
            revision = workflow.get(session, id)
            version = int(revision.version)
            if revision.state not in states:
                raise EditingError("wrong_state", f"revision {id} is {revision.state}: somebody was faster")
            if seen is not None and seen != version:
                raise _changed(id)
            if is_outdated(session, self._root, revision):
                raise EditingError(
                    "outdated", f"{revision.path} was changed since revision {id} was made: look at both texts first"
                )
            overlay = {**texts_in_force(published(session), self._root), revision.path: revision.text}
            needs_other = self.needs_second_pair(session, revision)
        self._refuse_errors(overlay, now)
        if needs_other and by.id == revision.author_id:
            raise EditingError("second_pair", f"revision {id} changes facts: somebody other than its author publishes")
        return number, version

    def _refuse_errors(self, overlay: dict[str, str], now: dt.datetime) -> None:
        problems = [problem for problem in lint(self._root, now.date(), overlay) if problem.is_error]
        if problems:
            raise Refused(problems)


def is_outdated(session: Session, root: Path, revision: Revision) -> bool:
    """Whether what the revision was made from is no longer what people read."""
    now_read = workflow.in_force(session, root, revision.path)
    if now_read.revision_id != revision.parent_id:
        return True
    return now_read.revision_id is None and now_read.file_hash != revision.base_hash


def _lock(session: Session) -> int:
    """Hold off other publications until the transaction ends; returns the number of the last one."""
    query = select(ContentVersion).where(ContentVersion.id == 1).with_for_update()
    return int(session.scalars(query).one().number)


def _changed(id: int) -> EditingError:
    return EditingError("changed", f"revision {id} was changed since you looked: look at it again")


def _in_state(session: Session, id: int, states: Sequence[str]) -> Revision:
    revision: Revision = session.scalars(select(Revision).where(Revision.id == id).with_for_update()).one()
    if revision.state not in states:
        raise EditingError("wrong_state", f"revision {id} is {revision.state}: somebody was faster")
    return revision


def _put_in_force(session: Session, revision: Revision, now: dt.datetime) -> None:
    _end_published(session, revision.path)
    revision.state, revision.published_at, revision.publish_at = State.PUBLISHED.value, now, None
    session.execute(update(ContentVersion).values(number=ContentVersion.number + 1))


def _end_published(session: Session, path: str) -> None:
    former = update(Revision).where(Revision.path == path, Revision.state == State.PUBLISHED.value)
    session.execute(former.values(state=State.SUPERSEDED.value), execution_options={"synchronize_session": False})


def _former_text(session: Session, path: str, to_id: int | None) -> str | None:
    if to_id is None:
        return None
    former = workflow.get(session, to_id)
    if former.path != path or former.published_at is None:
        raise EditingError("never_in_force", f"revision {to_id} of {path} was never in force")
    return str(former.text)


def _take_back(
    session: Session, root: Path, path: str, text: str | None, by: Editor, reason: str, now: dt.datetime
) -> None:
    if text is not None:
        revision = workflow.draft(session, root, path, text, by, reason, now)
        revision.reviewer_id, revision.reviewer = by.id, by.name
        _put_in_force(session, revision, now)
        workflow.note(session, revision, Act.ROLLED_BACK, by, reason, now)
        return
    query = select(Revision.id).where(Revision.path == path, Revision.state == State.PUBLISHED.value)
    ended = session.scalars(query).first()
    if ended is None:
        raise EditingError("nothing_to_take_back", f"no revision of {path} is in force")
    _end_published(session, path)
    session.add(
        RevisionEvent(revision_id=ended, act=Act.ROLLED_BACK.value, staff_id=by.id, staff=by.name, note=reason, at=now)
    )
    session.execute(update(ContentVersion).values(number=ContentVersion.number + 1))
