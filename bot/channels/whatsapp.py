"""WhatsApp through Twilio: buttons and lists by its Content API, numbered text where they cannot be."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

from bot.channels.keywords import CommandWords
from bot.channels.protocol import (
    Cause,
    ChoiceRef,
    DeliveryError,
    InboundMessage,
    Location,
    Outgoing,
    Received,
    Request,
)
from bot.channels.rendering import Channel, numbered
from bot.channels.sms import read
from bot.channels.twilio_account import CONCURRENCY, EMPTY_TWIML, Form, TwilioAccount, report
from bot.knowledge.reply import Reply

logger = logging.getLogger(__name__)
NAME = Channel.WHATSAPP.value
PATH, STATUS_PATH = "/twilio/whatsapp", "/twilio/whatsapp/status"
MAX_BUTTONS, MAX_BUTTON = 3, 20
"""Quick replies without WhatsApp's approval, and the characters of one (twilio.com/docs/content/twilio-quick-reply)."""
MAX_ITEMS, MAX_ITEM = 10, 24
"""Items of a list, and the characters of one (twilio.com/docs/content/twiliolist-picker)."""
MAX_BODY = 1024
BUTTON = "Menu"
"""Opens a list; the word is the same, or understood, in all our languages."""


class WhatsAppChannel:
    """A WhatsApp sender of Twilio.

    Args:
        template: SID of an approved content template whose variable 1 is the text; it carries replies outside the
            24-hour window. Empty: those become dead letters.
    """

    name = NAME
    paths: tuple[str, ...] = (PATH, STATUS_PATH)
    concurrency = CONCURRENCY

    def __init__(self, account: TwilioAccount, sender: str, words: CommandWords, template: str = "") -> None:
        self._account, self._words, self._template = account, words, template
        self._from = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": _named(sender)}
        self._contents: dict[str, str] | None = None
        self._making = asyncio.Lock()

    def receive(self, request: Request) -> Received:
        """Verify and read a webhook call; the acknowledgement is empty TwiML."""
        form = self._account.verified_form(request)
        if request.path == STATUS_PATH:
            return report(request, form)
        message = read(form, NAME, self._words)
        if message:
            message = _richer(message, form)
        return Received((message,) if message else (), EMPTY_TWIML, "text/xml")

    async def send(self, outgoing: Outgoing) -> str:
        """Send one message: with buttons or a list, or as numbered text."""
        to = {"to": _named(outgoing.address), **self._from}
        if not outgoing.window_open:
            return await self._send_template(outgoing, to)
        if not outgoing.plain and _fits_buttons(outgoing.reply):
            try:
                content = await self._content(len(outgoing.reply.choices))
            except DeliveryError as error:
                logger.warning("no buttons", extra={"message_id": outgoing.message_id, "reason": str(error)})
            else:
                values = {"content_sid": content, "content_variables": json.dumps(self._variables(outgoing))}
                return await self._account.create_message(outgoing.message_id, STATUS_PATH, **values, **to)
        return await self._account.create_message(outgoing.message_id, STATUS_PATH, body=numbered(outgoing.reply), **to)

    async def _send_template(self, outgoing: Outgoing, to: dict[str, str]) -> str:
        if not self._template:
            raise DeliveryError(
                "outside WhatsApp's 24-hour window, and no template is set", final=True, cause=Cause.OUTSIDE_WINDOW
            )
        # a template's variable may have no line breaks (twilio.com/docs/content/using-variables-with-content-api)
        variables = json.dumps({"1": " ".join(outgoing.reply.text.split())})
        return await self._account.create_message(
            outgoing.message_id, STATUS_PATH, content_sid=self._template, content_variables=variables, **to
        )

    async def _content(self, choices: int) -> str:
        """The template for so many choices, made at its first use."""
        async with self._making:
            if self._contents is None:
                self._contents = await self._account.contents()
            name = f"salama_choices_{choices}"
            if name not in self._contents:
                self._contents[name] = await self._account.create_content(_definition(name, choices))
            return self._contents[name]

    def _variables(self, outgoing: Outgoing) -> dict[str, str]:
        values = [outgoing.reply.text]
        for index, choice in enumerate(outgoing.reply.choices):
            values += [choice.title, f"c:{outgoing.message_id}:{index}"]
        return {str(number): value for number, value in enumerate(values, 1)}

    async def announce(self) -> None:
        """Nothing: Twilio's webhooks are set in its console."""

    async def close(self) -> None:
        """Close connections."""
        await self._account.close()


def _named(address: str) -> str:
    return address if address.startswith("whatsapp:") else f"whatsapp:{address}"


def _richer(message: InboundMessage, form: Form) -> InboundMessage:
    """The message with what only WhatsApp has: a picked button or list item, a place."""
    picked, title = form.get("ButtonPayload") or form.get("ListId"), form.get("ButtonText") or form.get("ListTitle")
    parts = picked.split(":")
    if len(parts) == 3 and parts[0] == "c" and all(p.isascii() and p.isdecimal() and len(p) < 18 for p in parts[1:]):
        ref = ChoiceRef(int(parts[1]), int(parts[2]))
        return replace(message, text=title or message.text, choice=ref, command=None, media=None)
    try:
        place = Location(float(form.get("Latitude", "x")), float(form.get("Longitude", "x")))
    except ValueError:
        return message
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        return message
    return replace(message, text="[location]", location=place, command=None, media=None)


def _fits_buttons(reply: Reply) -> bool:
    longest = MAX_BUTTON if len(reply.choices) <= MAX_BUTTONS else MAX_ITEM
    titles = [choice.title for choice in reply.choices]
    return (
        1 <= len(titles) <= MAX_ITEMS
        and all(len(title) <= longest for title in titles)
        and len(set(titles)) == len(titles)
        and len(reply.text) <= MAX_BODY
    )


def _definition(name: str, choices: int) -> dict[str, Any]:
    """A content template in which everything is a variable: text, titles and ids."""
    places = [(f"{{{{{2 * n}}}}}", f"{{{{{2 * n + 1}}}}}") for n in range(1, choices + 1)]
    if choices <= MAX_BUTTONS:
        actions = [{"type": "QUICK_REPLY", "title": title, "id": id} for title, id in places]
        types: dict[str, Any] = {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
    else:
        items = [{"item": title, "id": id, "description": ""} for title, id in places]
        types = {"twilio/list-picker": {"body": "{{1}}", "button": BUTTON, "items": items}}
    variables = {str(number): f"sample {number}" for number in range(1, 2 * choices + 2)}
    return {"friendly_name": name, "language": "en", "variables": variables, "types": types}
