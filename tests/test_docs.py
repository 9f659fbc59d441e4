"""The documentation tells what the code knows: settings, content fields, fact kinds, commands."""

import pytest

from bot.cli import app
from bot.knowledge.model import Country, Fact, FactKind, Topic, TopicText
from bot.settings import ROOT, Settings


@pytest.mark.parametrize("name", Settings.__fields__)
def test_every_setting_is_in_the_operations_page(name):
    assert f"`SALAMA_{name.upper()}`" in (ROOT / "docs/operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", [field.alias for kind in (Topic, TopicText, Country, Fact) for field in kind.__fields__.values()]
)
def test_every_content_field_is_in_the_content_page(name):
    assert f"{name}:" in (ROOT / "docs/content.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", FactKind)
def test_every_kind_of_fact_is_explained(kind):
    assert f"`{kind.value}`" in (ROOT / "docs/content.md").read_text(encoding="utf-8")


def test_the_readme_names_only_commands_that_exist():
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    used = {line.split("salama ")[1].split()[0] for line in lines if line.startswith("    .venv/bin/salama ")}
    assert {word for word in used if not word.startswith("-")} <= known
