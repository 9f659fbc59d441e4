"""`salama registry …` as its user types it."""

import json
import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Content without the longest list, and a var directory."""
    from bot.settings import ROOT

    root = tmp_path_factory.mktemp("commands")
    shutil.copytree(ROOT / "content", root / "content", ignore=shutil.ignore_patterns("gb_licensed*"))
    return root


@pytest.fixture
def salama(here):
    environment = {
        **os.environ,
        "SALAMA_VAR_DIR": str(here / "var"),
        "SALAMA_CONTENT_DIR": str(here / "content"),
        "COLUMNS": "200",
    }

    def run(*arguments):
        command = [sys.executable, "-m", "bot.cli", "registry", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    return run


def test_a_look_up_works_on_a_fresh_machine_and_prints_the_promised_json(salama):
    ran = salama("check", "Sahara Recruitment Agency", "--json")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["verdict"] == "cancelled"
    assert {"name", "licence", "source", "as_of", "score"} <= set(found["matches"][0])
    assert (found["matches"][0]["source"], found["matches"][0]["as_of"]) == ("ug_cancelled", "2021-06-28")
    told = salama("check", "Sahara Recruitment Agency", "--language", "pt").stdout
    assert told.startswith("PERIGO")
    assert "2020-06-30" in salama("history", "Sahara Recruitment Agency Limited").stdout


def test_a_held_import_is_shown_compared_and_approved(salama, here):
    text = (here / "content/registries/snapshots/ug_external_recruitment_2020-06-30.csv").read_text(encoding="utf-8")
    newer = here / "uganda_2026-11-01.csv"
    newer.write_text("\n".join(text.splitlines()[:150]) + "\n", encoding="utf-8")
    salama("check", "anybody")
    compared = salama("diff", "ug_external_recruitment", str(newer), "--limit", "2")
    assert "0 added, 0 changed, 56 removed" in compared.stdout, compared.stderr
    ran = salama("import", "ug_external_recruitment", str(newer))
    assert ran.returncode == 3
    assert "56 of 205 entries would go" in ran.stdout
    assert "HELD" in salama("sources").stdout
    assert salama("approve", "ug_external_recruitment", "--note", "asked the ministry").returncode == 0
    assert "2026-11-01" in salama("sources").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "nowhere", "x.csv"], 'no source "nowhere"'),
        (["import", "ug_cancelled", "/nowhere_2026-01-01.csv"], "cannot be read"),
        (["import", "ug_cancelled", "/etc/hostname", "--published", "yesterday"], "YYYY-MM-DD"),
        (["import", "ug_cancelled", "/etc/hostname"], "--published"),
        (["approve", "ug_cancelled", "--note", "x"], "waits for approval"),
        (["check", "x", "--language", "xx"], "xx"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_what_is_wrong_is_one_line(salama, arguments, message):
    ran = salama(*arguments)
    assert ran.returncode == 1
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "a fault in Salama itself" not in ran.stderr
