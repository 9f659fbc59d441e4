"""Some processes let others come first, whichever session they are in."""

import os
import subprocess
import sys
from pathlib import Path

from bot.priority import give_way


def test_a_process_with_a_session_of_its_own_gives_way_to_other_sessions():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    try:
        give_way(7, process.pid)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == 7
        of_session = Path(f"/proc/{process.pid}/autogroup")
        assert not of_session.exists() or of_session.read_text().split()[-1] == "7"
    finally:
        process.communicate(b"\n")


def test_one_that_has_ended_is_let_be():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    give_way(7, process.pid)
