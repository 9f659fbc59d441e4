"""Three phones on one page: Telegram, SMS and WhatsApp, played by the fakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from bot.fakes.phones import Bubble
from bot.fakes.telegram import FakeTelegram
from bot.fakes.twilio import FakeTwilio
from bot.settings import Settings

HERE = Path(__file__).parent
CHAT, NUMBER = 42, "+254700000001"
ADDRESSES = {"telegram": str(CHAT), "sms": NUMBER, "whatsapp": f"whatsapp:{NUMBER}"}


class ThreePhones:
    """The page's requests: what stands on the screens, and what its user types or presses."""

    def __init__(self, telegram: FakeTelegram, twilio: FakeTwilio) -> None:
        self.telegram, self.twilio = telegram, twilio

    async def page(self, _request: Request) -> Response:
        """The page."""
        return FileResponse(HERE / "phones.html")

    async def script(self, _request: Request) -> Response:
        """Its script."""
        return FileResponse(HERE / "phones.js")

    async def screens(self, _request: Request) -> Response:
        """All three screens."""
        return JSONResponse({name: [_shown(b) for b in self._screen(name)] for name in ADDRESSES})

    async def type(self, request: Request) -> Response:
        """Type a text, or press the button `press` of bubble number `bubble`."""
        data = await request.json()
        name = request.path_params["phone"]
        if "press" in data:
            bubble = self._screen(name)[data["bubble"]]
            if name == "telegram":
                await self.telegram.press(CHAT, bubble, data["press"])
            else:
                await self.twilio.press(ADDRESSES[name], bubble, data["press"])
        elif name == "telegram":
            await self.telegram.write(CHAT, data["text"])
        else:
            await self.twilio.write(ADDRESSES[name], data["text"])
        return JSONResponse({})

    def _screen(self, name: str) -> list[Bubble]:
        provider = self.telegram if name == "telegram" else self.twilio
        return provider.phones.screens[ADDRESSES[name]]


def create_app(settings: Settings) -> Starlette:
    """The fakes of both providers, and the page."""
    assert settings.twilio_auth_token is not None
    telegram = FakeTelegram()
    twilio = FakeTwilio(settings.twilio_auth_token.get_secret_value(), settings.base_url)
    phones = ThreePhones(telegram, twilio)
    routes: list[Any] = [
        Route("/", phones.page),
        Route("/phones.js", phones.script),
        Route("/screens", phones.screens),
        Route("/type/{phone:str}", phones.type, methods=["POST"]),
        Mount("/telegram", telegram.app),
        Mount("/twilio", twilio.app),
    ]
    app = Starlette(routes=routes)
    app.state.telegram, app.state.twilio = telegram, twilio
    return app


def _shown(bubble: Bubble) -> dict[str, Any]:
    return {"mine": bubble.mine, "text": bubble.text, "buttons": [title for title, _ in bubble.buttons]}
