"""The list of what Salama says: topics, countries, offices and fixed replies, with what needs an editor's eye."""

from __future__ import annotations

from pathlib import PurePosixPath

from starlette.responses import Response

from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.visit import Visit
from bot.editing import workflow
from bot.editing.listing import FOLDERS, Entry, Shelf, listing
from bot.editing.staleness import staleness
from bot.knowledge import countries

SHOW = ("all", "stale", "drafted", "on_its_way", "conflict")


async def contents(visit: Visit) -> Response:
    """One shelf of the content, filtered by words and by what needs attention."""
    shelf = next((shelf for shelf in Shelf if shelf.value == visit.query("shelf")), Shelf.TOPICS)
    show = visit.query("show") if visit.query("show") in SHOW else "all"
    words = visit.query("q")
    knowledge, today = visit.console.store.current, visit.now.date()
    root = visit.console.settings.content_dir
    entries = await visit.read(listing, knowledge, root, shelf, visit.language, today)
    shown = [entry for entry in entries if _matches(entry, words) and _needs(entry, show)]
    return visit.render(
        "contents.html",
        shelf=shelf,
        shelves=list(Shelf),
        show=show,
        shows=SHOW,
        words=words,
        entries=shown,
        counts={name: sum(_needs(entry, name) for entry in entries) for name in SHOW},
        languages=list(knowledge.languages),
        staleness=staleness(knowledge, today),
        open_count=len(await visit.read(workflow.open_revisions)),
    )


def content_name(visit: Visit, path: str) -> str:
    """What editors call the file `path`: a topic's title, a country's name; else the file's own."""
    file, knowledge = PurePosixPath(path), visit.console.store.current
    if path.startswith("faq/") and file.stem in knowledge.topics:
        return knowledge.title(file.stem, visit.language) or file.stem
    if path.startswith((FOLDERS[Shelf.COUNTRIES], FOLDERS[Shelf.CENTRES])):
        shelf = Shelf.COUNTRIES if path.startswith(FOLDERS[Shelf.COUNTRIES]) else Shelf.CENTRES
        return f"{countries.name(file.stem, visit.language)}, {visit.t(f'editing.shelf.{shelf.value}')}"
    return file.stem


def _matches(entry: Entry, words: str) -> bool:
    said = f"{entry.title} {entry.id} {entry.group}".casefold()
    return all(word in said for word in words.casefold().split())


def _needs(entry: Entry, show: str) -> bool:
    needs = {
        "all": True,
        "stale": entry.is_stale,
        "drafted": entry.is_drafted,
        "on_its_way": bool(entry.on_its_way),
        "conflict": entry.is_in_conflict,
    }
    return needs[show]


PAGES = (Page("/content", contents, Right.VIEW_CONTENT, nav="nav.content"),)
