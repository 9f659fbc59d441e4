"""Questions that were missed, in groups: take them into a topic, begin a new one, or dismiss them."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.console.audit import Act
from bot.console.publishing import publisher
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.teach import topic_title
from bot.console.visit import Visit
from bot.knowledge.understood import FALLBACK, OUT_OF_SCOPE
from bot.safety.harmless import harmless
from bot.teaching.book import Added, Author, BookError, QuestionBook
from bot.teaching.editing_book import EditingBook
from bot.teaching.grouping import Group, grouped
from bot.teaching.missed import LONGEST, Missed, decide, merged, read_missed
from bot.teaching.suggestions import open_suggestions, settle
from bot.teaching.tables import Verdict

UNANSWERED = "/unanswered"
GROUP = f"{UNANSWERED}/{{id}}"
PAGE_LENGTH = 20
SHOWN = 60
"""Wordings of one group that are shown at once."""
TOPIC_ID = re.compile(r"[a-z][a-z0-9_]{2,40}")


async def show(visit: Visit) -> Response:
    """The groups, most asked first."""
    page = visit.query("page")
    groups = await _groups(visit)
    last = max(1, -(-len(groups) // PAGE_LENGTH))
    number = min(max(1, int(page)), last) if page.isascii() and page.isdecimal() and len(page) < 5 else 1
    start = (number - 1) * PAGE_LENGTH
    return visit.render(
        "unanswered.html",
        groups=groups[start : start + PAGE_LENGTH],
        total=len(groups),
        page=number,
        is_last=number == last,
        titles={topic: topic_title(visit, topic) for topic in visit.console.store.current.topics},
    )


async def show_group(visit: Visit) -> Response:
    """One group with its wordings, and what can be done."""
    group = await _group(visit)
    if group is None:
        return visit.redirect(UNANSWERED, say="unanswered.said.gone")
    return _form(visit, group)


async def decide_group(visit: Visit) -> Response:
    """Carry out what the editor chose, for the wordings that are ticked."""
    group = await _group(visit)
    if group is None:
        return visit.redirect(UNANSWERED, say="unanswered.said.gone")
    wanted = {value for value in visit.form.getlist("chosen") if isinstance(value, str)}
    chosen = [_edited(visit, one) for one in group.questions if one.hash in wanted]
    if not chosen:
        return _form(visit, group, "unanswered.problem.none")
    if visit.field("do") == "dismiss":
        await visit.write(_dismiss, visit, chosen)
        return visit.redirect(UNANSWERED, say="unanswered.said.dismissed", count=len(chosen))
    topic = visit.field("new_topic") if visit.field("do") == "new" else visit.field("topic")
    chosen = [one for one in chosen if one.question]
    if not chosen:
        return _form(visit, group, "unanswered.problem.none")
    return await _accept(visit, group, topic, chosen)


async def _accept(visit: Visit, group: Group, topic: str, chosen: list[Missed]) -> Response:
    is_new, known = visit.field("do") == "new", visit.console.store.current.topics
    if is_new and (not TOPIC_ID.fullmatch(topic) or topic in _taken(visit)):
        return _form(visit, group, "unanswered.problem.bad_name")
    if not is_new and topic not in known:
        return _form(visit, group, "unanswered.problem.no_topic")
    questions: dict[str, list[str]] = {}
    for one in chosen:
        questions.setdefault(one.language, []).append(one.question)
    book = question_book(visit)
    by = Author(visit.staff.id, visit.staff.name)
    added, path = None, UNANSWERED
    try:
        if is_new:
            path = await run_in_threadpool(book.begin, topic, visit.field("group"), questions, by, visit.now)
        else:
            added = await run_in_threadpool(book.add, topic, questions, by, visit.now)
    except BookError as error:
        return _form(visit, group, "unanswered.problem.refused", str(error))
    await visit.write(_accepted, visit, chosen, topic)
    say = "new" if is_new else "accepted" if added is Added.IN_FORCE else "in_review"
    return visit.redirect(path, say=f"unanswered.said.{say}", count=len(chosen), topic=topic_title(visit, topic))


def _taken(visit: Visit) -> set[str]:
    """Names that no new topic can have."""
    knowledge = visit.console.store.current
    return {*knowledge.topics, *knowledge.actions, *knowledge.menus, *knowledge.courses, FALLBACK, OUT_OF_SCOPE}


def question_book(visit: Visit) -> QuestionBook:
    """Where accepted questions go."""
    console = visit.console
    return EditingBook(console.database, console.settings.content_dir, console.store, publisher(visit))


def _accepted(session: Session, visit: Visit, chosen: list[Missed], topic: str) -> None:
    hashes = [one.hash for one in chosen]
    decide(session, hashes, Verdict.ACCEPTED, topic, visit.staff.id, visit.now)
    settle(session, hashes, Verdict.ACCEPTED)
    visit.record(session, Act.QUESTIONS_ACCEPTED, f"topic {topic}: {len(chosen)}")


def _dismiss(session: Session, visit: Visit, chosen: list[Missed]) -> None:
    hashes = [one.hash for one in chosen]
    decide(session, hashes, Verdict.DISMISSED, None, visit.staff.id, visit.now)
    settle(session, hashes, Verdict.DISMISSED)
    visit.record(session, Act.QUESTIONS_DISMISSED, f"questions: {len(chosen)}")


def _edited(visit: Visit, one: Missed) -> Missed:
    """The wording as the editor mended it, for instance without a name; the decision is still about the original."""
    text = " ".join(harmless(visit.field(f"text-{one.hash}", one.question)).split())[:LONGEST]
    language = visit.field(f"language-{one.hash}", one.language)
    known = visit.console.store.current.languages
    return replace(one, text=text, language=language if language in known else one.language)


def _form(visit: Visit, group: Group, problem: str | None = None, details: str = "") -> Response:
    knowledge = visit.console.store.current
    named = [*([group.suggested] if group.suggested else []), *group.nearest]
    return visit.render(
        "unanswered_group.html",
        422 if problem else 200,
        group=group,
        questions=[_edited(visit, one) for one in group.questions[:SHOWN]],
        more=max(0, len(group.questions) - SHOWN),
        nearest=[topic for topic in dict.fromkeys(named) if topic in knowledge.topics],
        topics=sorted((topic_title(visit, topic), topic) for topic in knowledge.topics),
        groups=sorted({topic.group for topic in knowledge.topics.values()}),
        titles={topic: topic_title(visit, topic) for topic in knowledge.topics},
        languages=knowledge.languages,
        problem=problem,
        details=details,
        chosen_topic=visit.field("topic") or group.suggested or "",
        new_topic=visit.field("new_topic"),
    )


async def _groups(visit: Visit) -> list[Group]:
    def read(session: Session) -> list[Group]:
        missed = read_missed(session, visit.console.settings.default_language)
        return grouped(merged([*open_suggestions(session), *missed]))

    return await visit.read(read)


async def _group(visit: Visit) -> Group | None:
    wanted = visit.request.path_params["id"]
    groups = await _groups(visit)
    return next((group for group in groups if any(one.hash == wanted for one in group.questions)), None)


PAGES = (
    Page(UNANSWERED, show, Right.TEACH, nav="nav.unanswered"),
    Page(GROUP, show_group, Right.TEACH),
    Page(GROUP, decide_group, Right.TEACH, ("POST",)),
)
