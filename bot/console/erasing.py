"""Erasing a person from the console, when they ask staff instead of the bot."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.audit import Act
from bot.console.reasons import is_reason
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.visit import Visit
from bot.conversations import erasure
from bot.conversations.tables import Conversation


async def ask(visit: Visit) -> Response:
    """What erasing means, and the form that does it."""
    return await _page(visit)


async def erase(visit: Visit) -> Response:
    """Erase the person of the conversation; the audit log keeps their code and the reason."""
    reason = visit.field("reason")
    if not is_reason(reason) or visit.field("sure") != "yes":
        return await _page(visit, "erasing.reason_needed", 400)

    def do(session: Session) -> str | None:
        conversation = session.get(Conversation, _number(visit))
        if conversation is None:
            return None
        code = _code(conversation)
        erasure.erase_contact(session, conversation.contact_id, visit.now)
        visit.record(session, Act.PERSON_ERASED, f"contact {code}", reason)
        return code

    code = await visit.write(do)
    if code is None:
        raise HTTPException(404)
    return visit.redirect("/", say="erasing.done", code=code)


async def _page(visit: Visit, problem: str | None = None, status: int = 200) -> Response:
    conversation = await visit.read(lambda session: session.get(Conversation, _number(visit)))
    if conversation is None:
        raise HTTPException(404)
    return visit.render(
        "erasing.html", status, conversation=conversation, code=_code(conversation), problem=problem,
        reason=visit.field("reason"),
    )  # fmt: skip


def _number(visit: Visit) -> int:
    return int(visit.request.path_params["id"])


def _code(conversation: Conversation) -> str:
    """The contact's short name, from which nobody learns who it is."""
    return str(conversation.contact_id)[:6].upper()


PAGES = (
    Page("/conversations/{id:int}/erase", ask, Right.ERASE),
    Page("/conversations/{id:int}/erase", erase, Right.ERASE, methods=("POST",)),
)
