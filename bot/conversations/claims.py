"""Claims: who may work on a message. A claim names its process, so that a killed one's work is taken over at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from bot.conversations.tables import Direction, Message, State

INBOX_CLAIM = dt.timedelta(seconds=60)
"""Answering takes milliseconds."""
OUTBOX_CLAIM = dt.timedelta(seconds=120)
"""A send gives up after half of it."""
UNCLAIMED = or_(Message.claim.is_(None), Message.claimed_until <= bindparam("now"))
"""That nobody may work on a message at `now`."""
# two, as each has an index of its own
_IN_FORCE = [
    select(Message.claim).where(
        Message.direction == direction.value,
        Message.state == state.value,
        Message.claim.is_not(None),
        Message.claimed_until > bindparam("now"),
    )
    for direction, state in ((Direction.IN, State.RECEIVED), (Direction.OUT, State.QUEUED))
]


def is_first(direction: Direction, state: State) -> ColumnElement[bool]:
    """That the contact has no message of `direction` in `state` before this one."""
    earlier = aliased(Message)
    return ~exists().where(
        earlier.contact_id == Message.contact_id,
        earlier.direction == direction.value,
        earlier.state == state.value,
        earlier.id < Message.id,
    )


def _here() -> str:
    """Names the place where process ids mean what they mean to us: one boot of one machine or container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        boot, namespace = secrets.token_hex(8), 0
    return hashlib.sha256(f"{boot}{namespace}".encode()).hexdigest()[:8]


HERE = _here()


def new_token() -> str:
    """A claim of this process."""
    return f"{HERE}-{os.getpid()}-{secrets.token_hex(6)}"


def claims_of_the_dead(session: Session, now: dt.datetime) -> list[str]:
    """The claims in force of processes that died on this machine."""
    claims = {claim for query in _IN_FORCE for claim in session.execute(query, {"now": now}).scalars()}
    return [claim for claim in claims if is_dead(claim)]


def end_claims(session: Session, claims: Sequence[str], now: dt.datetime) -> None:
    """Let `claims` run out now."""
    query = update(Message).where(Message.claim.in_(claims)).values(claimed_until=now)
    session.execute(query.execution_options(synchronize_session=False))


def is_dead(claim: str) -> bool:
    """Whether the claim's process has died on this machine; False when it belongs to another one."""
    place, _, rest = claim.partition("-")
    pid = rest.partition("-")[0]
    return place == HERE and pid.isdecimal() and not is_alive(int(pid))


def is_alive(pid: int) -> bool:
    """Whether a process of this machine runs; one that ended and was not waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
