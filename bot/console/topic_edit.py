"""Editing one file of the content: a form for topics, one for all else, or the YAML itself; check, preview, save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.publishing import editor, hand_in, publish_now, revision_or_404, row_id
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.topics import content_name
from bot.console.visit import Visit
from bot.editing import workflow
from bot.editing.forms import MOST_SOURCES, SOURCE_KEYS, changed_values, groups, has_topic_form, topic_values
from bot.editing.in_step import behind_in
from bot.editing.overlay import published, texts_in_force
from bot.editing.preview import Checked, check
from bot.editing.sign_off import earned_only
from bot.editing.tables import Revision, State
from bot.editing.workflow import EditingError, InForce
from bot.editing.yaml_edit import EditFailed, rewritten, set_values
from bot.knowledge.model import FactKind
from bot.knowledge.yaml_text import parse_yaml

MAX_BODY = 400_000
MOST_VERSION = 10**9
MOST_FIELDS = 350
"""A file with more values than this is edited as YAML: a form of that length helps nobody."""


@dataclass(frozen=True)
class Opened:
    """What an editor sees: the text, whether as form or YAML, and what it was made from.

    `revision_id` and `version` are those of a draft that a save goes into; without one, a save makes it.
    """

    path: str
    text: str
    seen: InForce
    revision_id: int | None = None
    version: int = 0
    reason: str = ""
    as_yaml: bool = False
    others: tuple[Revision, ...] = ()

    @property
    def data(self) -> Any:
        """The parsed text; None when it cannot be parsed."""
        try:
            return parse_yaml(self.text)
        except (yaml.YAMLError, ValueError):
            return None


async def show(visit: Visit) -> Response:
    """The edit page: of a given revision, of one's own newest draft, or of what people read now."""
    opened = await visit.read(_open, visit)
    return await _page(visit, opened)


def _open(session: Session, visit: Visit) -> Opened:
    path, root = _path(visit), visit.console.settings.content_dir
    seen = workflow.in_force(session, root, path)
    open_ones = workflow.open_revisions(session, path)
    wanted = visit.query("revision")
    mine = [r for r in open_ones if r.state == State.DRAFT.value and r.author_id == str(visit.staff.id)]
    draft: Revision | None = mine[0] if mine and not wanted else None
    if wanted:
        draft = revision_or_404(session, row_id(wanted) or 0)
        if draft.path != path:
            raise HTTPException(404)
    if draft is None and seen.text is None:
        raise HTTPException(404)
    others = tuple(r for r in open_ones if draft is None or r.id != draft.id)
    as_yaml = visit.query("as") == "yaml"
    if draft is None:
        return Opened(path, seen.text or "", seen, as_yaml=as_yaml, others=others)
    seen = InForce(seen.text, draft.parent_id, draft.base_hash)
    return Opened(path, draft.text, seen, draft.id, draft.version, draft.reason, as_yaml, others=others)


async def act(visit: Visit) -> Response:
    """Check, save, hand in or publish what was posted. Whatever goes wrong, the posted text is shown again or saved."""
    opened = await visit.read(_posted, visit)
    do = visit.field("do")
    if do == "check":
        return await _page(visit, opened, await _checked(visit, opened))
    try:
        saved = await visit.write(_save, visit, opened)
    except EditingError as error:
        return await _page(visit, opened, await _checked(visit, opened), f"editing.refused.{error.code}")
    if saved.beside is not None:
        return visit.redirect(f"/content/compare/{saved.beside.id}/{saved.revision.id}", "editing.said.kept_beside")
    id = saved.revision.id
    if do == "submit":
        return await hand_in(visit, id, opened.reason)
    if do == "publish" and visit.may(Right.REVIEW_CONTENT):
        return await publish_now(visit, id, int(saved.revision.version))
    switch = {"as_yaml": "&as=yaml", "as_form": ""}.get(do)
    if switch is not None:
        return visit.redirect(f"/content/edit/{opened.path}?revision={id}{switch}")
    return visit.redirect(f"/content/revisions/{id}", "editing.said.saved")


async def fragment(visit: Visit) -> Response:
    """Problems and previews of what stands in the form, for the page's script."""
    opened = await visit.read(_posted, visit)
    return visit.render("_checked.html", checked=await _checked(visit, opened), opened=opened)


