"""Checks across content files that a schema alone cannot make; the schema's own problems come from `store.read`."""

from __future__ import annotations

import datetime as dt
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.knowledge import countries, model
from bot.knowledge.asking import NEXT, RELATED
from bot.knowledge.centre_lint import lint_centres, missing_labels
from bot.knowledge.course_lint import lint_course
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.reading import NOTHING, ContentFiles, Document, Problem, read, read_document
from bot.knowledge.segments import fold, outside_gsm7, segments, septets

MAX_SMS_SEGMENTS = 2
CUES = ("form_cues.yml", "danger_cues.yml")
BESIDE = ("labels.yml", "risk_check.yml", *CUES)


def lint(root: Path, today: dt.date, overlay: Mapping[str, str] = NOTHING) -> list[Problem]:
    """Every problem under `root`, by file and line; warnings do not fail the lint.

    Args:
        root: the content directory.
        today: the day against which review dates are held.
        overlay: texts that stand in for files, by their path relative to `root`.
    """
    content = ContentFiles(root, overlay)
    knowledge, problems = read(root, overlay)
    if not knowledge.languages:
        return problems or [Problem(root / "languages.yml", 1, "no language is defined")]
    for path in sorted({*knowledge.files.values(), *(root / name for name in BESIDE)}):
        if content.exists(path):
            found = read_document(content, path)
            problems += [found] if isinstance(found, Problem) else _lint_file(knowledge, found, today)
    problems += _missing_word_lists(knowledge, root)
    problems += _questions_asked_twice(knowledge, content)
    return _sorted(problems)


def lint_one(root: Path, today: dt.date, overlay: Mapping[str, str], path: str) -> tuple[Knowledge, list[Problem]]:
    """The content, and problems of the one file `path` (relative to `root`): for showing them while it is edited."""
    content = ContentFiles(root, overlay)
    knowledge, problems = read(root, overlay)
    file = root / path
    if file in knowledge.files.values() and isinstance(found := read_document(content, file), Document):
        problems += _lint_file(knowledge, found, today)
        problems += _questions_asked_twice(knowledge, content)
    return knowledge, _sorted([problem for problem in problems if problem.file == file])


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(set(problems), key=lambda p: (str(p.file), p.line, p.message))


def _lint_file(knowledge: Knowledge, document: Document, today: dt.date) -> Iterator[Problem]:
    stem = document.path.stem
    yield from _missing_languages(knowledge, document)
    if document.path.parent.parent.name == "faq" and stem in knowledge.topics:
        yield from _lint_topic(knowledge, document, knowledge.topics[stem], today)
    elif document.path.parent.name == "countries" and stem in knowledge.countries:
        yield from _lint_country(document, knowledge.countries[stem], today)
    elif document.path.parent.name == "centres" and stem in knowledge.centres:
        yield from lint_centres(knowledge, document, today)
    elif document.path.parent.name == "courses" and stem in knowledge.courses:
        yield from lint_course(knowledge, document, knowledge.courses[stem], today)
    elif document.path.name == "follow_ups.yml":
        for name, kind in knowledge.follow_ups.kinds.items():
            answers = {kind.usual, *kind.after.values()} - {NEXT, RELATED}
            yield from _dead_buttons(knowledge, document, tuple(sorted(answers)), "kinds", name)
            for topic in sorted(set(kind.after) - set(knowledge.topics)):
                yield document.problem(f'"{topic}" is no topic', "kinds", name, "after", topic)
    elif document.path.name in CUES:
        yield from _lint_cues(knowledge, document)
    elif document.path.name == "labels.yml":
        yield from missing_labels(knowledge, document)
    elif document.path.parent.name == "menus" and stem in knowledge.menus:
        yield from _dead_buttons(knowledge, document, knowledge.menus[stem].items, "items")
    elif document.path.name == "commands.yml":
        for id, command in knowledge.commands.items():
            yield from _dead_buttons(knowledge, document, (command.action,), id, "action")
    elif document.path.parent.name == "responses":
        for id in document.data or {}:
            if id in knowledge.responses:
                yield from _lint_response(knowledge, document, knowledge.responses[id])


def _missing_word_lists(knowledge: Knowledge, root: Path) -> Iterator[Problem]:
    """A language without words for emergencies and places would be served less well than the others."""
    for folder, lists in (("emergency", knowledge.lexicons), ("gazetteer", knowledge.gazetteers)):
        for language in sorted(set(knowledge.languages) - set(lists)):
            yield Problem(root / folder / f"{language}.yml", 1, "is missing or cannot be read")


def _missing_languages(knowledge: Knowledge, document: Document) -> Iterator[Problem]:
    """A mapping that holds one language must hold all of them."""
    if document.path.name == "languages.yml":
        return
    codes = set(knowledge.languages)

    def walk(node: object, place: tuple[str | int, ...]) -> Iterator[Problem]:
        if isinstance(node, dict):
            present = codes & set(node)
            if present and present != codes:
                missing = ", ".join(sorted(codes - present))
                yield document.problem(f"{place[-1] if place else 'file'}: missing language {missing}", *place)
            for key, value in node.items():
                yield from walk(value, (*place, key))
        elif isinstance(node, list):
            for index, value in enumerate(node):
                yield from walk(value, (*place, index))

    yield from walk(document.data, ())


