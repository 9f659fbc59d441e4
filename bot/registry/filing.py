"""What a turn of the dialogue leaves to be stored: reports for staff and watches, in the transaction that closes it."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.registry.tables import Lookup, RegistryEntry, Report, ReportState, Watch
from bot.safety.encryption import AddressVault

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0, 1, I, L, O and U, which people mix up when they read a number aloud."""
REFERENCE_LENGTH = 7


@dataclass(frozen=True)
class FiledReport:
    """A report, encrypted already. Unless `anonymous`, it keeps who reported, so that staff can answer."""

    reference: str
    told: bytes
    anonymous: bool
    language: str | None

    def store(self, session: Session, contact_id: str | None, now: dt.datetime) -> None:
        """Store it for staff; without a contact, as in a terminal, it is anonymous."""
        contact = None if self.anonymous else contact_id
        session.add(
            Report(
                reference=self.reference, contact_id=contact, language=self.language, told=self.told,
                state=ReportState.NEW.value, created_at=now,
            )
        )  # fmt: skip


@dataclass(frozen=True)
class FiledWatch:
    """A wish to be told, or no longer to be told, when the status of an entry changes; `None` ends all watches."""

    entry_id: int | None
    on: bool

    def store(self, session: Session, contact_id: str | None, now: dt.datetime) -> None:
        """Store or delete it; an entry that is gone meanwhile is passed over, and so is who cannot be told."""
        if contact_id is None:
            return
        if self.entry_id is None:
            session.execute(delete(Watch).where(Watch.contact_id == contact_id))
            return
        entry = session.get(RegistryEntry, self.entry_id)
        if entry is None:
            return
        place = {"contact_id": contact_id, "source": entry.source, "identity": entry.identity}
        if self.on:
            session.merge(Watch(**place, status=entry.status, created_at=now))
        else:
            session.execute(delete(Watch).filter_by(**place))


@dataclass(frozen=True)
class FiledLookup:
    """A look-up, for the figures: what the verdict was."""

    ruling: str
    language: str | None

    def store(self, session: Session, _contact_id: str | None, now: dt.datetime) -> None:
        """Store it; it belongs to nobody."""
        session.add(Lookup(at=now, ruling=self.ruling, language=self.language))


Filed = FiledReport | FiledWatch | FiledLookup


def report(vault: AddressVault, told: Mapping[str, str], anonymous: bool, language: str | None) -> FiledReport:
    """Make a report of what a person told, with a new reference number such as "R7K3MQX"."""
    reference = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(REFERENCE_LENGTH))
    text = json.dumps(dict(told), ensure_ascii=False)
    return FiledReport(reference, vault.encrypt(text), anonymous, language)


def told_in(vault: AddressVault, told: bytes) -> dict[str, str]:
    """What `report` was given: field by field, in the order of the questions.

    Raises:
        SecretError: it was encrypted under another secret, or was changed.
    """
    fields: dict[str, str] = json.loads(vault.decrypt(told))
    return fields


def forget(session: Session, contact_id: str) -> None:
    """Forget a contact: watches go; reports stay as evidence, no longer tied to the person."""
    session.execute(delete(Watch).where(Watch.contact_id == contact_id))
    session.execute(update(Report).where(Report.contact_id == contact_id).values(contact_id=None))
