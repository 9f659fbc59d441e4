"""What SMS and WhatsApp share: Twilio's signature, its form fields, and its REST API off the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.channels.protocol import DeliveryError, DeliveryReport, Forged, Malformed, Received, Request
from bot.channels.twilio_errors import delivery_error

CONCURRENCY = 16
TIMEOUT_S = 20.0
MAX_FIELDS = 200
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
REPORTED = ("sent", "delivered", "read")
FAILED = ("undelivered", "failed")
T = TypeVar("T")

_silent = logging.getLogger("twilio.silent")
_silent.setLevel(logging.CRITICAL + 1)  # the library logs numbers and texts


class Form:
    """The fields of a webhook call, blank ones too, as the signature counts them."""

    def __init__(self, body: bytes) -> None:
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        except ValueError:
            raise Malformed("not a form") from None
        self._fields: dict[str, list[str]] = {}
        for name, value in pairs:
            self._fields.setdefault(name, []).append(value)

    def __iter__(self) -> Any:
        """The names, for the validator."""
        return iter(self._fields)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._fields)

    def getlist(self, name: str) -> list[str]:
        """All values of `name`, for the validator."""
        return self._fields[name]

    def get(self, name: str, default: str = "") -> str:
        """The first value of `name`, as PostgreSQL takes it."""
        value = self._fields.get(name, [default])[0]
        return value.replace("\x00", "").encode("utf-8", "replace").decode().strip()


class TwilioAccount:
    """One account of Twilio.

    Args:
        public_url: the address that Twilio calls us at; the signature covers it.
        api_url: stands in for all of Twilio's hosts; empty: the real ones.
    """

    def __init__(self, sid: str, token: str, public_url: str, api_url: str = "") -> None:
        self._public_url, self._api_url = public_url, api_url
        self._validator = RequestValidator(token)
        self._http = _Http(api_url)
        self._client = Client(sid, token, http_client=self._http)
        self._threads = ThreadPoolExecutor(CONCURRENCY, "twilio")
        self._auth = (sid, token)

    def verified_form(self, request: Request) -> Form:
        """The form of `request`, or Forged when Twilio did not sign it."""
        form = Form(request.body)
        if not self._validator.validate(request.url, form, request.headers.get("x-twilio-signature", "")):
            raise Forged("wrong signature")
        return form

    async def create_message(self, message_id: int, path: str, **values: Any) -> str:
        """Send a message; Twilio reports on it at `path`. Returns its SID."""
        callback = f"{self._public_url}{path}?message={message_id}"
        sent = await self._off_loop(lambda: self._client.messages.create(status_callback=callback, **values))
        return str(sent.sid)

    async def create_content(self, definition: dict[str, Any]) -> str:
        """Store a content template; returns its SID."""
        return await self._off_loop(
            lambda: self._http.post_json("https://content.twilio.com/v1/Content", definition, self._auth)
        )

    async def contents(self) -> dict[str, str]:
        """The SIDs of the stored content templates, by name."""
        found = await self._off_loop(lambda: self._client.content.v1.contents.list(limit=1000))
        return {content.friendly_name: content.sid for content in found}

    async def _off_loop(self, call: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except TwilioRestException as error:
            raise delivery_error(error.code, error.status) from None
        except requests.ConnectTimeout:
            raise DeliveryError("Twilio: no connection") from None
        except requests.Timeout:
            raise DeliveryError("Twilio: no answer in time", cut_off=True) from None
        except requests.RequestException as error:
            refused = "refused" in str(error) or "resolve" in str(error)
            raise DeliveryError(f"Twilio: {type(error).__name__}", cut_off=not refused) from None

    async def close(self) -> None:
        """Close connections."""
        self._threads.shutdown(wait=False)
        self._http.session.close()


def report(request: Request, form: Form) -> Received:
    """What a status callback says."""
    query = dict(parse_qsl(urlsplit(request.url).query))
    message, status, code = query.get("message", ""), form.get("MessageStatus"), form.get("ErrorCode")
    if not (message.isascii() and message.isdecimal() and len(message) < 18):
        return Received()
    if status in FAILED:
        error = delivery_error(int(code) if code.isascii() and code.isdecimal() else None)
        return Received((DeliveryReport(int(message), status, error),))
    return Received((DeliveryReport(int(message), status),) if status in REPORTED else ())


class _Http(TwilioHttpClient):
    """Twilio's client on another host when asked to, in silence, with Retry-After kept."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=TIMEOUT_S, logger=_silent)
        self._api_url = api_url
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=CONCURRENCY)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Make a request; 429 is a DeliveryError that says how long to wait."""
        response = super().request(method, self._where(url), *args, **kwargs)
        if response.status_code == 429:
            after = (response.headers or {}).get("Retry-After", "")
            raise DeliveryError("Twilio: too many requests", retry_after_s=float(after) if after.isdecimal() else 10.0)
        return response

    def post_json(self, url: str, body: dict[str, Any], auth: tuple[str, str]) -> str:
        """POST JSON, which this version of the library cannot; returns the new SID."""
        response = self.session.post(self._where(url), json=body, auth=auth, timeout=TIMEOUT_S)
        data = response.json() if "json" in response.headers.get("content-type", "") else {}
        if response.status_code >= 400:
            raise delivery_error(data.get("code"), response.status_code)
        return str(data["sid"])

    def _where(self, url: str) -> str:
        return f"{self._api_url}{urlsplit(url).path}" if self._api_url else url
