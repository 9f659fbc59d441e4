"""Seeing everything as it was written: for a reason that the audit log keeps, and never without."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.console.audit import Act
from bot.console.reasons import is_reason
from bot.console.visit import Visit


async def may_unmask(visit: Visit, target: Callable[[Session], str]) -> bool:
    """Whether the form gave a reason; then it is in the audit log before anything is shown.

    Args:
        visit: of who has the right to unmask; its form holds `reason`.
        target: says what is unmasked, as the audit log may name it.
    """
    reason = visit.field("reason")
    if not is_reason(reason):
        return False

    def record(session: Session) -> None:
        visit.record(session, Act.UNMASKED, target(session), reason)

    await visit.write(record)
    return True
