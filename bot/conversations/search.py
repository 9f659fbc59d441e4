"""Finding conversations again: by words, topic, language, channel, state, tag and date, always in bounded time."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, literal_column, or_, select, text
from sqlalchemy.orm import Session, aliased

from bot.conversations.asked import as_id, as_place, place
from bot.conversations.desk_tables import Tag
from bot.conversations.tables import Conversation, Message
from bot.safety.redaction import redact
from bot.storage.database import Database

PAGE = 30
LOOKED_AT = 1000
"""Newest messages with the words or the topic that are held against the other filters at a time."""
ROWS = 150
"""Messages that are read for a page: several may be of one conversation."""
MAX_WORDS = 8
MERGED_PAGES = 500
BEGINNING = 3
"""Letters from which on a word is the beginning of others: a single one would begin a tenth of all."""
WORDS_IN_POSTGRESQL = "messages.messages_search"
"""The database fills this column by itself: reading words out of each text again would take seconds."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty fields do not matter. `until` is excluded. Words are found by their beginnings."""

    words: str = ""
    topic: str = ""
    language: str = ""
    channel: str = ""
    state: str = ""
    tag: str = ""
    assigned_id: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Found:
    """A conversation, and the message by which it was found, if there is one."""

    conversation: Conversation
    message: Message | None = None


@dataclass(frozen=True)
class Results:
    """One page, the newest first; `before` is where the next one begins, None at the end."""

    items: tuple[Found, ...]
    before: str | None


def find(session: Session, wanted: Wanted, before: str = "", masked: bool = False) -> Results:
    """Look for `wanted`; `before` is what the former page gave.

    With `masked`, words are looked for in what redaction leaves of a text: otherwise whoever sees only "•••" could
    read a telephone number digit by digit, by what is found and what is not.

    Raises:
        ValueError: no page gave `before`.
    """
    words = _words(wanted.words)
    if wanted.words and not words:
        return Results((), None)
    if words or wanted.topic:
        return _by_message(session, wanted, words, before, masked)
    return _by_conversation(session, wanted, before)


def purge(database: Database) -> None:
    """See that the index keeps nothing of deleted texts: SQLite would keep their words until it merges by itself.

    In small steps: the whole index at once would, with a million messages, lock others out for seconds.
    """
    if not database.is_sqlite:
        return
    pages = -MERGED_PAGES  # the first step takes all parts in, the others go on with it
    while _merge(database, pages):
        pages = MERGED_PAGES


def _merge(database: Database, pages: int) -> bool:
    """Merge so many pages; False when nothing is left to merge (sqlite.org/fts5.html#the_merge_command)."""
    with database.transaction() as session:
        raw = session.connection().connection.dbapi_connection
        before = raw.total_changes
        command = text("INSERT INTO messages_search (messages_search, rank) VALUES ('merge', :pages)")
        session.execute(command, {"pages": pages})
        return bool(raw.total_changes - before >= 2)


def _words(said: str) -> list[str]:
    return _split(said)[:MAX_WORDS]


def _split(text: str) -> list[str]:
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", folded)


def _has(text: str, words: list[str]) -> bool:
    """Whether all words, or their beginnings, are in `text`: as both databases' indexes find them."""
    there = set(_split(text))
    return all(word in there or (len(word) >= BEGINNING and any(w.startswith(word) for w in there)) for word in words)


def _by_conversation(session: Session, wanted: Wanted, before: str) -> Results:
    query = select(Conversation).where(*_filters(wanted))
    if before:
        moment, id = as_place(before)
        query = query.where(
            or_(
                Conversation.last_at < moment,
                and_(Conversation.last_at == moment, Conversation.id < id),
            ),
            Conversation.last_at <= moment,
        )
    query = query.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(PAGE + 1)
    found = list(session.execute(query).scalars())
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Results(
        tuple(Found(conversation) for conversation in found[:PAGE]),
        place(last.last_at, last.id) if last else None,
    )


def _by_message(session: Session, wanted: Wanted, words: list[str], before: str, masked: bool) -> Results:
    """The newest messages with the words (or the topic), then those of them that fit the rest.

    A common word is in a hundred thousand messages: the inner limit keeps the time in bounds, and the next page goes
    on where this one stopped, even when it found nothing.
    """
    older_than = as_id(before) if before else None
    if before and older_than is None:
        raise ValueError("no message's number")
    looked_at = list(session.execute(_candidates(session, wanted, words, older_than)).scalars())
    query = (
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id.in_(looked_at), *_filters(wanted))
        .order_by(Message.id.desc())
    )
    if words and wanted.topic:
        other = aliased(Message)
        query = query.where(exists().where(other.conversation_id == Conversation.id, other.intent == wanted.topic))
    items: dict[int, Found] = {}
    rows = session.execute(query.limit(ROWS)).all()
    for message, conversation in rows:
        if conversation.id not in items and (not masked or _has(redact(message.text, conversation.language), words)):
            if len(items) == PAGE:
                return Results(tuple(items.values()), str(message.id + 1))
            items[conversation.id] = Found(conversation, message)
    if len(rows) == ROWS:
        return Results(tuple(items.values()), str(rows[-1][0].id))
    return Results(tuple(items.values()), str(min(looked_at)) if len(looked_at) == LOOKED_AT else None)


def _candidates(session: Session, wanted: Wanted, words: list[str], before: int | None) -> Any:
    conditions: list[Any] = [Message.id < before] if before is not None else []
    if not words:
        conditions.append(Message.intent == wanted.topic)
    elif session.get_bind().dialect.name == "postgresql":
        asked = " & ".join(_begins(word, "{}:*", "{}") for word in words)
        conditions.append(literal_column(WORDS_IN_POSTGRESQL).op("@@")(func.to_tsquery("simple", asked)))
    else:
        return _matches_in_sqlite(words, before)
    return select(Message.id).where(*conditions).order_by(Message.id.desc()).limit(LOOKED_AT)


def _matches_in_sqlite(words: list[str], before: int | None) -> Any:
    older = "AND rowid < :before" if before is not None else ""
    query = text(
        f"SELECT rowid FROM messages_search WHERE messages_search MATCH :asked {older} ORDER BY rowid DESC LIMIT :most"
    )
    query = query.bindparams(asked=" ".join(_begins(word, '"{}"*', '"{}"') for word in words), most=LOOKED_AT)
    return query.bindparams(before=before) if older else query


def _begins(word: str, beginning: str, whole: str) -> str:
    return (beginning if len(word) >= BEGINNING else whole).format(word)


def _filters(wanted: Wanted) -> list[Any]:
    conditions: list[Any] = []
    for column, value in (
        (Conversation.language, wanted.language),
        (Conversation.channel, wanted.channel),
        (Conversation.state, wanted.state),
        (Conversation.assigned_id, wanted.assigned_id),
    ):
        if value:
            conditions.append(column == value)
    if wanted.tag:
        conditions.append(exists().where(Tag.conversation_id == Conversation.id, Tag.tag == wanted.tag))
    if wanted.since:
        conditions.append(Conversation.last_at >= wanted.since)
    if wanted.until:
        conditions.append(Conversation.opened_at < wanted.until)
    return conditions
