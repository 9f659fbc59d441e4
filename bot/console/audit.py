"""The audit log: who did what to what, when and why. The database refuses to change or delete an entry."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from sqlalchemy.orm import Session

from bot.console.tables import AuditEntry

MAX_TARGET = 200
MAX_REASON = 1000


class Act(str, Enum):
    """What was done; `content/console/act.yml` has its name in each language (a test checks that)."""

    SIGNED_IN = "signed_in"
    SIGN_IN_BLOCKED = "sign_in_blocked"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    PASSWORD_SET = "password_set"
    SECOND_STEP_ON = "second_step_on"
    SECOND_STEP_OFF = "second_step_off"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    STAFF_ADDED = "staff_added"
    STAFF_DISABLED = "staff_disabled"
    STAFF_ENABLED = "staff_enabled"
    ROLE_CHANGED = "role_changed"
    LINK_MADE = "link_made"
    TEACHING_ASKED = "teaching_asked"
    MODEL_IN_FORCE = "model_in_force"
    MODEL_OVERRIDDEN = "model_overridden"
    MODEL_TAKEN_BACK = "model_taken_back"
    QUESTIONS_ACCEPTED = "questions_accepted"
    QUESTIONS_DISMISSED = "questions_dismissed"


def record(session: Session, staff_id: int | None, act: Act, target: str, reason: str | None = None) -> None:
    """Add an entry to the transaction of what was done, so that neither is stored without the other.

    Args:
        session: the open transaction.
        staff_id: who did it; None is the command line.
        act: what.
        target: to what, for instance "contact 3f9…" or "topic receipts"; never an address or a message's text.
        reason: why, where the person was asked.
    """
    session.add(
        AuditEntry(
            at=dt.datetime.now(dt.timezone.utc),
            staff_id=staff_id,
            act=act.value,
            target=target[:MAX_TARGET],
            reason=reason[:MAX_REASON] if reason else None,
        )
    )