def _lint_topic(knowledge: Knowledge, document: Document, topic: model.Topic, today: dt.date) -> Iterator[Problem]:
    if document.path.parent.name != topic.group:
        yield document.problem(f'group is "{topic.group}" but the folder is {document.path.parent.name}', "group")
    if topic.is_stale(today):
        yield document.problem(f"review was due on {topic.review_by}", "review_by", is_error=False)
    if topic.review_by <= topic.reviewed_on:
        yield document.problem("review_by is not after reviewed_on", "review_by")
    if topic.sources[0].short is None:
        yield document.problem("the first source needs a `short` name for SMS", "sources", 0)
    elif septets(topic.sources[0].short) is None:
        outside = outside_gsm7(topic.sources[0].short)
        yield document.problem(f"`short` has characters outside GSM-7: {outside}", "sources", 0, "short")
    yield from _dead_buttons(knowledge, document, topic.buttons, "buttons", own=topic.id)
    for language, text in topic.languages.items():
        yield from _lint_sms(document, f"{text.sms} ({topic.sources[0].short})", "languages", language, "sms")
        repeated = [q for q, n in Counter(map(_normal, text.questions)).items() if n > 1]
        for question in repeated:
            yield document.problem(f'question stands twice: "{question}"', "languages", language, "questions")


def _lint_sms(document: Document, text: str, *place: str | int) -> Iterator[Problem]:
    folded = fold(text)
    count = segments(folded)
    if count > MAX_SMS_SEGMENTS:
        outside = outside_gsm7(folded)
        why = f" (it has characters outside GSM-7: {outside})" if outside else ""
        yield document.problem(f"{count} SMS segments, at most {MAX_SMS_SEGMENTS}{why}", *place)


def _lint_cues(knowledge: Knowledge, document: Document) -> Iterator[Problem]:
    """Each group of words has a list of texts a language; YAML reads a bare no or on as something else."""
    for group, by_language in document.data.items():
        for language in knowledge.languages:
            for index, word in enumerate(by_language.get(language) or ()):
                if not isinstance(word, str):
                    yield document.problem(f"{word} is no text: put it in quotes", group, language, index)


def _lint_country(document: Document, country: model.Country, today: dt.date) -> Iterator[Problem]:
    if country.country not in countries.codes():
        yield document.problem(f'"{country.country}" is no ISO 3166 country code', "country")
    if today > country.review_by:
        yield document.problem(f"review was due on {country.review_by}", "review_by", is_error=False)
    for index, fact in enumerate(country.facts):
        if not fact.text and fact.kind not in model.HELP_LINES:
            yield document.problem(f"a {fact.kind.value} needs a text", "facts", index)
        if not fact.names and fact.kind in model.HELP_LINES:  # whoever is in danger must understand whom to call
            yield document.problem(f"a {fact.kind.value} needs `names` in every language", "facts", index)


def _lint_response(knowledge: Knowledge, document: Document, response: model.Response) -> Iterator[Problem]:
    yield from _dead_buttons(knowledge, document, response.buttons, response.id, "buttons")
    for index, code in enumerate(response.countries_first):
        if code not in knowledge.countries:
            yield document.problem(f'"{code}" has no file in countries/', response.id, "countries_first", index)
    placeholders = {lang: _placeholders(text.text) for lang, text in response.languages.items()}
    expected = next(iter(placeholders.values()), set())
    for language, found in placeholders.items():
        place = (response.id, "languages", language)
        if found != expected:
            yield document.problem(f"placeholders {found or '{}'} differ from {expected or '{}'}", *place)
        text = response.languages[language]
        yield from _lint_sms(document, text.sms or text.text, *place)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _dead_buttons(
    knowledge: Knowledge, document: Document, ids: tuple[str, ...], *place: str | int, own: str | None = None
) -> Iterator[Problem]:
    language = next(iter(knowledge.languages))
    for index, id in enumerate(ids):
        if id == own or knowledge.title(id, language) is None:
            why = "leads to itself" if id == own else "leads nowhere: no topic, action or menu has that id"
            yield document.problem(f'"{id}" {why}', *place, index)


def _normal(question: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in question.casefold()).split())


def _questions_asked_twice(knowledge: Knowledge, content: ContentFiles) -> Iterator[Problem]:
    """One question must not train two topics."""
    seen: dict[str, tuple[str, str]] = {}
    for topic in knowledge.topics.values():
        for language, text in topic.languages.items():
            for question in text.questions:
                other, _ = seen.setdefault(_normal(question), (topic.id, language))
                if other != topic.id:
                    file = knowledge.files[topic.id]
                    document = Document(file, content.text(file), None)
                    yield document.problem(
                        f'"{question}" is also a question of {other}', "languages", language, "questions"
                    )
