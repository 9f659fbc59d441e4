"""`salama doctor`: what is missing or misconfigured, each with its remedy."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.configured import configured
from bot.console.staff import has_admin
from bot.faults import Fault
from bot.knowledge.lint import lint
from bot.knowledge.store import KnowledgeStore
from bot.safety.encryption import AddressVault
from bot.settings import Settings
from bot.storage.database import Database
from bot.supervisor import check_port


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    ok: bool
    what: str
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything a start needs."""
    return list(_findings(settings))


def _findings(settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        sys.version_info[:2] == (3, 10), f"Python {version}", "use Python 3.10: rasa 3.6 runs on no newer one"
    )
    yield _database(settings)
    yield _administrator(settings)
    yield _secret(settings)
    yield _content(settings)
    yield _model(settings)
    yield _encoder()
    yield from _channels(settings)
    try:
        check_port(settings)
        yield Finding(True, f"{settings.host}:{settings.port} is free")
    except Fault as error:
        yield Finding(False, str(error).partition(": ")[0], "stop what listens there, or set SALAMA_PORT")


def _database(settings: Settings) -> Finding:
    database = Database(settings.database)
    where = f"database {database.url!r}"
    try:
        database.check()
        if database.is_current():
            return Finding(True, where)
        return Finding(False, f"{where} has not the newest tables", "`salama run` brings them up to date")
    except Fault as error:
        return Finding(False, str(error), "start the database, or correct SALAMA_DATABASE_URL")


def _administrator(settings: Settings) -> Finding:
    database = Database(settings.database)
    try:
        with database.reading() as session:
            found = has_admin(session)
    except SQLAlchemyError:
        found = False  # no tables yet
    finally:
        database.close()
    remedy = '`salama run` prints a link by which "admin" chooses a password; later `salama staff link admin` does'
    what = (
        "an administrator can sign in to the staff console" if found else "no administrator can sign in to the console"
    )
    return Finding(found, what, remedy)


def _secret(settings: Settings) -> Finding:
    try:
        AddressVault(settings.address_secret())
    except (Fault, OSError) as error:
        return Finding(False, f"secret: {error}", "set SALAMA_SECRET to at least 32 random characters")
    kept = "set by SALAMA_SECRET" if settings.secret else f"kept in {settings.var_dir / 'secret.key'}: back it up"
    return Finding(True, f"secret for contact addresses, {kept}")


def _content(settings: Settings) -> Finding:
    errors = [problem for problem in lint(settings.content_dir, dt.date.today()) if problem.is_error]
    if errors:
        return Finding(False, f"content has {len(errors)} errors, the first: {errors[0]}", "`salama content lint`")
    return Finding(True, f"content in {settings.content_dir}")


def _channels(settings: Settings) -> Iterator[Finding]:
    try:
        found = configured(settings, KnowledgeStore(settings.content_dir))
    except Fault as error:
        yield Finding(False, str(error), "docs/operations.md takes you from tokens to live channels")
        return
    for name in found:
        how = "asks for messages (no public https address)" if name == "telegram" and settings.telegram_polls else ""
        how = how or f"is called at {settings.base_url}{found[name].paths[0]}"
        yield Finding(True, f"channel {name} {how}")
    called = {"sms", "whatsapp"} & set(found)
    if called and not settings.fakes and not settings.public_url.startswith("https://"):
        yield Finding(
            False,
            f"{', '.join(sorted(called))}: Twilio calls a public https address, and its signature covers that",
            "set SALAMA_PUBLIC_URL to the address that Twilio's console has for the webhooks",
        )


def _model(settings: Settings) -> Finding:
    from bot.engine import training

    fresh, chosen = training.fresh_model(settings), training.chosen_model(settings)
    if fresh is not None and chosen in (None, fresh):
        return Finding(True, "model is up to date")
    if chosen is not None:
        return Finding(True, f"model {chosen.name} was put in force; `salama teach` learns what was published since")
    stale = training.newest_model(settings) is not None
    return Finding(False, "the model is older than what it is trained from" if stale else "no model", "`salama train`")


def _encoder() -> Finding:
    from bot.engine.nlu.encoder import ENCODER_PACKAGE, encoder_fingerprint

    found = encoder_fingerprint() != "absent"
    return Finding(
        found, f"sentence encoder ({ENCODER_PACKAGE})", "`make run` installs it; without, understanding is less good"
    )
