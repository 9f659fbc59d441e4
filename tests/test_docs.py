"""The documentation tells what the code knows: settings, content fields, fact kinds, commands."""

import pytest

from bot.cli import app
from bot.knowledge.centre import Centre, CentreKind, CityNames, CountryCentres, Point, Service
from bot.knowledge.model import Country, Fact, FactKind, Topic, TopicText
from bot.settings import ROOT, Settings

CONTENT = (Topic, TopicText, Country, Fact, CountryCentres, Centre, Point, CityNames)


@pytest.mark.parametrize("name", Settings.__fields__)
def test_every_setting_is_in_the_operations_page(name):
    assert f"`SALAMA_{name.upper()}`" in (ROOT / "docs/operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [field.alias for kind in CONTENT for field in kind.__fields__.values()])
def test_every_content_field_is_in_the_content_page(name):
    assert f"{name}:" in (ROOT / "docs/content.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", FactKind)
def test_every_kind_of_fact_is_explained(kind):
    assert f"`{kind.value}`" in (ROOT / "docs/content.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*CentreKind, *Service])
def test_every_kind_of_office_and_help_is_listed(word):
    assert word.value in (ROOT / "docs/content.md").read_text(encoding="utf-8")


def test_the_readme_names_only_commands_that_exist():
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    used = {line.split("salama ")[1].split()[0] for line in lines if line.startswith("    .venv/bin/salama ")}
    assert {word for word in used if not word.startswith("-")} <= known
