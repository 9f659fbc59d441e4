"""`salama content export`, `stale` and `translations`, as an operator types them."""

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.editing import workflow
from bot.editing.yaml_edit import set_values
from bot.faults import Fault
from tests.editing.conftest import ASHA, NOW, TOPIC


@pytest.fixture
def salama(database, root, tmp_path, monkeypatch):
    monkeypatch.setenv("SALAMA_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SALAMA_CONTENT_DIR", str(root))
    monkeypatch.setenv("SALAMA_VAR_DIR", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_export_tells_what_it_wrote_and_fails_on_a_conflict(salama, database, root, topic, publisher):
    text = set_values(topic, {("languages", "en", "title"): "Exported"})
    with database.transaction() as session:
        id = workflow.draft(session, root, TOPIC, text, ASHA, "why", NOW).id
    publisher.publish(id, ASHA, NOW)
    (root / TOPIC).write_text(topic + "# from git\n", encoding="utf-8")
    ran = salama("content", "export")
    assert isinstance(ran.exception, Fault)
    assert "1 files were changed under a revision" in str(ran.exception)
    assert f"conflict     {TOPIC} (revision {id})" in ran.stdout
    (root / TOPIC).write_text(topic, encoding="utf-8")
    ran = salama("content", "export")
    assert (ran.exit_code, "1 files written" in ran.stdout) == (0, True)
    assert (root / TOPIC).read_text(encoding="utf-8") == text


def test_stale_lists_what_is_past_its_date_and_says_so_by_its_exit_code(salama, root, topic):
    ran = salama("content", "stale")
    assert (ran.exit_code, "0 of 7 topics" in ran.stdout) == (0, True), ran.stdout
    old = topic.replace("2026-11-24", "2020-01-01", 1).replace("2027-05-24", "2020-06-01", 1)
    (root / TOPIC).write_text(old, encoding="utf-8")
    ran = salama("content", "stale", "--soon")
    assert ran.exit_code == 1
    assert f"2020-06-01  {TOPIC}  (topic, checked 2020-01-01)" in ran.stdout
    assert "1 of 7 topics" in ran.stdout


def test_translations_lists_what_is_behind_and_says_so_by_its_exit_code(salama, root, topic):
    ran = salama("content", "translations", "--language", "sw")
    assert (ran.exit_code, "0 lack texts, 0 are behind" in ran.stdout) == (0, True), ran.stdout
    assert TOPIC not in ran.stdout
    assert f"sw  {TOPIC}  drafted" in salama("content", "translations", "--language", "sw", "--drafted").stdout
    (root / TOPIC).write_text(set_values(topic, {("languages", "en", "title"): "Fees today"}), encoding="utf-8")
    ran = salama("content", "translations", "--language", "sw")
    assert (ran.exit_code, f"sw  {TOPIC}  behind, drafted: title; changed since in en" in ran.stdout) == (1, True)
    ran = salama("content", "translations", "--language", "xx")
    assert isinstance(ran.exception, Fault)
