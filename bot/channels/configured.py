"""The channels that the settings name."""

from __future__ import annotations

import hashlib
import hmac
import importlib
from collections.abc import Iterator

from bot.channels.keywords import CommandWords
from bot.channels.protocol import ChannelAdapter
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.twilio_account import TwilioAccount
from bot.channels.whatsapp import WhatsAppChannel
from bot.faults import Fault
from bot.knowledge.store import KnowledgeStore
from bot.settings import Settings


class ChannelError(Fault):
    """A channel is configured wrongly; the message names the setting."""


def configured(settings: Settings, store: KnowledgeStore) -> dict[str, ChannelAdapter]:
    """The channels in force, by name.

    Raises:
        ChannelError: a setting is missing or leads nowhere.
    """
    return {channel.name: channel for channel in _channels(settings, store)}


def _channels(settings: Settings, store: KnowledgeStore) -> Iterator[ChannelAdapter]:
    if settings.telegram_token:
        yield telegram(settings, store)
    if settings.twilio_sms_from or settings.twilio_whatsapp_from:
        account, words = _account(settings), CommandWords(store)
        if settings.twilio_sms_from:
            yield SmsChannel(account, settings.twilio_sms_from, words)
        if settings.twilio_whatsapp_from:
            yield WhatsAppChannel(account, settings.twilio_whatsapp_from, words, settings.whatsapp_template)
    for name in filter(None, (part.strip() for part in settings.extra_channels.split(","))):
        yield _extra(name, settings, store)


def telegram(settings: Settings, store: KnowledgeStore) -> TelegramChannel:
    """The Telegram channel; its webhook's secret follows from our own, so there is none to set."""
    assert settings.telegram_token is not None
    token = settings.telegram_token.get_secret_value()
    if ":" not in token:
        raise ChannelError("SALAMA_TELEGRAM_TOKEN is no token: @BotFather gives one like 123456:ABC-DEF")
    secret = hmac.new(settings.address_secret().encode(), f"telegram webhook {token}".encode(), hashlib.sha256)
    public = "" if settings.telegram_polls else settings.base_url
    return TelegramChannel(token, secret.hexdigest(), store, public, settings.telegram_api_url)


def _account(settings: Settings) -> TwilioAccount:
    if not settings.twilio_account_sid or settings.twilio_auth_token is None:
        raise ChannelError("SALAMA_TWILIO_ACCOUNT_SID and SALAMA_TWILIO_AUTH_TOKEN are needed for SMS and WhatsApp")
    token = settings.twilio_auth_token.get_secret_value()
    return TwilioAccount(settings.twilio_account_sid, token, settings.base_url, settings.twilio_api_url)


def _extra(name: str, settings: Settings, store: KnowledgeStore) -> ChannelAdapter:
    module, _, function = name.partition(":")
    try:
        channel: ChannelAdapter = getattr(importlib.import_module(module), function)(settings, store)
    except (ImportError, AttributeError, ValueError) as error:
        raise ChannelError(f'SALAMA_EXTRA_CHANNELS: "{name}" cannot be loaded ({error})') from None
    return channel
