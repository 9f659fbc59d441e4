"""What staff do in a conversation: take over, reply, hand back, close, and keep it in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.audit import Act
from bot.console.conversation import number, page
from bot.console.roles import RIGHTS, Right, Role
from bot.console.routing import Handler, Page
from bot.console.tables import Staff
from bot.console.visit import Visit
from bot.conversations import handoff, lifecycle, outbox, queues, records
from bot.conversations.asked import as_id
from bot.conversations.desk_tables import Queue
from bot.conversations.handoff import Refusal, Refused
from bot.conversations.tables import Contact, Message
from bot.conversations.voice import Voice
from bot.knowledge.reply import Reply

MAX_REPLY = 4000
Work = Callable[[Session], None]


async def take_over(visit: Visit) -> Response:
    """Answer in the bot's stead, or a colleague's."""

    def work(session: Session) -> None:
        handoff.take_over(
            session, number(visit), visit.staff.id, _version(visit), _until(visit), _voice(visit).person_here,
            visit.now, _template(visit),
        )  # fmt: skip
        visit.record(session, Act.TAKEN_OVER, _target(visit))

    return await _done(visit, work, "desk.done.taken")


async def reply(visit: Visit) -> Response:
    """Send what was written to the person."""
    text = visit.field("text")[:MAX_REPLY]

    def written(contact: Contact) -> list[Reply]:
        return list(_voice(visit).written(text, contact)) if text else []

    def work(session: Session) -> None:
        handoff.reply(
            session, number(visit), visit.staff.id, _version(visit), _until(visit), written, visit.now,
            _template(visit),
        )  # fmt: skip

    return await _done(visit, work, "desk.done.replied", draft=text)


async def hand_back(visit: Visit) -> Response:
    """Let the bot answer again."""

    def work(session: Session) -> None:
        handoff.hand_back(
            session, number(visit), visit.staff.id, _version(visit), _voice(visit).person_gone, visit.now,
            _template(visit),
        )  # fmt: skip
        visit.record(session, Act.HANDED_BACK, _target(visit))

    return await _done(visit, work, "desk.done.handed_back")


async def close(visit: Visit) -> Response:
    """Nothing is to do here any more."""

    def work(session: Session) -> None:
        handoff.close(
            session, number(visit), _version(visit), _voice(visit).person_gone, visit.now, _template(visit)
        )  # fmt: skip
        visit.record(session, Act.CONVERSATION_CLOSED, _target(visit))

    return await _done(visit, work, "desk.done.closed")


async def reopen(visit: Visit) -> Response:
    """There is something to do again."""

    def work(session: Session) -> None:
        handoff.reopen(session, number(visit), _version(visit))
        visit.record(session, Act.CONVERSATION_REOPENED, _target(visit))

    return await _done(visit, work, "desk.done.reopened")


async def see(visit: Visit) -> Response:
    """Somebody looks at it: it is no longer loud."""

    def work(session: Session) -> None:
        handoff.locked(session, number(visit))
        queues.see(session, number(visit), visit.staff.id, visit.now)

    return await _done(visit, work, "desk.done.seen")


async def leave_queue(visit: Visit) -> Response:
    """What the queue is for is dealt with."""
    name = visit.field("queue")
    if name not in {queue.value for queue in Queue}:
        raise HTTPException(400)

    def work(session: Session) -> None:
        handoff.locked(session, number(visit))
        queues.see(session, number(visit), visit.staff.id, visit.now)
        lifecycle.leave(session, number(visit), visit.now, (Queue(name),))

    return await _done(visit, work, "desk.done.dealt_with")


async def assign(visit: Visit) -> Response:
    """Say who looks after it."""
    wanted = visit.field("staff")

    def work(session: Session) -> None:
        id = as_id(wanted)
        person = session.get(Staff, id) if id is not None else None
        may = person is not None and person.disabled_at is None and Right.ANSWER in RIGHTS[Role(person.role)]
        if wanted and not may:
            raise HTTPException(400)
        records.assign(session, number(visit), person.id if person else None, _version(visit))

    return await _done(visit, work, "desk.done.assigned")


async def note(visit: Visit) -> Response:
    """Leave a note for colleagues."""
    text = visit.field("note")

    def work(session: Session) -> None:
        records.note(session, number(visit), visit.staff.id, text, visit.now)

    return await _done(visit, work, "desk.done.noted")


async def tag(visit: Visit) -> Response:
    """Add a tag."""
    return await _done(
        visit, lambda session: records.tag(session, number(visit), visit.field("tag")), "desk.done.tagged"
    )


async def untag(visit: Visit) -> Response:
    """Take a tag away."""
    return await _done(
        visit, lambda session: records.untag(session, number(visit), visit.field("tag")), "desk.done.untagged"
    )


async def resend(visit: Visit) -> Response:
    """Send again what could not be delivered."""
    wanted = visit.field("message")

    def work(session: Session) -> None:
        contact, _ = handoff.locked(session, number(visit))
        why = handoff.cannot_write(contact, visit.now, _template(visit))
        if why is not None:
            raise Refused(why)
        here = select(Message.id).where(Message.id == _int(wanted), Message.conversation_id == number(visit))
        if not outbox.resend(session, list(session.execute(here).scalars()), visit.now):
            raise Refused(Refusal.CHANGED)

    return await _done(visit, work, "desk.done.resent")


async def suggest(visit: Visit) -> Response:
    """This should have been another topic: a suggestion for whoever looks after the training questions."""
    topic, language, message = visit.field("topic"), visit.field("language"), _int(visit.field("message"))
    knowledge = visit.console.store.current
    if topic not in knowledge.topics or language not in knowledge.languages:
        raise HTTPException(400)

    def work(session: Session) -> None:
        records.suggest(session, number(visit), message, topic, language, visit.staff.id, visit.now)

    return await _done(visit, work, "desk.done.suggested")


async def _done(visit: Visit, work: Work, say: str, draft: str | None = None) -> Response:
    """Do it and come back to the conversation; what was refused is explained, and nothing that was typed is lost."""
    try:
        await visit.write(work)
    except Refused as refused:
        return await page(visit, f"desk.refused.{refused.why.value}", draft, status=409)
    return visit.redirect(f"/conversations/{number(visit)}", say)


def _version(visit: Visit) -> int:
    """The version of the conversation that the page showed."""
    return _int(visit.field("version"))


def _int(text: str) -> int:
    id = as_id(text)
    if id is None:
        raise HTTPException(400)
    return id


def _until(visit: Visit) -> dt.datetime:
    return visit.now + dt.timedelta(minutes=visit.console.settings.handback_minutes)


def _voice(visit: Visit) -> Voice:
    return Voice(visit.console.store, visit.console.settings.default_language)


def _template(visit: Visit) -> bool:
    return bool(visit.console.settings.whatsapp_template)


def _target(visit: Visit) -> str:
    return f"conversation {number(visit)}"


ACTS: dict[str, Handler] = {
    "take": take_over,
    "reply": reply,
    "hand-back": hand_back,
    "close": close,
    "reopen": reopen,
    "seen": see,
    "dealt-with": leave_queue,
    "assign": assign,
    "note": note,
    "tag": tag,
    "untag": untag,
    "resend": resend,
    "suggest": suggest,
}
PAGES = tuple(Page(f"/conversations/{{id:int}}/{name}", act, Right.ANSWER, ("POST",)) for name, act in ACTS.items())
