"""A revision on its way: drafted, submitted, sent back, withdrawn. No text is ever overwritten or deleted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.editing.overlay import Laid, digest, file_text, is_in_force
from bot.editing.tables import Act, Revision, RevisionEvent, SavedText, State
from bot.faults import Fault
from bot.knowledge.yaml_text import is_unsafe

OPEN = (State.DRAFT.value, State.IN_REVIEW.value, State.SCHEDULED.value)
EDITABLE = ("faq/", "countries/", "centres/", "responses/", "menus/")
"""What revisions may stand in for: texts and facts, not the word lists that models are trained with."""


class EditingError(Fault):
    """The step is not possible; the message says why. `code` names the console's text for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Editor:
    """Who acts: the id of a staff account, and the name that colleagues know."""

    id: str
    name: str


@dataclass(frozen=True)
class InForce:
    """What people read now of one path: `revision_id` is None when that is the file itself."""

    text: str | None
    revision_id: int | None
    file_hash: str


@dataclass(frozen=True)
class Saved:
    """What became of a save. `beside` is the revision that somebody else saved meanwhile: both texts are kept."""

    revision: Revision
    beside: Revision | None = None


def in_force(session: Session, root: Path, path: str) -> InForce:
    """What stands for `path` now."""
    file = file_text(root, path)
    query = select(Revision).where(Revision.path == path, Revision.state == State.PUBLISHED.value)
    revision = session.scalars(query).first()
    if revision is not None:
        laid = Laid(revision.id, path, revision.text, revision.base_hash, revision.exported_at is not None)
        if is_in_force(laid, digest(file)):
            return InForce(revision.text, revision.id, digest(file))
    return InForce(file, None, digest(file))


def check_path(path: str) -> str:
    """`path` if editors may change it, such as `faq/recruitment/receipts.yml`.

    Raises:
        EditingError: they may not.
    """
    inside = path.startswith(EDITABLE) and path.endswith(".yml") and ".." not in path.split("/")
    is_alias = path != PurePosixPath(path).as_posix()  # "faq//a.yml" is the same file, and was checked as another
    if not inside or is_alias or len(path.encode()) > 160 or not all(c.isalnum() or c in "/_-." for c in path):
        raise EditingError("bad_path", f'"{path}" is no file of content/ that can be edited here')
    return path


def check_text(text: str) -> str:
    """`text` if it can be kept; one that merely has mistakes can.

    Raises:
        EditingError: reading it could stop or stall the process.
    """
    if is_unsafe(text):
        raise EditingError("unsafe_text", "the text is nested too deep, or has anchors, aliases or tags: see the check")
    return text


def get(session: Session, id: int) -> Revision:
    """The revision `id`.

    Raises:
        EditingError: there is none.
    """
    revision: Revision | None = session.get(Revision, id)
    if revision is None:
        raise EditingError("unknown_revision", f"there is no revision {id}")
    return revision


def text_as_read(session: Session, id: int, version: int) -> str:
    """The text of revision `id` as a form saw it at `version`; the newest when that was none."""
    saved = session.get(SavedText, (id, version))
    return str(saved.text if saved else get(session, id).text)


def draft(
    session: Session,
    root: Path,
    path: str,
    text: str,
    by: Editor,
    reason: str,
    now: dt.datetime,
    seen: InForce | None = None,
) -> Revision:
    """A new draft of `path`, made from what is in force now, or was when the editor began (`seen`)."""
    now_read = seen or in_force(session, root, check_path(path))
    return _add(session, path, text, now_read.revision_id, now_read.file_hash, by, reason, Act.DRAFTED, now)


def save(session: Session, id: int, version: int, text: str, by: Editor, reason: str, now: dt.datetime) -> Saved:
    """Save `text` over the draft `id` that was read as `version`.

    When the draft is somebody else's, is no draft any more, or was saved meanwhile, the text is kept as a draft of
    its own beside it.

    Raises:
        EditingError: there is no such draft, or the text cannot be kept.
    """
    other = get(session, id)
    check_text(text)
    changed = update(Revision).where(
        Revision.id == id,
        Revision.version == version,
        Revision.state == State.DRAFT.value,
        Revision.author_id == by.id,
    )
    values = {"text": text, "reason": reason, "version": version + 1, "updated_at": now}
    if session.execute(changed.values(values), execution_options={"synchronize_session": False}).rowcount:
        session.refresh(other)
        session.add(SavedText(revision_id=id, version=version + 1, text=text))
        return Saved(other)
    session.refresh(other)
    if other.text == text:
        return Saved(other)
    own = _add(session, other.path, text, other.parent_id, other.base_hash, by, reason, Act.KEPT_BESIDE, now)
    return Saved(own, other)


