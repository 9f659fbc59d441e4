"""Reports about recruiters as staff work through them: a page of them, one by its reference, how far each has got."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from bot.registry.tables import Report, ReportState

MOVES = {
    ReportState.SEEN: (ReportState.NEW,),
    ReportState.DONE: (ReportState.NEW, ReportState.SEEN),
    ReportState.NEW: (ReportState.DONE,),
}
"""From where a report comes into a state: who looks at an old page takes nothing back that a colleague did."""


def as_reference(text: str) -> str:
    """A reference number as it is stored, however it was typed: "r7k-3mqx" and "R7K 3MQX" are R7K3MQX."""
    return "".join(letter for letter in text if letter.isalnum()).upper()


def page(
    session: Session,
    most: int,
    reference: str | None = None,
    state: ReportState | None = None,
    before: tuple[dt.datetime, int] | None = None,
) -> list[Report]:
    """The newest reports, at most `most`.

    Args:
        session: any.
        most: how many at most.
        reference: as `as_reference` gives it; None is any.
        state: None is any.
        before: time and number of the report that the former page ended with.
    """
    query = select(Report).order_by(Report.created_at.desc(), Report.id.desc()).limit(most)
    if reference is not None:
        query = query.where(Report.reference == reference)
    if state is not None:
        query = query.where(Report.state == state.value)
    if before is not None:
        at, id = before
        query = query.where(or_(Report.created_at < at, and_(Report.created_at == at, Report.id < id)))
    return list(session.execute(query).scalars())


def count_new(session: Session) -> int:
    """How many reports nobody has looked at."""
    return int(session.execute(select(func.count()).where(Report.state == ReportState.NEW.value)).scalar())


def move(session: Session, report_id: int, to: ReportState) -> bool:
    """Bring a report into the state `to`; False when it is not where that can be done from, or is not there."""
    return bool(
        session.execute(
            update(Report)
            .where(Report.id == report_id, Report.state.in_([state.value for state in MOVES[to]]))
            .values(state=to.value)
            .execution_options(synchronize_session=False)
        ).rowcount
    )
