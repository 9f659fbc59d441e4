"""What was offered to a person, and what a digit, a title, a button or MORE makes of it: the way of a feature phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.channels.protocol import ChoiceRef
from bot.conversations.tables import Direction, Message
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.words import plain

HOME = 0
"""The digit that leads to the menu."""
LONGEST_TITLE = 5
"""Words up to which a message may be a choice's title: a longer one is not worth a look at what was offered."""
NUMBER_WORDS = {
    *("no", "nr", "n", "number", "option", "choice", "choose"),
    *("numero", "choix", "opcao", "escolha"),
    *("namba", "nambari", "chaguo", "nachagua"),
}
"""Words that people put before a digit, in our languages, plain."""
ORDINALS = {
    **dict.fromkeys(("first", "1st", "premier", "premiere", "primeiro", "primeira", "kwanza"), 1),
    **dict.fromkeys(("second", "2nd", "deuxieme", "segundo", "segunda", "pili"), 2),
    **dict.fromkeys(("third", "3rd", "troisieme", "terceiro", "terceira"), 3),
}
AROUND_ORDINALS = frozenset({"the", "one", "le", "la", "a", "o", "ya", "wa"})
"""Words beside an ordinal that change nothing: "the second one", "ya pili"."""
POLITE = re.compile(r"\b(?:please|pls|plz|svp|stp|s il (?:vous|te) plait|por favor|pf|tafadhali)\b")

# built once, as short messages all ask it
_SHOWN = (
    select(Message.choices, Message.reply_to)
    .where(Message.contact_id == bindparam("contact"), Message.direction == Direction.OUT.value)
    .order_by(Message.id.desc())
    .limit(6)
)


def picked_number(text: str) -> int | None:
    """The number of at most two digits that `text` is and nothing else: "2.", "#2", "2️⃣", "number 2", "2 please".

    An ordinal is one too: "the second".
    """
    words = [word for word in POLITE.sub(" ", plain(text)).split() if word not in AROUND_ORDINALS]
    if len(words) == 1 and words[0] in ORDINALS:
        return ORDINALS[words[0]]
    if not words or len(words) > 2 or not words[-1].isdecimal() or len(words[-1]) > 2:
        return None
    return int(words[-1]) if len(words) == 1 or words[0] in NUMBER_WORDS else None


def picked(text: str, choices: Sequence[Choice]) -> str | None:
    """The payload of the choice that `text` is: its number, or its title written out; the menu's for 0."""
    number, words = picked_number(text), plain(text)
    if number == HOME:
        return "/menu"
    if number is not None:
        return choices[number - 1].payload if number <= len(choices) else None
    if not words or text.lstrip().startswith("/"):  # nobody speaks to the engine as a button does
        return None
    return next((choice.payload for choice in choices if plain(choice.title) == words), None)


def rest_of_last(session: Session, contact_id: str) -> Reply | None:
    """What was left out of the newest answer, which may be of several messages."""
    query = (
        select(Message)
        .where(Message.contact_id == contact_id, Message.direction == Direction.OUT.value)
        .order_by(Message.id.desc())
        .limit(6)
    )
    newest = list(session.execute(query).scalars())
    for message in newest:
        if message.reply_to != newest[0].reply_to:
            break
        if message.rest:
            text, choices = message.rest
            return Reply(text, tuple(Choice(*choice) for choice in choices), message.content_id)
    return None


def meaning(session: Session, contact_id: str, text: str, payload: str | None) -> tuple[str, bool]:
    """What the engine shall read: the payload of the choice picked by button, digit or title, or the text itself."""
    if payload:
        return payload, True
    short = len(text.split()) <= LONGEST_TITLE
    payload = picked(text, _last_choices(session, contact_id) if short else ())
    return (payload, True) if payload else (text, False)


def _last_choices(session: Session, contact_id: str) -> list[Choice]:
    """The choices that the newest answer shows; an older answer's are no longer what the person sees."""
    rows = session.execute(_SHOWN, {"contact": contact_id}).all()
    newest = [choices for choices, reply_to in rows if reply_to == rows[0].reply_to]
    return next(([Choice(*choice) for choice in shown] for shown in newest if shown), [])


def offered_choice(session: Session, contact_id: str, ref: ChoiceRef) -> Choice | None:
    """The choice behind `ref`, if it was offered to this very contact."""
    named = Message.provider_id if isinstance(ref.message, str) else Message.id
    query = select(Message.choices).where(
        named == ref.message, Message.contact_id == contact_id, Message.direction == Direction.OUT.value
    )
    choices = session.execute(query).scalar() or []
    return Choice(*choices[ref.index]) if 0 <= ref.index < len(choices) else None
