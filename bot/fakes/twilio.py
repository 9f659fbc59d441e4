"""A fake of Twilio's REST API and of the calls it makes (twilio.com/docs/messaging), as far as Salama uses them."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import secrets
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from bot.fakes.faults import Faults
from bot.fakes.forms import form_of
from bot.fakes.phones import Bubble, Phones


class FakeTwilio:
    """Twilio's side, for SMS and WhatsApp: serve `app` at an address, and let people write with the methods below.

    Args:
        gateway_url: the public address that webhooks are called and signed at.
        reach_url: where the gateway really listens, when that is another.
    """

    def __init__(self, token: str, gateway_url: str, reach_url: str = "") -> None:
        self.phones, self.faults = Phones(), Faults()
        self.contents: dict[str, dict[str, Any]] = {}
        self._validator = RequestValidator(token)
        self._gateway_url, self._reach_url = gateway_url, reach_url or gateway_url
        self._numbers, self._run = itertools.count(1), secrets.token_hex(8)
        self._client = httpx.AsyncClient(timeout=30)
        self._reports: set[asyncio.Task[None]] = set()
        self.app = Starlette(
            routes=[
                Route("/2010-04-01/Accounts/{sid}/Messages.json", self._create_message, methods=["POST"]),
                Route("/v1/Content", self._create_content, methods=["POST"]),
                Route("/v1/Content", self._list_contents),
            ]
        )

    # what people do

    async def write(self, address: str, text: str, **more: str) -> dict[str, str]:
        """A person at `address` ("+254…" or "whatsapp:+254…") writes; `more` are further fields. Returns the form."""
        self.phones.show(address, Bubble(True, text or "/".join(more)))
        sid = self._sid("SM")
        form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": "ACfake", "From": address,
                "To": "+10000000001", "Body": text, "NumMedia": "0", "NumSegments": "1", "ApiVersion": "2010-04-01",
                "FromCity": "", **more}  # fmt: skip
        return await self.deliver(form)

    async def press(self, address: str, bubble: Bubble, index: int) -> dict[str, str]:
        """A person presses a button under `bubble`, or picks from its list."""
        title, payload = bubble.buttons[index]
        if bubble.raw["kind"] == "twilio/list-picker":
            fields = {"ListTitle": title, "ListId": payload, "MessageType": "interactive"}
        else:
            fields = {"ButtonText": title, "ButtonPayload": payload, "MessageType": "button"}
        return await self.write(address, title, OriginalRepliedMessageSid=bubble.id, **fields)

    async def deliver(self, form: dict[str, str]) -> dict[str, str]:
        """Call the webhook until it is taken."""
        path = "/twilio/whatsapp" if form["From"].startswith("whatsapp:") else "/twilio/sms"
        for _ in range(50):
            answer = await self.call_webhook(path, form)
            if answer.status_code == 200:
                return form
            await asyncio.sleep(0.1)
        raise RuntimeError(f"the webhook answers {answer.status_code}")

    async def call_webhook(self, path: str, form: dict[str, str]) -> httpx.Response:
        """One signed call of a webhook."""
        signature = self._validator.compute_signature(f"{self._gateway_url}{path}", form)
        headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
        try:
            return await self._client.post(f"{self._reach_url}{path}", content=urlencode(form), headers=headers)
        except httpx.HTTPError:
            return httpx.Response(502)

    async def report(self, callback: str, status: str, error: int | None = None) -> httpx.Response:
        """Report on a message at its status callback."""
        form = {"MessageStatus": status, "MessageSid": "SM1", **({"ErrorCode": str(error)} if error else {})}
        return await self.call_webhook(callback.removeprefix(self._gateway_url), form)

    def _sid(self, kind: str) -> str:
        """A new id, never given before, also not by a former run."""
        return f"{kind}{self._run}{next(self._numbers):016d}"

    # what Salama does

    async def _create_message(self, request: Request) -> Response:
        form = await form_of(request)
        fault = self.faults.next()
        if fault and not fault.after:
            return fault.response()
        sid = self._sid("SM")
        self.phones.show(form["To"], self._bubble(form, sid))
        if fault:
            return fault.response()
        if "StatusCallback" in form:
            task = asyncio.create_task(self._report_delivered(form["StatusCallback"]))
            self._reports.add(task)
            task.add_done_callback(self._reports.discard)
        return JSONResponse({"sid": sid, "status": "queued", "to": form["To"], "body": form.get("Body")}, 201)

    async def _report_delivered(self, callback: str) -> None:
        await asyncio.sleep(0.05)
        await self.report(callback, "delivered")

    def _bubble(self, form: dict[str, str], sid: str) -> Bubble:
        raw: dict[str, Any] = {"form": form}
        if "ContentSid" not in form:
            return Bubble(False, form["Body"], [], sid, raw)
        values = json.loads(form.get("ContentVariables", "{}"))
        definition = self.contents.get(form["ContentSid"], {"types": {"twilio/text": {"body": "{{1}}"}}})
        ((kind, body),) = definition["types"].items()
        entries = body.get("actions") or body.get("items") or []
        buttons = [(_filled(e.get("title") or e["item"], values), _filled(e["id"], values)) for e in entries]
        return Bubble(False, _filled(body["body"], values), buttons, sid, {**raw, "kind": kind})

    async def _create_content(self, request: Request) -> Response:
        sid = self._sid("HX")
        self.contents[sid] = await request.json()
        return JSONResponse({"sid": sid, **self.contents[sid]}, 201)

    async def _list_contents(self, request: Request) -> Response:
        found = [{"sid": sid, "friendly_name": c["friendly_name"]} for sid, c in self.contents.items()]
        return JSONResponse({"contents": found, "meta": {"key": "contents", "next_page_url": None, "page_size": 50}})


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{\{(\d+)\}\}", lambda found: values.get(found[1], ""), text)
