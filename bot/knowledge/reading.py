"""Reading the files of `content/`, and texts laid over them, into one `Knowledge`; what is wrong has file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from bot.faults import Fault
from bot.knowledge import model
from bot.knowledge.asking import FollowUps, QuestionWords
from bot.knowledge.centre import CityNames, CountryCentres
from bot.knowledge.course import Course
from bot.knowledge.danger_cues import DangerCues
from bot.knowledge.form_cues import FormCues
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.opening_hours import OpeningHours
from bot.knowledge.yaml_text import compose_yaml, parse_yaml

M = TypeVar("M", bound=BaseModel)
C = TypeVar("C")

NOTHING: Mapping[str, str] = {}
"""An overlay without texts: the files stand as they are."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a content file. `line` counts from 1."""

    file: Path
    line: int
    message: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'error' if self.is_error else 'warning'}: {self.message}"


class ContentError(Fault):
    """The content cannot be used; `problems` says why, each with file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class ContentFiles:
    """The files under `root`, some of them overlaid: `overlay` maps paths relative to `root` to texts."""

    root: Path
    overlay: Mapping[str, str] = field(default_factory=dict)

    def matching(self, pattern: str) -> list[Path]:
        """The paths that match `pattern`, in order, also those that only the overlay has."""
        added = (self.root / path for path in self.overlay if (self.root / path).match(f"{self.root}/{pattern}"))
        return sorted({*self.root.glob(pattern), *added})

    def exists(self, path: Path) -> bool:
        """Whether there is a text for `path`, which is under `root`."""
        return path.relative_to(self.root).as_posix() in self.overlay or path.exists()

    def text(self, path: Path) -> str:
        """The text of `path`: the overlay's, or else the file's.

        Raises:
            UnicodeDecodeError: the file is not UTF-8.
        """
        laid_over = self.overlay.get(path.relative_to(self.root).as_posix())
        return path.read_text(encoding="utf-8") if laid_over is None else laid_over


@dataclass
class Document:
    """One parsed YAML file that can tell on which line a value stands."""

    path: Path
    text: str
    data: Any

    @cached_property
    def _root_node(self) -> Any:
        return compose_yaml(self.text)  # once: a text may have thousands of problems

    def line_of(self, location: Iterable[str | int]) -> int:
        """The line (from 1) of the deepest node of `location` that exists."""
        node: Any = self._root_node
        line = 1
        for key in location:
            found = None
            if isinstance(node, yaml.MappingNode):
                for key_node, value in node.value:
                    if key_node.value == str(key):
                        found, line = value, key_node.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
                found = node.value[key]
                line = found.start_mark.line + 1
            if found is None:
                break
            node = found
        return line

    def problem(self, message: str, *location: str | int, is_error: bool = True) -> Problem:
        """A problem of this file at `location`."""
        return Problem(self.path, self.line_of(location), message, is_error)


def read_document(content: ContentFiles, path: Path) -> Document | Problem:
    """The text and data of one file, or why they cannot be read."""
    try:
        text = content.text(path)
        return Document(path, text, parse_yaml(text))
    except UnicodeDecodeError as error:
        return Problem(path, 1, f"not UTF-8: {error.reason} at byte {error.start}")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        return Problem(path, mark.line + 1 if mark else 1, f"not valid YAML: {reason}")
    except ValueError as error:  # YAML's own reader of dates: 2026-13-01
        return Problem(path, 1, f"not a valid date or number: {error}")


class _Reader:
    """Reads files of one content directory and collects what is wrong with them."""

    def __init__(self, content: ContentFiles) -> None:
        self.content = content
        self.root = content.root
        self.problems: list[Problem] = []
        self.files: dict[str, Path] = {}

    def documents(self, pattern: str) -> Iterator[Document]:
        for path in self.content.matching(pattern):
            found = read_document(self.content, path)
            if isinstance(found, Document):
                yield found
            else:
                self.problems.append(found)

    def parse(self, kind: type[M], document: Document, data: Any, *location: str | int) -> M | None:
        try:
            return cast(M, kind.parse_obj(data))
        except TypeError as error:  # a key that is a number or a date
            self.problems.append(document.problem(f"not a valid mapping: {error}", *location))
            return None
        except ValidationError as error:
            for item in error.errors():
                place = (*location, *(key for key in item["loc"] if key != "__root__"))
                field_name = ".".join(map(str, item["loc"]))
                self.problems.append(document.problem(f"{field_name}: {item['msg']}", *place))
            return None

    def one_per_file(self, kind: type[M], pattern: str, id_field: str = "id") -> dict[str, M]:
        shelf: dict[str, M] = {}
        for document in self.documents(pattern):
            item = self.parse(kind, document, document.data)
            if item is None:
                continue
            id = getattr(item, id_field)
            if document.path.stem != id:
                self.problems.append(
                    document.problem(f'{id_field} is "{id}" but the file is {document.path.name}', id_field)
                )
            self._put(shelf, id, item, document, (id_field,))
        return shelf

    def one_per_language(self, kind: type[M], pattern: str) -> dict[str, M]:
        return {
            document.path.stem: parsed
            for document in self.documents(pattern)
            if (parsed := self.parse(kind, document, document.data))
        }

    def many_per_file(self, kind: type[M], pattern: str, key_field: str | None = "id") -> dict[str, M]:
        shelf: dict[str, M] = {}
        for document in self.documents(pattern):
            if not isinstance(document.data, dict):
                self.problems.append(document.problem("expected a mapping of ids"))
                continue
            for id, data in document.data.items():
                filled = {key_field: id, **data} if key_field and isinstance(data, dict) else data
                item = self.parse(kind, document, filled, id)
                if item is not None:
                    self._put(shelf, id, item, document, (id,))
        return shelf

    def cues(self, kind: Callable[[Any], C], name: str) -> C:
        """What is made of a file of phrases by group and language; of no phrases where it cannot be used."""
        if (self.root / "emergency").exists() and not self.content.exists(self.root / name):
            self.problems.append(Problem(self.root / name, 1, "is missing beside the words of danger"))
        for document in self.documents(name):
            try:
                return kind(document.data or {})  # None would stand for a directory that has no such file
            except (AttributeError, KeyError, TypeError) as error:
                reason = f"the group {error} is missing" if isinstance(error, KeyError) else str(error)
                self.problems.append(document.problem(f"not groups of texts by language: {reason}"))
        return kind(None)

    def _put(self, shelf: dict[str, M], id: str, item: M, document: Document, place: tuple[str, ...]) -> None:
        if id in shelf:
            self.problems.append(document.problem(f'"{id}" stands twice, also in {self.files[id]}', *place))
        shelf[id] = item
        self.files[id] = document.path


def _read_knowledge(reader: _Reader) -> Knowledge:
    labels: dict[str, dict[str, str]] = {}
    for document in reader.documents("labels.yml"):
        labels = document.data or {}
    risk: list[model.RiskQuestion] = []
    for document in reader.documents("risk_check.yml"):
        for index, data in enumerate(document.data or []):
            question = reader.parse(model.RiskQuestion, document, data, index)
            if question:
                risk.append(question)
    centres = {
        document.path.stem: known
        for document in reader.documents("centres/*.yml")
        if (known := reader.parse(CountryCentres, document, document.data))
    }
    reader.files |= {f"centres/{country}": reader.root / f"centres/{country}.yml" for country in centres}
    city_names = CityNames(aliases={})
    for document in reader.documents("cities.yml"):
        city_names = reader.parse(CityNames, document, document.data) or city_names
    follow_ups = FollowUps()
    for document in reader.documents("follow_ups.yml"):
        follow_ups = reader.parse(FollowUps, document, document.data) or follow_ups
        reader.files["follow_ups"] = document.path
    question_words: dict[str, QuestionWords] = {}
    for document in reader.documents("questions.yml"):
        parsed = {code: reader.parse(QuestionWords, document, data, code) for code, data in document.data.items()}
        question_words = {code: words for code, words in parsed.items() if words}
        reader.files["questions"] = document.path
    hours = OpeningHours()
    for document in reader.documents("opening_hours.yml"):
        hours = reader.parse(OpeningHours, document, document.data) or hours
    return Knowledge(
        danger_cues=reader.cues(DangerCues, "danger_cues.yml"),
        form_cues=reader.cues(FormCues, "form_cues.yml"),
        follow_ups=follow_ups,
        question_words=question_words,
        centres=centres,
        canned_replies=reader.many_per_file(model.CannedReply, "canned_replies.yml"),
        opening_hours=hours,
        city_names=city_names,
        languages=reader.many_per_file(model.Language, "languages.yml", "code"),
        topics=reader.one_per_file(model.Topic, "faq/*/*.yml"),
        countries=reader.one_per_file(model.Country, "countries/*.yml", "country"),
        menus=reader.one_per_file(model.Menu, "menus/*.yml"),
        courses=reader.one_per_file(Course, "courses/*.yml"),
        responses=reader.many_per_file(model.Response, "responses/*.yml"),
        actions=reader.many_per_file(model.Action, "actions.yml"),
        keywords=reader.many_per_file(model.Keywords, "keywords.yml", None),
        commands=reader.many_per_file(model.ChatCommand, "commands.yml"),
        labels=labels,
        risk_questions=tuple(risk),
        lexicons=reader.one_per_language(model.Lexicon, "emergency/*.yml"),
        gazetteers=reader.one_per_language(model.Gazetteer, "gazetteer/*.yml"),
        files=reader.files,
    )


def read(root: Path, overlay: Mapping[str, str] = NOTHING) -> tuple[Knowledge, list[Problem]]:
    """Read what can be read under `root`, with the problems that the files' own schema shows.

    Args:
        root: the content directory.
        overlay: texts that stand in for files, by their path relative to `root`.
    """
    if not root.is_dir():
        return Knowledge(), [Problem(root, 1, "the content directory does not exist")]
    reader = _Reader(ContentFiles(root, overlay))
    return _read_knowledge(reader), reader.problems


def load(root: Path, overlay: Mapping[str, str] = NOTHING) -> Knowledge:
    """Read `root` with `overlay`.

    Raises:
        ContentError: a file does not follow the schema.
    """
    knowledge, problems = read(root, overlay)
    if problems:
        raise ContentError(problems)
    return knowledge
