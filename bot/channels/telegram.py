"""Telegram through python-telegram-bot: webhook or long polling in, inline keyboards out."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import logging
from typing import Any

import httpx
from aiolimiter import AsyncLimiter
from telegram import (
    Bot,
    BotCommand,
    ChatMember,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot.channels.protocol import (
    Cause,
    ChoiceRef,
    Command,
    DeliveryError,
    Event,
    Forged,
    InboundMessage,
    Location,
    Malformed,
    Media,
    Outgoing,
    Reachability,
    Received,
    Request,
)
from bot.channels.rendering import Channel, render
from bot.knowledge.store import KnowledgeStore

logger = logging.getLogger(__name__)
NAME = Channel.TELEGRAM.value
PATH = "/telegram/webhook"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
COMMANDS = {"start": Command.START, "stop": Command.STOP, "help": Command.HELP}
PER_SECOND = 25
"""Telegram's limit is about 30 messages a second to all chats (core.telegram.org/bots/faq)."""
POLL_S = 25
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Faults after which the request cannot have arrived."""


class TelegramChannel:
    """The bot behind `token`.

    Args:
        secret: what Telegram shows at each webhook call.
        public_url: where Telegram reaches us; empty: we poll.
        api_url: Telegram's, or that of a Bot API server of one's own.
    """

    name = NAME
    paths: tuple[str, ...] = (PATH,)
    concurrency = 16

    def __init__(
        self,
        token: str,
        secret: str,
        store: KnowledgeStore,
        public_url: str = "",
        api_url: str = "https://api.telegram.org",
    ) -> None:
        self._secret, self._store, self._public_url = secret, store, public_url
        self._bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            request=HTTPXRequest(connection_pool_size=self.concurrency, read_timeout=20, connect_timeout=10),
            get_updates_request=HTTPXRequest(read_timeout=POLL_S + 10, connect_timeout=10),
        )
        self._limiter = AsyncLimiter(PER_SECOND, 1)

    def receive(self, request: Request) -> Received:
        """Verify and read a webhook call; a callback query is answered in the acknowledgement."""
        shown = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(shown.encode(), self._secret.encode()):
            raise Forged("wrong secret token")
        try:
            data = json.loads(request.body)
        except (ValueError, RecursionError):  # RecursionError: ten thousand opening brackets
            raise Malformed("not JSON") from None
        update = _update(data)
        body = ""
        if update.callback_query:
            body = json.dumps({"method": "answerCallbackQuery", "callback_query_id": update.callback_query.id})
        return Received(tuple(self.events(update)), body, "application/json" if body else "text/plain")

    def events(self, update: Update) -> list[Event]:
        """What `update` says; nothing for what is no private chat, or of no interest.

        Raises:
            Malformed: a part is missing that Telegram always sends; the library lets such updates through.
        """
        try:
            return self._events(update)
        except (AttributeError, TypeError, ValueError) as error:
            raise Malformed(f"no update: {type(error).__name__}") from None

    def _events(self, update: Update) -> list[Event]:
        chat = update.effective_chat
        if chat is None or chat.type != ChatType.PRIVATE:
            return []
        address, id = str(chat.id), str(update.update_id)
        if update.my_chat_member:
            gone = update.my_chat_member.new_chat_member.status == ChatMember.BANNED
            return [Reachability(NAME, address, not gone)]
        if update.callback_query:
            return [_picked(update, address, id)]
        message = update.message or update.edited_message
        read = self._read(message, address, id, edited=update.message is None) if message else None
        return [read] if read else []

    def _read(self, message: Message, address: str, id: str, edited: bool) -> InboundMessage | None:
        text = _clean(message.text or message.caption or "")
        if message.location:
            if edited:  # a live location moves on by itself
                return None
            place = Location(message.location.latitude, message.location.longitude)
            return InboundMessage(NAME, address, id, "[location]", location=place)
        if text.startswith("/"):
            word = text[1:].split(None, 1)[0].split("@")[0].lower() if text[1:].strip() else ""
            if word in COMMANDS:
                return InboundMessage(NAME, address, id, text, command=COMMANDS[word])
            known = self._store.current.commands.get(word)
            if known:
                return InboundMessage(NAME, address, id, text, action=known.action)
        if text:
            return InboundMessage(NAME, address, id, text)
        media = _media(message)
        return InboundMessage(NAME, address, id, f"[{media.value}]", media=media) if media else None

    async def send(self, outgoing: Outgoing) -> str:
        """Send one message, its choices as buttons."""
        rendered = render(outgoing.reply, Channel.TELEGRAM)
        rows = [
            [InlineKeyboardButton(label, callback_data=f"c:{outgoing.message_id}:{index}")]
            for index, label in enumerate(rendered.buttons)
        ]
        async with self._limiter:
            try:
                sent = await self._bot.send_message(
                    int(outgoing.address),
                    rendered.texts[0],
                    reply_markup=InlineKeyboardMarkup(rows) if rows else None,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            except TelegramError as error:
                raise _delivery_error(error) from None
        return f"{outgoing.message_id}:{sent.message_id}"  # Telegram numbers each chat by itself

    async def announce(self) -> None:
        """Register the webhook, or remove it when we poll; and the commands in every language."""
        try:
            if self._public_url:
                await self._bot.set_webhook(
                    self._public_url + PATH, secret_token=self._secret, allowed_updates=UPDATES, max_connections=40
                )
            else:
                await self._bot.delete_webhook()
            knowledge = self._store.current
            for language in (None, *knowledge.languages):
                await self._bot.set_my_commands(self._commands(language), language_code=language)
        except TelegramError as error:
            raise _delivery_error(error) from None

    def _commands(self, language: str | None) -> list[BotCommand]:
        knowledge = self._store.current
        spoken = language or next(iter(knowledge.languages))
        return [BotCommand(id, str(knowledge.title(c.action, spoken))) for id, c in knowledge.commands.items()]

    async def fetch(self, after: int) -> tuple[list[Event], int]:
        """Wait for updates after number `after`, which confirms those up to it."""
        try:
            updates = await self._bot.get_updates(offset=after + 1, timeout=POLL_S, allowed_updates=UPDATES)
        except TelegramError as error:
            raise _delivery_error(error) from None
        for update in updates:
            if update.callback_query:
                await self._stop_spinner(update.callback_query.id)
        events: list[Event] = []
        for update in updates:
            try:
                events += self.events(update)
            except Malformed as error:  # it would come again and again, and hold up all others
                logger.warning("malformed update passed over", extra={"channel": NAME, "reason": str(error)})
        return events, max([after, *(update.update_id for update in updates)])

    async def _stop_spinner(self, query_id: str) -> None:
        try:
            await self._bot.answer_callback_query(query_id)
        except TelegramError:  # too old, or the line broke: the button is answered all the same
            return

    async def close(self) -> None:
        """Close connections."""
        await self._bot.shutdown()


def _update(data: Any) -> Update:
    if not isinstance(data, dict):
        raise Malformed("not a JSON object")
    try:
        update = Update.de_json(data, None)
        _ = update.effective_chat
    except Exception as error:  # the library trusts Telegram to send what the documentation says
        raise Malformed(f"no update: {type(error).__name__}") from None
    if type(update.update_id) is not int:
        raise Malformed("no update_id")
    return update


def _picked(update: Update, address: str, id: str) -> InboundMessage:
    query = update.callback_query
    assert query is not None
    data = query.data or ""
    parts = data.split(":")
    title = "?"
    if isinstance(query.message, Message) and query.message.reply_markup:
        buttons = [button for row in query.message.reply_markup.inline_keyboard for button in row]
        title = next((b.text.partition(" ")[2] or b.text for b in buttons if b.callback_data == data), "?")
    ref = None
    if len(parts) == 3 and parts[0] == "c" and all(p.isascii() and p.isdecimal() and len(p) < 18 for p in parts[1:]):
        ref = ChoiceRef(int(parts[1]), int(parts[2]))
    return InboundMessage(NAME, address, id, _clean(title), choice=ref)


def _media(message: Message) -> Media | None:
    if message.voice or message.audio or message.video_note:
        return Media.VOICE
    if message.photo or message.sticker or message.animation or message.video:
        return Media.PICTURE
    if message.document or message.contact or message.poll or message.dice or message.venue or message.story:
        return Media.OTHER
    return None  # a service message: a pinned message, a changed photo


def _clean(text: str) -> str:
    """What PostgreSQL takes: neither NUL nor lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()


def _delivery_error(error: TelegramError) -> DeliveryError:
    """What `error` means for the message and the person."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)
        return DeliveryError("Telegram: too many requests", retry_after_s=seconds)
    if isinstance(error, Forbidden):
        return DeliveryError("Telegram: blocked by the person", final=True, cause=Cause.UNREACHABLE)
    if isinstance(error, BadRequest):
        unknown = "chat not found" in error.message.lower()
        return DeliveryError(f"Telegram: {error.message}", final=True, cause=Cause.UNREACHABLE if unknown else None)
    if isinstance(error, ChatMigrated):
        return DeliveryError("Telegram: the chat became a group", final=True, cause=Cause.UNREACHABLE)
    if isinstance(error, NetworkError):
        broken = isinstance(error.__cause__, httpx.HTTPError) and not isinstance(error.__cause__, NEVER_SENT)
        what = "no answer in time" if isinstance(error, TimedOut) else "the line broke"
        return DeliveryError(f"Telegram: {what}", cut_off=broken)
    return DeliveryError(f"Telegram: {type(error).__name__}")  # a wrong token, a conflict: the operator can mend it
