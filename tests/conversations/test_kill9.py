"""A few kills of every process under load; benchmarks/kill9.py does two hundred."""

import subprocess
import sys

from bot.settings import ROOT


def test_nothing_is_lost_or_doubled_when_processes_are_killed(database):
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, str(ROOT / "benchmarks/kill9.py"), "--kills", "8", "--database", url]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=480, cwd=ROOT)
    assert " HOLDS" in ran.stdout, ran.stdout + ran.stderr[-2000:]
