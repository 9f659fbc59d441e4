"""Reports about recruiters: which there are, what was told, and how far staff have got with each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.audit import Act
from bot.console.roles import Right
from bot.console.routing import Handler, Page
from bot.console.shown import Shown
from bot.console.unmasking import may_unmask
from bot.console.visit import Visit
from bot.conversations.asked import as_place, place
from bot.conversations.tables import Conversation
from bot.registry import filing, reports
from bot.registry.replies import REPORT_CHOICES
from bot.registry.tables import Report, ReportState
from bot.safety.encryption import SecretError
from bot.safety.harmless import harmless

PAGE_LENGTH = 50
MAX_TYPED = 40
ANONYMOUS, ANSWER_HERE = REPORT_CHOICES["report_contact"]
MOVES = {
    "seen": (ReportState.SEEN, Act.REPORT_SEEN),
    "done": (ReportState.DONE, Act.REPORT_DONE),
    "reopen": (ReportState.NEW, Act.REPORT_REOPENED),
}
"""What each button does, by its name in the address."""


class Reach(str, Enum):
    """How whoever reported can be asked back."""

    ANONYMOUS = "anonymous"
    HERE = "here"
    TOLD = "told"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Row:
    """A report in the list; `who` is the recruiter, redacted, None when the report does not open."""

    report: Report
    who: str | None
    reach: Reach


@dataclass(frozen=True)
class Opened:
    """One report; `answers` is None when it does not open, `conversation_id` where its person can be asked."""

    report: Report
    answers: list[tuple[str, str]] | None
    reach: Reach
    conversation_id: int | None


async def show(visit: Visit) -> Response:
    """The newest reports, or the one with a reference number."""
    typed, wanted = visit.query("reference")[:MAX_TYPED], visit.query("state")
    state = ReportState(wanted) if wanted in {known.value for known in ReportState} else None
    try:
        before = as_place(visit.query("before")) if visit.query("before") else None
    except ValueError:  # the address was changed by hand
        raise HTTPException(400) from None

    def read(session: Session) -> tuple[list[Row], int, str | None]:
        reference = reports.as_reference(typed) if typed else None
        found = reports.page(session, PAGE_LENGTH + 1, reference, state, before)
        rows = [_row(visit, report) for report in found[:PAGE_LENGTH]]
        last = rows[-1].report if len(found) > PAGE_LENGTH else None
        return rows, reports.count_new(session), place(last.created_at, last.id) if last else None

    rows, new, older = await visit.read(read)
    return visit.render(
        "reports.html",
        rows=rows,
        new=new,
        older=older,
        states=list(ReportState),
        asked={"reference": harmless(typed), "state": state.value if state else ""},
        shown=Shown(visit),
    )


async def show_one(visit: Visit) -> Response:
    """One report, masked."""
    return await _page(visit)


async def unmask(visit: Visit) -> Response:
    """The report as it was told, once, for a reason that the audit log keeps."""
    if not await may_unmask(visit, lambda session: _target(_report(session, visit))):
        return await _page(visit, problem="desk.reason_needed", status=400)
    return await _page(visit, unmasked=True)


def mover(name: str) -> Handler:
    """What the button `name` does: it brings the report into its state, unless a colleague was faster."""
    to, act = MOVES[name]

    async def handler(visit: Visit) -> Response:
        def work(session: Session) -> bool:
            report = _report(session, visit)
            if not reports.move(session, report.id, to):
                return False
            visit.record(session, act, _target(report))
            return True

        moved = await visit.write(work)
        return visit.redirect(f"/reports/{_number(visit)}", f"reports.said.{name if moved else 'changed'}")

    return handler


async def _page(visit: Visit, problem: str | None = None, status: int = 200, unmasked: bool = False) -> Response:
    shown = Shown(visit, unmasked)

    def read(session: Session) -> Opened:
        report = _report(session, visit)
        told = _told(visit, report)
        answers = None
        if told is not None:
            answers = [(_label(visit, name), _answer(shown, report, name, text)) for name, text in told.items()]
        return Opened(report, answers, _reach(report, told), _conversation(session, report))

    opened = await visit.read(read)
    return visit.render(
        "report.html",
        status,
        opened=opened,
        report=opened.report,
        moves=[name for name, (to, _) in MOVES.items() if ReportState(opened.report.state) in reports.MOVES[to]],
        shown=shown,
        unmasked=unmasked,
        problem=problem,
    )


def _row(visit: Visit, report: Report) -> Row:
    told = _told(visit, report)
    who = None if told is None else told.get("who", "")
    if who is not None:
        who = _choice(visit, "who", who) or Shown(visit).line(who, report.language)
    return Row(report, who, _reach(report, told))


def _told(visit: Visit, report: Report) -> dict[str, str] | None:
    """What was told; None when it was stored under another secret."""
    try:
        return filing.told_in(visit.console.vault, report.told)
    except SecretError:
        return None


def _reach(report: Report, told: dict[str, str] | None) -> Reach:
    if report.contact_id is not None:
        return Reach.HERE
    contact = ANSWER_HERE if told is None else told.get("contact") or ANONYMOUS
    if contact == ANSWER_HERE:  # the person was forgotten since
        return Reach.NOBODY
    return Reach.ANONYMOUS if contact == ANONYMOUS else Reach.TOLD


def _label(visit: Visit, name: str) -> str:
    """The short name of a question; one of your own is called as its field is."""
    key = f"reports.field.{name}"
    return visit.t(key) if key in visit.console.texts else name.replace("_", " ")


def _answer(shown: Shown, report: Report, name: str, text: str) -> str:
    return _choice(shown.visit, name, text) or shown.told(text, report.language)


def _choice(visit: Visit, name: str, text: str) -> str | None:
    """The words of what was chosen, not typed, as the answer to a question; None for what was typed."""
    chosen = text in REPORT_CHOICES.get(f"report_{name}", ())
    return visit.console.store.current.label(text, visit.language) if chosen else None


def _conversation(session: Session, report: Report) -> int | None:
    """The conversation in which it was reported, of a person who may be asked."""
    if report.contact_id is None:
        return None
    of_contact = (Conversation.contact_id == report.contact_id, Conversation.opened_at <= report.created_at)
    id: int | None = session.execute(
        select(Conversation.id).where(*of_contact).order_by(Conversation.id.desc()).limit(1)
    ).scalar()
    return id


def _number(visit: Visit) -> int:
    return int(visit.request.path_params["id"])


def _report(session: Session, visit: Visit) -> Report:
    """The report that the address names, or "not found"."""
    report: Report | None = session.get(Report, _number(visit))
    if report is None:
        raise HTTPException(404)
    return report


def _target(report: Report) -> str:
    """The report as the audit log names it."""
    return f"report {report.reference}"


PAGES = (
    Page("/reports", show, Right.VIEW_CONVERSATIONS, nav="nav.reports"),
    Page("/reports/{id:int}", show_one, Right.VIEW_CONVERSATIONS),
    Page("/reports/{id:int}/unmask", unmask, Right.UNMASK, ("POST",)),
    *(Page(f"/reports/{{id:int}}/{name}", mover(name), Right.ANSWER, ("POST",)) for name in MOVES),
)