def take_up(session: Session, root: Path, id: int, by: Editor, now: dt.datetime) -> Revision:
    """Let the draft `id` stand on what is in force now: its author has seen both texts and decided."""
    revision = _in_state(session, id, State.DRAFT, State.IN_REVIEW)
    now_read = in_force(session, root, revision.path)
    revision.parent_id, revision.base_hash = now_read.revision_id, now_read.file_hash
    revision.version += 1
    session.add(SavedText(revision_id=id, version=revision.version, text=revision.text))
    note(session, revision, Act.DRAFTED, by, "made anew on what is in force", now)
    return revision


def submit(session: Session, id: int, by: Editor, reason: str, now: dt.datetime) -> Revision:
    """Hand the draft `id` to a reviewer; `reason` says why the change is made.

    Raises:
        EditingError: it is no draft, or no reason is given.
    """
    revision = _in_state(session, id, State.DRAFT)
    if not reason.strip():
        raise EditingError("no_reason", "say why the change is made: the reviewer and the history need it")
    revision.state, revision.reason = State.IN_REVIEW.value, reason.strip()
    note(session, revision, Act.SUBMITTED, by, reason.strip(), now)
    return revision


def send_back(session: Session, id: int, by: Editor, why: str, now: dt.datetime) -> Revision:
    """Give a revision in review, or a scheduled one, back to its author."""
    revision = _in_state(session, id, State.IN_REVIEW, State.SCHEDULED)
    revision.state, revision.publish_at = State.DRAFT.value, None
    note(session, revision, Act.SENT_BACK, by, why, now)
    return revision


def withdraw(session: Session, id: int, by: Editor, why: str, now: dt.datetime) -> Revision:
    """Give up a revision that was not published; its text stays in the history."""
    revision = _in_state(session, id, State.DRAFT, State.IN_REVIEW, State.SCHEDULED)
    revision.state, revision.publish_at = State.WITHDRAWN.value, None
    note(session, revision, Act.WITHDRAWN, by, why, now)
    return revision


def history(session: Session, path: str) -> list[Revision]:
    """All revisions of `path`, the newest first."""
    return list(session.scalars(select(Revision).where(Revision.path == path).order_by(Revision.id.desc())))


def events(session: Session, ids: list[int]) -> list[RevisionEvent]:
    """What was done with the revisions `ids`, the newest first."""
    query = select(RevisionEvent).where(RevisionEvent.revision_id.in_(ids)).order_by(RevisionEvent.id.desc())
    return list(session.scalars(query))


def open_revisions(session: Session, path: str | None = None) -> list[Revision]:
    """Those on their way, of `path` or of all, the one changed last first."""
    query = select(Revision).where(Revision.state.in_(OPEN)).order_by(Revision.updated_at.desc(), Revision.id.desc())
    return list(session.scalars(query.where(Revision.path == path) if path else query))


def note(session: Session, revision: Revision, act: Act, by: Editor, why: str, now: dt.datetime) -> None:
    """Write down that `by` did `act`."""
    revision.updated_at = now
    session.add(RevisionEvent(revision_id=revision.id, act=act.value, staff_id=by.id, staff=by.name, note=why, at=now))


def _add(
    session: Session,
    path: str,
    text: str,
    parent_id: int | None,
    base_hash: str,
    by: Editor,
    reason: str,
    act: Act,
    now: dt.datetime,
) -> Revision:
    revision = Revision(
        path=path,
        text=check_text(text),
        base_hash=base_hash,
        parent_id=parent_id,
        state=State.DRAFT.value,
        version=1,
        author_id=by.id,
        author=by.name,
        reason=reason,
        created_at=now,
        updated_at=now,
    )
    session.add(revision)
    session.flush()
    session.add(SavedText(revision_id=revision.id, version=1, text=text))
    note(session, revision, act, by, reason, now)
    return revision


def _in_state(session: Session, id: int, *states: State) -> Revision:
    query = select(Revision).where(Revision.id == id).with_for_update()
    revision: Revision | None = session.scalars(query).first()
    if revision is None:
        raise EditingError("unknown_revision", f"there is no revision {id}")
    if revision.state not in [state.value for state in states]:
        raise EditingError("wrong_state", f"revision {id} is {revision.state}: somebody was faster")
    return revision
