"""What SMS and WhatsApp share: Twilio's signature, its form fields, and its REST API."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import getproxies

import aiohttp
import httpx
from twilio.base.exceptions import TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.channels.protocol import DeliveryError, DeliveryReport, Forged, Malformed, Received, Request
from bot.channels.twilio_errors import delivery_error

CONCURRENCY = 16
TIMEOUT_S = 20.0
"""Of connecting, and of waiting for data. None of the whole call: with that a process that gets no processor for so
long would give up answers that are there already."""
MAX_FIELDS = 200
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
REPORTED = ("sent", "delivered", "read")
FAILED = ("undelivered", "failed")
JSON = "application/json"
T = TypeVar("T")


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

    def verified_form(self, request: Request) -> Form:
        """The form of `request`, or Forged when Twilio did not sign it."""
        form = Form(request.body)
        if not self._validator.validate(request.url, form, request.headers.get("x-twilio-signature", "")):
            raise Forged("wrong signature")
        return form

    async def create_message(self, message_id: int, path: str, **values: Any) -> str:
        """Send a message; Twilio reports on it at `path`. Returns its SID."""
        callback = f"{self._public_url}{path}?message={message_id}"
        sent = await _answer_of(self._client.messages.create_async(status_callback=callback, **values))
        return str(sent.sid)

    async def create_content(self, definition: dict[str, Any]) -> str:
        """Store a content template, for which this version of the library has no call; returns its SID."""
        url, headers = "https://content.twilio.com/v1/Content", {"Content-Type": JSON}
        response = await _answer_of(self._client.request_async("POST", url, data=definition, headers=headers))
        data = json.loads(response.text) if JSON in response.headers.get("Content-Type", "") else {}
        if not response.ok:
            raise delivery_error(data.get("code"), response.status_code)
        return str(data["sid"])

    async def contents(self) -> dict[str, str]:
        """The SIDs of the stored content templates, by name."""
        found = await _answer_of(self._client.content.v1.contents.list_async(limit=1000))
        return {content.friendly_name: content.sid for content in found}

    async def close(self) -> None:
        """Close connections."""
        await self._http.close()


async def _answer_of(call: Awaitable[T]) -> T:
    """What `call` gives. An error of it says whether Twilio may have taken the message all the same."""
    try:
        return await call
    except TwilioRestException as error:
        raise delivery_error(error.code, error.status) from None
    except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError):
        raise DeliveryError("Twilio: no connection") from None
    except aiohttp.ServerTimeoutError as error:
        if str(error).startswith("Connection"):  # only the text tells which of the two times it was
            raise DeliveryError("Twilio: no connection in time") from None
        raise DeliveryError("Twilio: no answer in time", cut_off=True) from None
    except aiohttp.ClientError as error:
        raise DeliveryError(f"Twilio: {type(error).__name__}", cut_off=True) from None


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


class _Http(AsyncHttpClient):
    """The library's calls, on another host when asked to. Its own client has no timeout, and knows no Retry-After."""

    def __init__(self, api_url: str) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), is_async=True)
        self._api_url = api_url
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make a request; 429 is a DeliveryError that says how long to wait."""
        as_json = (headers or {}).get("Content-Type") == JSON
        body = None if data is None else json.dumps(data) if as_json else urlencode(data, doseq=True)
        url = f"{self._api_url}{urlsplit(uri).path}" if self._api_url else uri
        basic = aiohttp.BasicAuth(*auth) if auth else None
        async with self._opened().request(
            method, url, params=params, data=body, headers=headers, auth=basic, allow_redirects=allow_redirects
        ) as answer:
            response = Response(answer.status, await answer.text(), answer.headers)
        if response.status_code == 429:
            after = answer.headers.get("Retry-After", "")
            raise DeliveryError("Twilio: too many requests", retry_after_s=float(after) if after.isdecimal() else 10.0)
        return response

    def _opened(self) -> aiohttp.ClientSession:
        """The session, opened at the first call: it belongs to the event loop that runs then."""
        if self._session is None:
            trusted = httpx.create_ssl_context()  # as Telegram's client does: certifi's roots, or SSL_CERT_FILE
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=trusted),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_S, sock_read=TIMEOUT_S),
                trust_env=bool(getproxies()),  # aiohttp looks anew at each call, a fifth of its work
            )
        return self._session

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
