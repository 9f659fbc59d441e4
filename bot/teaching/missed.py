"""Questions that were missed or understood with little confidence, redacted, as editors see them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.conversations.lifecycle import NOT_UNDERSTOOD, UNSURE_BELOW
from bot.conversations.tables import Contact, Message
from bot.knowledge.understood import EMERGENCY, FALLBACK, OUT_OF_SCOPE
from bot.knowledge.words import plain
from bot.safety.harmless import harmless
from bot.safety.redaction import MASK, redact
from bot.teaching.tables import Decision, Verdict

DECLINED = "utter_out_of_scope"
LOOKED_AT = 50_000
"""The newest messages that are looked through: what nobody asked for long is no hurry."""
MOST = 1000
LONGEST = 300
"""Longer ones are stories: no question to train with."""
FEWEST_LETTERS = 4


@dataclass(frozen=True)
class Missed:
    """One wording, redacted: its language, how often and when last it came, and the topics that were nearest.

    `suggested` is the topic that a colleague named for it.
    """

    hash: str
    text: str
    language: str
    times: int
    last_at: dt.datetime
    nearest: tuple[tuple[str, float], ...] = ()
    suggested: str | None = None

    @property
    def question(self) -> str:
        """The text as a training question: without what stands for the names that were taken out."""
        return " ".join(self.text.replace(MASK, " ").split())


def hash_of(text: str) -> str:
    """What decisions remember of a redacted text."""
    return hashlib.sha256(plain(text).encode()).hexdigest()


def read_missed(session: Session, default_language: str) -> list[Missed]:
    """The wordings that nobody has decided about yet, the newest first."""
    newest = session.scalar(select(func.max(Message.id))) or 0
    reply = aliased(Message)
    unsure = and_(reply.content_id == Message.intent, Message.confidence < UNSURE_BELOW)
    query = (
        select(Message, Contact.language)
        .select_from(reply)
        .join(Message, Message.id == reply.reply_to)  # what a form asked for has another reply, and is no question
        .join(Contact, Contact.id == Message.contact_id)
        .where(
            reply.id > newest - LOOKED_AT,
            Message.id > newest - LOOKED_AT,  # as any reply is younger than its question; PostgreSQL reads all else
            or_(reply.content_id.in_((*NOT_UNDERSTOOD, DECLINED)), unsure),
            Message.payload.is_(None),
            Message.intent != EMERGENCY,
            func.length(Message.text) <= LONGEST,
        )
        .order_by(reply.id.desc())
        .limit(4 * MOST)
    )
    rows = {message.id: (message, language) for message, language in session.execute(query)}.values()
    redacted = lru_cache(maxsize=None)(redact)  # for this page only: many people ask in the same words
    seen = merged(_missed(message, language or default_language, redacted) for message, language in rows)
    decided = _decided(session, [one.hash for one in seen])
    return [one for one in seen if one.hash not in decided][:MOST]


def merged(all_missed: Iterable[Missed | None]) -> list[Missed]:
    """Each wording once, with how often it came; the order is that of its newest."""
    found: dict[str, Missed] = {}
    for one in all_missed:
        if one is None:
            continue
        known = found.get(one.hash)
        if known is None:
            found[one.hash] = one
        else:
            found[one.hash] = replace(
                known,
                times=max(known.times, one.times) if known.suggested else known.times + one.times,
                nearest=known.nearest or one.nearest,
                suggested=known.suggested or one.suggested,
            )
    return list(found.values())


def decide(
    session: Session, hashes: Iterable[str], verdict: Verdict, topic: str | None, staff_id: int, now: dt.datetime
) -> None:
    """Remember what became of the wordings; they are not shown again."""
    for text_hash in set(hashes):
        session.merge(Decision(text_hash=text_hash, verdict=verdict.value, topic=topic, staff_id=staff_id, at=now))


def accepted_since(session: Session, moment: dt.datetime | None) -> int:
    """How many wordings were accepted after `moment`: they wait to be taught."""
    query = select(func.count()).select_from(Decision).where(Decision.verdict == Verdict.ACCEPTED.value)
    return session.scalar(query.where(Decision.at > moment) if moment else query) or 0


def _missed(message: Message, language: str, redacted: Callable[[str, str], str]) -> Missed | None:
    """What an editor may see of `message`; None when too little of it is words."""
    text = " ".join(harmless(redacted(message.text, language)).split())
    if sum(c.isalpha() for c in text) < FEWEST_LETTERS:
        return None
    nearest = tuple((str(name), float(share)) for name, share in message.alternatives or ())
    topics = tuple(pair for pair in nearest if pair[0] not in (FALLBACK, OUT_OF_SCOPE))
    return Missed(hash_of(text), text, language, 1, message.created_at, topics)


def _decided(session: Session, hashes: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(hashes), 500):
        query = select(Decision.text_hash).where(Decision.text_hash.in_(hashes[start : start + 500]))
        found.update(session.scalars(query))
    return found
