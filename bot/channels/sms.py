"""SMS through Twilio (twilio.com/docs/messaging/guides/webhook-request): GSM-7 text and digits."""

from __future__ import annotations

from bot.channels.keywords import CommandWords
from bot.channels.protocol import Command, InboundMessage, Media, Outgoing, Received, Request
from bot.channels.rendering import Channel, render
from bot.channels.twilio_account import CONCURRENCY, EMPTY_TWIML, Form, TwilioAccount, report

NAME = Channel.SMS.value
PATH, STATUS_PATH = "/twilio/sms", "/twilio/sms/status"
OPT_OUT_TYPES = {"STOP": Command.STOP, "START": Command.START, "HELP": Command.HELP}
"""What Twilio's Advanced Opt-Out found, in whatever language it was set up."""


class SmsChannel:
    """A number, or a messaging service (`MG…`), as `sender`."""

    name = NAME
    paths: tuple[str, ...] = (PATH, STATUS_PATH)
    concurrency = CONCURRENCY

    def __init__(self, account: TwilioAccount, sender: str, words: CommandWords) -> None:
        self._account, self._words = account, words
        self._from = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}

    def receive(self, request: Request) -> Received:
        """Verify and read a webhook call; the acknowledgement is empty TwiML."""
        form = self._account.verified_form(request)
        if request.path == STATUS_PATH:
            return report(request, form)
        message = read(form, NAME, self._words)
        return Received((message,) if message else (), EMPTY_TWIML, "text/xml")

    async def send(self, outgoing: Outgoing) -> str:
        """Send one SMS, its choices as numbered lines."""
        text = render(outgoing.reply, Channel.SMS).texts[0]
        return await self._account.create_message(
            outgoing.message_id, STATUS_PATH, to=outgoing.address, body=text, **self._from
        )

    async def announce(self) -> None:
        """Nothing: Twilio's webhooks are set in its console."""

    async def close(self) -> None:
        """Close connections."""
        await self._account.close()


def read(form: Form, channel: str, words: CommandWords) -> InboundMessage | None:
    """The message of `form`; None when there is none, or nobody to answer."""
    address = form.get("From").removeprefix("whatsapp:") or form.get("ExternalUserId")
    id = form.get("MessageSid") or form.get("SmsSid")
    if not 1 <= len(address) <= 80 or not 1 <= len(id) <= 64:
        return None
    text = form.get("Body")
    command = OPT_OUT_TYPES.get(form.get("OptOutType")) or words.command(text)
    if command or text:
        return InboundMessage(channel, address, id, text or "?", command=command)
    media = _media(form)
    return InboundMessage(channel, address, id, f"[{media.value}]" if media else "?", media=media)


def _media(form: Form) -> Media | None:
    if form.get("NumMedia", "0") in ("", "0"):
        return None
    kind = form.get("MediaContentType0").partition("/")[0]
    return {"audio": Media.VOICE, "image": Media.PICTURE, "video": Media.PICTURE}.get(kind, Media.OTHER)
