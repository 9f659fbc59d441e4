"""Translations: what is missing or behind in each language, native review, and workbooks out and in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.audit import Act
from bot.console.publishing import editor
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.topics import content_name
from bot.console.uploads import with_upload
from bot.console.visit import Visit
from bot.editing import in_step
from bot.editing.differences import differences
from bot.editing.second_pair import SecondPair
from bot.editing.sign_off import Reviewer
from bot.editing.translations import FileState, Need, Standing, standing
from bot.editing.workbook import COLUMNS, Limit, to_translate, workbook
from bot.editing.workbook_back import Taken, WorkbookRefused, take
from bot.editing.workflow import EditingError
from bot.knowledge.lint import MAX_SMS_SEGMENTS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_UPLOAD = 5_000_000
PER_PAGE = 60
SHOW = ("open", *(need.value for need in Need), "all")


async def overview(visit: Visit) -> Response:
    """The files of the content with what each needs in one language."""
    now_standing = await _standing(visit)
    language = visit.query("language")
    if language not in visit.console.store.current.languages:
        language = visit.language
    show = visit.query("show") if visit.query("show") in SHOW else "open"
    by_language = {code: now_standing.states(code) for code in visit.console.store.current.languages}
    states = by_language[language]
    shown = [state for state in states if _fits(state, show)]
    page = int(visit.query("page")) if visit.query("page").isdecimal() and len(visit.query("page")) < 5 else 1
    return visit.render(
        "translations.html",
        chosen=language,
        languages=visit.console.store.current.languages,
        counts={code: {need: _count(found, need.value) for need in Need} for code, found in by_language.items()},
        needs=list(Need),
        show=show,
        shows={name: _count(states, name) for name in SHOW},
        states=shown[(page - 1) * PER_PAGE : page * PER_PAGE],
        names={state.path: content_name(visit, state.path) for state in shown},
        page=page,
        pages=max(1, -(-len(shown) // PER_PAGE)),
    )


def _fits(state: FileState, show: str) -> bool:
    if show == "open":
        return bool({Need.MISSING, Need.BEHIND, Need.LAPSED} & state.needs.keys())
    return show == "all" or Need(show) in state.needs


def _count(states: list[FileState], show: str) -> int:
    return sum(_fits(state, show) for state in states)


async def file(visit: Visit) -> Response:
    """The texts of one file beside those of another language, what has changed there, and the review."""
    now_standing = await _standing(visit)
    path, language = _place(visit, now_standing)
    languages = visit.console.store.current.languages
    beside = visit.query("beside")
    if beside not in languages or beside == language:
        beside = next(code for code in languages if code != language)
    found = now_standing.files[path]
    rows = [_row(now_standing, unit, language, beside) for unit in found.units]
    return visit.render(
        "translations_file.html",
        path=path,
        name=content_name(visit, path),
        chosen=language,
        beside=beside,
        languages=languages,
        state=now_standing.state(path, language),
        mark=found.states.get(language),
        text_hash=found.hash_of(language),
        rows=rows,
    )


def _row(now_standing: Standing, unit: Any, language: str, beside: str) -> dict[str, Any]:
    mark = now_standing.mark(unit, language)
    behind = mark.behind if mark else {}
    return {
        "unit": unit,
        "text": unit.texts.get(language, ""),
        "beside": unit.texts.get(beside, ""),
        "changed": [(code, differences(old, unit.texts.get(code, ""))) for code, old in behind.items()],
    }


async def act(visit: Visit) -> Response:
    """Sign a text off, or say that it is still right although another language was changed."""
    now_standing = await _standing(visit)
    path, language = _place(visit, now_standing)
    back, do = f"/translations/{language}/{path}", visit.field("do")
    if visit.field("hash") != now_standing.files[path].hash_of(language):
        return visit.redirect(back, "translations.said.changed")
    target = f"{path} {language}"
    if do == "confirm":
        await visit.write(_confirm, visit, path, language, visit.field("key"))
        return visit.redirect(back, "translations.said.confirmed")
    if do != "sign_off":
        raise HTTPException(400)
    if "native" not in visit.form:
        return visit.redirect(back, "translations.said.not_native")
    settings = visit.console.settings

    def record(session: Session) -> None:
        visit.record(session, Act.TRANSLATION_REVIEWED, target)

    reviewer = Reviewer(visit.console.database, settings.content_dir, SecondPair(settings.content_review), record)
    try:
        await run_in_threadpool(reviewer.sign_off, path, language, visit.field("hash"), editor(visit), visit.now)
    except EditingError as error:
        known = f"translations.said.{error.code}"
        return visit.redirect(back, known if known in visit.console.texts else f"editing.refused.{error.code}")
    return visit.redirect(back, "translations.said.signed_off")


def _confirm(session: Session, visit: Visit, path: str, language: str, key: str) -> None:
    if in_step.confirm(session, path, language, key):
        visit.record(session, Act.TRANSLATION_CONFIRMED, f"{path} {language} {key}")


async def take_out(visit: Visit) -> Response:
    """A workbook for translators."""
    languages = visit.console.store.current.languages
    source, target = visit.query("source"), visit.query("target")
    if source not in languages or target not in languages or source == target:
        return visit.redirect("/translations", "translations.said.two_languages")
    now_standing = await _standing(visit)
    units = to_translate(now_standing, source, target, visit.query("what") == "all")
    if not units:
        return visit.redirect("/translations", "translations.said.nothing_open")
    said = {"source": languages[source].name, "target": languages[target].name}
    headings = {name: visit.t(f"translations.sheet.{name}", name=said.get(name, "")) for name in COLUMNS}

    def say(limit: Limit) -> str:
        key = "sms" if limit.is_sms else "characters"
        return visit.t(f"translations.limit.{key}", most=limit.most, segments=MAX_SMS_SEGMENTS)

    content = await run_in_threadpool(workbook, units, source, target, headings, say)
    name = f"salama-{source}-{target}-{visit.now:%Y-%m-%d}.xlsx"
    return Response(content, media_type=XLSX, headers={"content-disposition": f'attachment; filename="{name}"'})


async def bring_in(visit: Visit) -> Response:
    """A workbook from translators: what is wrong is listed by cell, what is good goes into review."""
    settings, name = visit.console.settings, ""

    def run(path: Path) -> Taken:
        nonlocal name
        name = path.name
        reason = visit.t("translations.reason", file=path.name)
        knowledge = visit.console.store.current
        return take(visit.console.database, settings.content_dir, knowledge, path, editor(visit), reason, visit.now)

    try:
        taken = await with_upload(visit, "file", run)
    except WorkbookRefused as error:
        return visit.redirect("/translations", f"translations.refused.{error.code}", file=name)
    if taken is None:
        return visit.redirect("/translations", "translations.said.no_file")
    if taken.revisions:
        pair = f"{taken.returned.source}-{taken.returned.target}"
        await visit.write(
            visit.record, Act.TRANSLATIONS_BROUGHT_IN, f"{pair}: {len(taken.revisions)} files", reason=name
        )
    names = {path: content_name(visit, path) for path in taken.returned.changes}
    return visit.render("translations_returned.html", taken=taken, file=name, names=names)


async def _standing(visit: Visit) -> Standing:
    console = visit.console
    return await run_in_threadpool(
        standing, console.database, console.settings.content_dir, console.store.current, visit.now
    )


def _place(visit: Visit, now_standing: Standing) -> tuple[str, str]:
    path, language = str(visit.request.path_params["path"]), str(visit.request.path_params["language"])
    known = now_standing.files.get(path)
    if known is None or not known.units or language not in visit.console.store.current.languages:
        raise HTTPException(404)
    return path, language


PAGES = (
    Page("/translations", overview, Right.VIEW_CONTENT, nav="nav.translations"),
    Page("/translations/workbook", take_out, Right.EDIT_CONTENT),
    Page("/translations/workbook", bring_in, Right.EDIT_CONTENT, ("POST",), max_body=MAX_UPLOAD),
    Page("/translations/{language}/{path:path}", file, Right.VIEW_CONTENT),
    Page("/translations/{language}/{path:path}", act, Right.REVIEW_CONTENT, ("POST",)),
)
