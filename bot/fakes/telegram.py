"""A fake of the Telegram Bot API (core.telegram.org/bots/api), as far as Salama uses it."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.fakes.faults import Faults
from bot.fakes.forms import form_of
from bot.fakes.phones import Bubble, Phones
from bot.storage.wakeup import wait_for_event

LOOK_S = 0.5
"""How soon a long poll notices that whoever asked is gone."""


class FakeTelegram:
    """Telegram's side: serve `app` at an address, and let people write with the methods below."""

    def __init__(self) -> None:
        self.phones, self.faults = Phones(), Faults()
        self.webhook: dict[str, Any] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.answered_queries: list[str] = []
        self._updates: list[dict[str, Any]] = []
        self._new = asyncio.Event()
        self._update_ids, self._message_ids = itertools.count(int(time.time()) % 10**8 * 10), itertools.count(1)
        self._client = httpx.AsyncClient(timeout=30)
        self.app = Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])])

    # what people do

    async def write(self, chat: int, text: str, **more: Any) -> dict[str, Any]:
        """A person writes `text`; `more` are further fields of the message. Returns the update."""
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[:1] == "/" else None
        fields = {"text": text} if text else {}
        self.phones.show(str(chat), Bubble(True, text or "/".join(more)))
        message = {**self._message(chat), **fields, **({"entities": entities} if entities else {}), **more}
        return await self.deliver({"update_id": next(self._update_ids), "message": message})

    async def press(self, chat: int, bubble: Bubble, index: int) -> dict[str, Any]:
        """A person presses a button under `bubble`."""
        title, data = bubble.buttons[index]
        self.phones.show(str(chat), Bubble(True, title))
        query = {"id": str(next(self._message_ids)), "from": _person(chat), "chat_instance": "1", "data": data,
                 "message": bubble.raw}  # fmt: skip
        return await self.deliver({"update_id": next(self._update_ids), "callback_query": query})

    async def deliver(self, update: dict[str, Any]) -> dict[str, Any]:
        """Hand `update` to the webhook until it is taken, or keep it for getUpdates."""
        if not self.webhook.get("url"):
            self._updates.append(update)
            self._new.set()
            return update
        for _ in range(50):
            answer = await self.call_webhook(update)
            if answer.status_code == 200:
                if answer.content:  # a method in the acknowledgement
                    self._do(answer.json()["method"], answer.json())
                return update
            await asyncio.sleep(0.1)
        raise RuntimeError(f"the webhook answers {answer.status_code}")

    async def call_webhook(self, update: dict[str, Any]) -> httpx.Response:
        """One call of the webhook."""
        secret = self.webhook.get("secret_token", "")
        headers = {"content-type": "application/json", "x-telegram-bot-api-secret-token": secret}
        try:
            return await self._client.post(self.webhook["url"], content=json.dumps(update).encode(), headers=headers)
        except httpx.HTTPError:
            return httpx.Response(502)

    # what the bot does

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        values = {**request.query_params, **(await form_of(request))}
        fault = self.faults.next() if method == "sendMessage" else None
        if fault and not fault.after:
            return fault.response()
        if method == "getUpdates":
            return _ok(await self._get_updates(values, request))
        result = self._do(method, values)
        return fault.response() if fault else _ok(result)

    def _do(self, method: str, values: dict[str, Any]) -> Any:
        if method == "sendMessage":
            return self._send(values)
        if method == "setWebhook":
            self.webhook = values
        elif method == "deleteWebhook":
            self.webhook = {}
        elif method == "setMyCommands":
            self.commands[values.get("language_code", "")] = json.loads(values["commands"])
        elif method == "answerCallbackQuery":
            self.answered_queries.append(values["callback_query_id"])
        elif method == "getMe":
            return {"id": 1, "is_bot": True, "first_name": "Salama", "username": "salama_bot"}
        return True

    def _send(self, values: dict[str, Any]) -> dict[str, Any]:
        chat = int(values["chat_id"])
        markup = json.loads(values.get("reply_markup") or "{}")
        buttons = [(b["text"], b["callback_data"]) for row in markup.get("inline_keyboard", []) for b in row]
        message = {**self._message(chat), "text": values["text"], **({"reply_markup": markup} if markup else {})}
        self.phones.show(str(chat), Bubble(False, values["text"], buttons, str(message["message_id"]), message))
        return message

    async def _get_updates(self, values: dict[str, Any], request: Request) -> list[dict[str, Any]]:
        offset, until = int(values.get("offset", 0)), time.monotonic() + float(values.get("timeout", 0))
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        # who asked may be gone meanwhile; waiting on would hold up the stop of the fakes
        while not self._updates and time.monotonic() < until and not await request.is_disconnected():
            self._new.clear()
            await wait_for_event(self._new, LOOK_S)
        return self._updates[:100]

    def _message(self, chat: int) -> dict[str, Any]:
        return {"message_id": next(self._message_ids), "date": int(time.time()), "from": _person(chat),
                "chat": {"id": chat, "type": "private", "first_name": "Asha"}}  # fmt: skip


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Asha", "language_code": "en"}


def _ok(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})
