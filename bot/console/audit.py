"""The audit log: who did what to what, when and why. The database refuses to change or delete an entry."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.tables import AuditEntry
from bot.safety.harmless import harmless
from bot.safety.redaction import redact

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
    EXPORTED = "exported"
    PERSON_ERASED = "person_erased"
    UNMASKED = "unmasked"
    REPORT_SEEN = "report_seen"
    REPORT_DONE = "report_done"
    REPORT_REOPENED = "report_reopened"
    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    CONVERSATION_CLOSED = "conversation_closed"
    CONVERSATION_REOPENED = "conversation_reopened"
    TEACHING_ASKED = "teaching_asked"
    MODEL_IN_FORCE = "model_in_force"
    MODEL_OVERRIDDEN = "model_overridden"
    MODEL_TAKEN_BACK = "model_taken_back"
    QUESTIONS_ACCEPTED = "questions_accepted"
    QUESTIONS_DISMISSED = "questions_dismissed"
    CONTENT_SUBMITTED = "content_submitted"
    CONTENT_SENT_BACK = "content_sent_back"
    CONTENT_PUBLISHED = "content_published"
    CONTENT_SCHEDULED = "content_scheduled"
    CONTENT_ROLLED_BACK = "content_rolled_back"
    CONTENT_WITHDRAWN = "content_withdrawn"
    TRANSLATION_REVIEWED = "translation_reviewed"
    TRANSLATION_CONFIRMED = "translation_confirmed"
    TRANSLATIONS_BROUGHT_IN = "translations_brought_in"
    REGISTRY_IMPORTED = "registry_imported"
    REGISTRY_APPROVED = "registry_approved"
    REGISTRY_REFUSED = "registry_refused"


def as_kept(reason: str) -> str:
    """`reason` as the log keeps it: redacted, of bounded length, unable to disturb the page."""
    return harmless(redact(reason))[:MAX_REASON]


def record(session: Session, staff_id: int | None, act: Act, target: str, reason: str | None = None) -> None:
    """Add an entry to the transaction of what was done, so that neither is stored without the other.

    Args:
        session: the open transaction.
        staff_id: who did it; None is the command line.
        act: what.
        target: to what, for instance "contact 3f9…" or "topic receipts"; never an address or a message's text.
        reason: why, where the person was asked; kept redacted, for an entry can never be taken out again.
    """
    session.add(
        AuditEntry(
            at=dt.datetime.now(dt.timezone.utc),
            staff_id=staff_id,
            act=act.value,
            target=target[:MAX_TARGET],
            reason=as_kept(reason) if reason else None,
        )
    )


@dataclass(frozen=True)
class AuditFilter:
    """Which entries are wanted; None leaves a field open. `staff_id` 0 is the command line, `until` is exclusive."""

    staff_id: int | None = None
    act: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    before: int | None = None


def entries(session: Session, wanted: AuditFilter, most: int) -> list[AuditEntry]:
    """The newest entries that fit, at most `most`."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)
    if wanted.staff_id is not None:
        query = query.where(
            AuditEntry.staff_id == wanted.staff_id if wanted.staff_id else AuditEntry.staff_id.is_(None)
        )
    if wanted.act is not None:
        query = query.where(AuditEntry.act == wanted.act)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    if wanted.before is not None:
        query = query.where(AuditEntry.id < wanted.before)
    return list(session.execute(query).scalars())
