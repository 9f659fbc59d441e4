"""The documentation tells what the code knows: settings, content fields, fact kinds, commands."""

import importlib.util
import re

import pytest

from bot.channels.protocol import Forged, Malformed, Request
from bot.cli import app
from bot.knowledge.asking import FollowUp, FollowUps, QuestionWords
from bot.knowledge.centre import Centre, CentreKind, CityNames, CountryCentres, Point, Service
from bot.knowledge.course import Course, CourseOption, CourseStep, CourseStepText, CourseText
from bot.knowledge.model import Country, Fact, FactKind, Topic, TopicText
from bot.settings import ROOT, Settings

CONTENT = (
    *(Topic, TopicText, Country, Fact, CountryCentres, Centre, Point, CityNames),
    *(Course, CourseText, CourseStep, CourseStepText, CourseOption, QuestionWords, FollowUps, FollowUp),
)


@pytest.mark.parametrize("name", Settings.__fields__)
def test_every_setting_is_in_the_operations_page(name):
    assert f"`SALAMA_{name.upper()}`" in (ROOT / "docs/operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [field.alias for kind in CONTENT for field in kind.__fields__.values()])
def test_every_content_field_is_in_the_content_page(name):
    assert f"{name}:" in (ROOT / "docs/content.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", FactKind)
def test_every_kind_of_fact_is_explained(kind):
    assert f"`{kind.value}`" in (ROOT / "docs/content.md").read_text(encoding="utf-8")


def test_the_channel_of_the_channels_page_works(tmp_path):
    page = (ROOT / "docs/channels.md").read_text(encoding="utf-8")
    (tmp_path / "pigeon.py").write_text(page.split("```python")[1].split("```")[0])
    spec = importlib.util.spec_from_file_location("pigeon", tmp_path / "pigeon.py")
    pigeon = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pigeon)
    channel = pigeon.channel(None, None)
    body = b'{"from": "asha", "id": "1", "text": "hello"}'
    headers = {"x-secret": "secret from your own settings"}
    (message,) = channel.receive(Request("/pigeon", "https://x/pigeon", headers, body)).events
    assert (message.channel, message.address, message.text) == ("pigeon", "asha", "hello")
    with pytest.raises(Forged):
        channel.receive(Request("/pigeon", "https://x/pigeon", {}, body))
    with pytest.raises(Malformed):
        channel.receive(Request("/pigeon", "https://x/pigeon", headers, b"[]"))


def test_every_metric_is_in_the_operations_page():
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    source = (ROOT / "bot/gateway/metrics.py").read_text(encoding="utf-8")
    names = re.findall(r'"(salama_[a-z_]+)"', source)
    assert len(names) == 6
    assert all(f"`{name}" in page for name in names)


def test_every_channel_is_in_the_channels_page():
    page = (ROOT / "docs/channels.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in page.lower() for name in ("web chat", "telegram", "sms", "whatsapp"))


@pytest.mark.parametrize("word", [*CentreKind, *Service])
def test_every_kind_of_office_and_help_is_listed(word):
    assert word.value in (ROOT / "docs/content.md").read_text(encoding="utf-8")


def test_the_readme_names_only_commands_that_exist():
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    used = {line.split("salama ")[1].split()[0] for line in lines if line.startswith("    .venv/bin/salama ")}
    assert {word for word in used if not word.startswith("-")} <= known
