"""The console's own text: complete in four languages, and no page asks for one that is not there."""

import re

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from bot.console.app import HERE, PAGES
from bot.console.audit import Act
from bot.console.roles import Role
from bot.console.texts import Texts, TextsError, lint, read_texts
from bot.settings import ROOT

LANGUAGES = ("en", "fr", "pt", "sw")
CATALOGUE, PROBLEMS = read_texts(ROOT / "content", LANGUAGES)
AREAS = {key.partition(".")[0] for key in CATALOGUE}
ENVIRONMENT = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)


def test_every_text_is_there_in_every_language():
    assert PROBLEMS == []
    assert lint(ROOT / "content") == []


def asked_for():
    """(where, key) of every text that a template or a module names in full."""
    for name in ENVIRONMENT.list_templates():
        tree = ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0])
        for call in tree.find_all(nodes.Call):
            if getattr(call.node, "name", "") == "t" and isinstance(call.args[0], nodes.Const):
                yield name, call.args[0].value
    for path in set(HERE.glob("*.py")) - {HERE / "tables.py"}:
        for key in re.findall(r'"([a-z_]+\.[a-z_0-9.]+)"', path.read_text(encoding="utf-8")):
            if key.partition(".")[0] in AREAS and not key.endswith((".html", ".css", ".js")):
                yield path.name, key


def test_every_text_that_is_asked_for_exists():
    missing = sorted({(where, key) for where, key in asked_for() if key not in CATALOGUE})
    assert missing == []


@pytest.mark.parametrize("key", [f"act.{act.value}" for act in Act] + [f"role.{role.value}" for role in Role])
def test_every_act_and_role_has_a_name(key):
    assert key in CATALOGUE


@pytest.mark.parametrize("key", [page.nav for page in PAGES if page.nav])
def test_every_page_in_the_navigation_has_a_name(key):
    assert key in CATALOGUE


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: {en: x, fr: x, pt: x}", "a: missing language sw"),
        ("a: {en: x, fr: x, pt: x, sw: x, xx: x}", "a: unknown language xx"),
        ("a: just a text", "a: expected one text for each language"),
        ("a: {en: yes, fr: oui, pt: sim, sw: ndiyo}", "a: en is no text"),
        ("a: {en: '{n} x', fr: x, pt: x, sw: x}", "a: placeholders"),
        ("a: {en: '{n', fr: x, pt: x, sw: x}", "a: en: "),
        ("a: [", "not valid YAML"),
        ("b:\n  a: {en: x, fr: x, pt: x}", "a: missing language sw"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, problem):
    (tmp_path / "console").mkdir()
    (tmp_path / "console/area.yml").write_text("ok: {en: x, fr: x, pt: x, sw: x}\n" + text, encoding="utf-8")
    problems = read_texts(tmp_path, LANGUAGES)[1]
    assert any(problem in found.message for found in problems), problems
    assert all(found.line >= 1 for found in problems)
    with pytest.raises(TextsError, match=r"area\.yml:"):
        Texts(tmp_path, LANGUAGES)


def test_a_changed_file_is_live_and_a_broken_one_changes_nothing(tmp_path):
    (tmp_path / "console").mkdir()
    file = tmp_path / "console/area.yml"
    file.write_text("a: {en: '{n} old', fr: '{n}', pt: '{n}', sw: '{n}'}", encoding="utf-8")
    texts = Texts(tmp_path, LANGUAGES, every_s=0)
    assert texts.get("area.a", "en", n=3) == "3 old"
    file.write_text("a: {en: new, fr: x, pt: x, sw: x}", encoding="utf-8")
    assert texts.get("area.a", "en", n=3) == "new"
    file.write_text("a: [", encoding="utf-8")
    assert texts.get("area.a", "en") == "new"
