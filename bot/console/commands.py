"""`salama staff`: who may use the console, and a way in for who lost the password."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.console import staff
from bot.console.links import LIFETIME
from bot.console.roles import Role
from bot.conversations.worker import now
from bot.faults import Fault
from bot.knowledge.reading import read
from bot.settings import Settings, load_settings
from bot.storage.database import Database

staff_app = typer.Typer(no_args_is_help=True, help="Who may use the staff console.")
out = Console(highlight=False)
HOURS = int(LIFETIME.total_seconds() // 3600)


@staff_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="the name they sign in with")],
    role: Annotated[Role, typer.Option(help="what they may do (docs/console.md)")] = Role.COUNSELLOR,
    language: Annotated[str | None, typer.Option(help="of their console; default: SALAMA_DEFAULT_LANGUAGE")] = None,
) -> None:
    """Add a member of staff; prints the one-time link by which they choose a password."""
    settings = load_settings()
    language = language or settings.default_language
    known = read(settings.content_dir)[0].languages
    if language not in known:
        raise Fault(f'"{language}" is not spoken: choose one of {", ".join(known)}')
    with _database(settings).transaction() as session:
        added = staff.add(session, None, name, role, language, now())
        link = staff.new_link(session, None, added, settings.base_url, False, now())
    _print_link(added.name, link)


@staff_app.command("link")
def link(
    name: Annotated[str, typer.Argument(help="whose password is lost")],
    without_second_step: Annotated[bool, typer.Option(help="turn the second step off: the telephone is lost")] = False,
) -> None:
    """Make a new one-time link for who lost their password; the old password works until it is used."""
    settings = load_settings()
    with _database(settings).transaction() as session:
        found = staff.by_name(session, name)
        made = staff.new_link(session, None, found, settings.base_url, without_second_step, now())
    _print_link(found.name, made)


@staff_app.command("list")
def list_all() -> None:
    """List all staff: role, whether they have a password and a second step, when they signed in last."""
    with _database(load_settings()).reading() as session:
        found = staff.everybody(session)
    table = Table("name", "role", "language", "password", "second step", "last signed in", "state")
    for person in found:
        seen = person.signed_in_at.isoformat(timespec="minutes") if person.signed_in_at else "never"
        has = ["yes" if value else "no" for value in (person.password_hash, person.totp_secret)]
        state = "disabled" if person.disabled_at else "active"
        table.add_row(person.name, person.role, person.language, *has, seen, state)
    out.print(table)


@staff_app.command("disable")
def disable(name: str) -> None:
    """Let somebody in no more; open sessions end at once."""
    with _database(load_settings()).transaction() as session:
        staff.disable(session, None, staff.by_name(session, name), now())
    out.print(f"{name} is disabled", markup=False)


@staff_app.command("enable")
def enable(name: str) -> None:
    """Let a disabled member of staff in again."""
    with _database(load_settings()).transaction() as session:
        staff.enable(session, None, staff.by_name(session, name))
    out.print(f"{name} is enabled", markup=False)


@staff_app.command("role")
def role(name: str, new: Role) -> None:
    """Give somebody another role."""
    with _database(load_settings()).transaction() as session:
        staff.set_role(session, None, staff.by_name(session, name), new, now())
    out.print(f"{name} is {new.value} now", markup=False)


def first_link(settings: Settings, database: Database) -> str | None:
    """What `salama run` says when no administrator can sign in."""
    with database.transaction() as session:
        made = staff.first_admin_link(session, settings.base_url, settings.default_language, now())
    return made and f'Nobody can sign in to the staff console yet. Choose the password of "admin" here:\n  {made}'


def _print_link(name: str, made: str) -> None:
    out.print(f"{name} chooses a password here (once, within {HOURS} hours):", markup=False, soft_wrap=True)
    out.print(made, markup=False, soft_wrap=True)


def _database(settings: Settings) -> Database:
    database = Database(settings.database)
    database.migrate()
    return database
