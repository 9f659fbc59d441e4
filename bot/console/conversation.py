"""One conversation: the thread as the person saw it, and all that staff know and can do about it."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console import live, staff
from bot.console.roles import RIGHTS, Right, Role
from bot.console.routing import Page
from bot.console.shown import Shown, code
from bot.console.tables import Staff
from bot.console.unmasking import may_unmask
from bot.console.visit import Visit
from bot.conversations import handoff, queues, thread
from bot.conversations.asked import as_id
from bot.conversations.contacts import window_closes
from bot.conversations.tables import Contact, Conversation, Direction
from bot.safety.encryption import SecretError


async def show(visit: Visit) -> Response:
    """The conversation, masked."""
    return await page(visit)


async def unmask(visit: Visit) -> Response:
    """The conversation with full texts and the address, once, for a reason that the audit log keeps."""
    if not await may_unmask(visit, lambda session: _target(session, number(visit))):
        return await page(visit, problem="desk.reason_needed", status=400)
    return await page(visit, unmasked=True)


def number(visit: Visit) -> int:
    """The conversation that the address names."""
    return int(visit.request.path_params["id"])


async def page(
    visit: Visit, problem: str | None = None, draft: str | None = None, status: int = 200, unmasked: bool = False
) -> Response:
    """The page, with what went wrong and what was about to be written, so that it is not lost."""
    stamp, found, everybody = await visit.read(_read, number(visit), as_id(visit.query("before")))
    if found is None:
        raise HTTPException(404)
    console, conversation = visit.console, found.conversation
    knowledge, template = console.store.current, bool(console.settings.whatsapp_template)
    language = (
        conversation.language if conversation.language in knowledge.languages else console.settings.default_language
    )
    canned = {id: one.text[language] for id, one in knowledge.canned_replies.items()}
    teach = as_id(visit.query("teach")) if visit.may(Right.ANSWER) else None
    closes = window_closes(found.contact)
    return visit.render(
        "conversation.html",
        status,
        stamp=stamp,
        thread=found,
        conversation=conversation,
        shown=Shown(visit, unmasked),
        unmasked=unmasked,
        address=_address(visit, found.contact) if unmasked else None,
        people={one.id: one.name for one in everybody},
        colleagues=[one for one in everybody if one.disabled_at is None and Right.ANSWER in RIGHTS[Role(one.role)]],
        problem=problem,
        draft=draft if draft is not None else canned.get(visit.query("canned"), ""),
        canned=[(id, one.title[visit.language], canned[id]) for id, one in knowledge.canned_replies.items()],
        cannot_write=handoff.cannot_write(found.contact, visit.now, template),
        window_closes=closes,
        window_is_closed=closes is not None and visit.now >= closes,
        mine=conversation.holder_id == visit.staff.id,
        person_language=language,
        is_incoming=Direction.IN.value,
        teach=teach,
        topics=sorted((str(knowledge.title(id, visit.language)), id) for id in knowledge.topics) if teach else [],
        languages=list(knowledge.languages.values()),
    )


def _target(session: Session, conversation_id: int) -> str:
    """The conversation as the audit log names it."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise HTTPException(404)
    return f"contact {code(conversation.contact_id)}, conversation {conversation.id}"


def _address(visit: Visit, contact: Contact) -> str | None:
    """Where the person is reached; on the web that is a random cookie, which says nothing."""
    if contact.channel == "web":
        return None
    try:
        return visit.console.vault.decrypt(contact.address_encrypted)
    except SecretError:
        return visit.t("desk.address_unreadable")


def _read(session: Session, conversation_id: int, before: int | None) -> tuple[str, thread.Thread | None, list[Staff]]:
    stamp = live.stamp(session, queues.counts(session), conversation_id)
    return stamp, thread.read(session, conversation_id, before), staff.everybody(session)


PAGES = (
    Page("/conversations/{id:int}", show, Right.VIEW_CONVERSATIONS),
    Page("/conversations/{id:int}/unmask", unmask, Right.UNMASK, ("POST",)),
)
