import os
import signal
import sys
import threading
import time

import pytest

from bot.teaching import runs, teacher
from bot.teaching.teacher import NICENESS, Teacher

CARRIES_OUT = """
import os, sys, time
from bot.storage.database import Database
from bot.teaching import runs, teacher
from bot.teaching.tables import State
database, run_id, what = Database(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with database.transaction() as session:
    runs.begin(session, run_id, teacher.now())
if what == "hangs":
    time.sleep(60)
if what == "dies":
    os.kill(os.getpid(), 9)
with database.transaction() as session:
    runs.end(session, run_id, State.READY, teacher.now(), error=str(os.getpriority(os.PRIO_PROCESS, 0)))
"""


def looking(database, what):
    url = database.url.render_as_string(hide_password=False)
    return Teacher(database, lambda run_id: [sys.executable, "-c", CARRIES_OUT, url, str(run_id), what])


def wait_for(database, run_id, state, looks=None, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if looks:
            looks.look()
        with database.reading() as session:
            run = runs.get(session, run_id)
        if run.state == state:
            return run
        time.sleep(0.05)
    raise AssertionError(f"{run.state}, not {state}")


def test_a_queued_run_is_carried_out_at_low_priority(database, now):
    run_id = runs.ask(database, 7, now)
    run = wait_for(database, run_id, "ready", looking(database, "ends"))
    assert int(run.error) >= NICENESS
    assert run.progress == 100


@pytest.mark.parametrize("what", ["dies", "hangs"])
def test_a_killed_run_is_marked_failed_and_the_next_one_can_begin(database, now, what):
    run_id = runs.ask(database, 7, now)
    looks = looking(database, what)
    if what == "hangs":
        run = wait_for(database, run_id, "training", looks)
        os.kill(int(run.claim.split("-")[1]), signal.SIGKILL)
    run = wait_for(database, run_id, "failed", looks)
    assert run.error == "the process that trained was ended by signal 9"
    runs.ask(database, 7, now)


def test_stopping_ends_the_run_under_way(database, now):
    run_id = runs.ask(database, 7, now)
    stopped = threading.Event()
    thread = threading.Thread(target=looking(database, "hangs").run, args=(stopped,))
    thread.start()
    wait_for(database, run_id, "training")
    stopped.set()
    thread.join(10)
    assert wait_for(database, run_id, "failed").error == "the process that trained was ended by signal 15"


def test_a_run_left_by_a_supervisor_that_was_killed_fails(database, now):
    run_id = runs.ask(database, 7, now)
    process = teacher.start(run_id, looking(database, "hangs")._make_command)
    wait_for(database, run_id, "training")
    process.kill()
    process.wait()
    wait_for(database, run_id, "failed", looking(database, "ends"))


def test_what_waits_for_its_own_process_is_left_alone(database, now):
    run_id = runs.ask(database, None, now, claim=f"elsewhere-{os.getpid()}-x")
    looking(database, "ends").look()
    with database.reading() as session:
        assert runs.get(session, run_id).state == "queued"