def _posted(session: Session, visit: Visit) -> Opened:
    """The text that the posted form makes of what it was opened on."""
    path, root = _path(visit), visit.console.settings.content_dir
    now_read = workflow.in_force(session, root, path)
    id, version, parent = (_number(visit, name) for name in ("revision", "version", "parent"))
    known = session.get(Revision, parent) if parent else None
    if known is None or known.path != path:
        parent = None  # the text is kept all the same, as one made from the file
    if version and version > MOST_VERSION:
        version = 0
    before = now_read.text or ""
    if id and revision_or_404(session, id).path == path:
        before = workflow.text_as_read(session, id, version or 0)
    seen = InForce(now_read.text, parent, visit.field("base")[:64])
    opened = Opened(path, before, seen, id, version or 0, visit.field("reason"))
    if "text" in visit.form:
        return replace(opened, text=_body(visit.field("text")), as_yaml=True)
    values = _values(opened.data, visit)
    try:
        return replace(opened, text=set_values(before, values))
    except EditFailed:
        return replace(opened, text=rewritten(before, values))


def _values(data: Any, visit: Visit) -> dict[Any, Any]:
    posted = {name: value for name, value in visit.form.items() if isinstance(value, str)}
    posted = {name: value.replace("\x00", "") for name, value in posted.items()}
    if "button0" not in posted or not has_topic_form(data):
        return changed_values(data, posted)
    facts = [kind.value for kind in FactKind if f"fact.{kind.value}" in posted]
    return topic_values(data, posted, facts)


def _save(session: Session, visit: Visit, opened: Opened) -> workflow.Saved:
    root, by = visit.console.settings.content_dir, editor(visit)
    text = earned_only(workflow.in_force(session, root, opened.path).text, opened.text)
    if opened.revision_id:
        return workflow.save(session, opened.revision_id, opened.version, text, by, opened.reason, visit.now)
    made = workflow.draft(session, root, opened.path, text, by, opened.reason, visit.now, opened.seen)
    return workflow.Saved(made)


async def _checked(visit: Visit, opened: Opened) -> Checked:
    settings, language = visit.console.settings, visit.field("preview_language") or visit.language
    if language not in visit.console.store.current.languages:
        language = visit.language
    overlay = await visit.read(lambda session: texts_in_force(published(session), settings.content_dir))
    return await run_in_threadpool(
        check, settings.content_dir, overlay, opened.path, opened.text, language, visit.now.date()
    )


async def _page(visit: Visit, opened: Opened, checked: Checked | None = None, refused: str = "") -> Response:
    checked = checked or await _checked(visit, opened)
    knowledge, data = visit.console.store.current, opened.data
    is_topic = opened.path.startswith("faq/") and has_topic_form(data)
    made = groups(data, knowledge.languages) if isinstance(data, dict) and not is_topic else []
    is_too_long = sum(len(g.fields) + sum(map(len, g.rows)) for g in made) > MOST_FIELDS
    has_form = is_topic or (bool(made) and not is_too_long)
    return visit.render(
        "content_edit.html",
        opened=opened,
        behind=await visit.read(behind_in, opened.path),
        name=content_name(visit, opened.path),
        checked=checked,
        refused=refused,
        is_topic=is_topic,
        has_form=has_form,
        as_yaml=opened.as_yaml or not has_form,
        data=data,
        groups=made,
        languages=knowledge.languages,
        fact_kinds=[kind.value for kind in FactKind],
        source_rows=_source_rows(data) if is_topic else [],
        source_keys=SOURCE_KEYS,
        targets=_targets(visit) if is_topic else [],
        preview_language=visit.field("preview_language") or visit.language,
    )


def _source_rows(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sources, and one empty row for another."""
    return [*(data.get("sources") or []), {}][:MOST_SOURCES]


def _targets(visit: Visit) -> list[tuple[str, str]]:
    """What a button can lead to: ids with titles."""
    knowledge = visit.console.store.current
    ids = [*knowledge.topics, *knowledge.actions, *knowledge.menus]
    return sorted((id, knowledge.title(id, visit.language) or id) for id in ids)


def _path(visit: Visit) -> str:
    try:
        return workflow.check_path(str(visit.request.path_params["path"]))
    except EditingError:
        raise HTTPException(404) from None


def _number(visit: Visit, name: str) -> int | None:
    return row_id(visit.field(name))


def _body(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip() + "\n"


PAGES = (
    Page("/content/edit/{path:path}", show, Right.EDIT_CONTENT),
    Page("/content/edit/{path:path}", act, Right.EDIT_CONTENT, ("POST",), max_body=MAX_BODY),
    Page("/content/check/{path:path}", fragment, Right.EDIT_CONTENT, ("POST",), max_body=MAX_BODY, keeps_awake=True),
)
