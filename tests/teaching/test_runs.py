import datetime as dt
import subprocess

import pytest

from bot.conversations.claims import HERE
from bot.teaching import runs
from bot.teaching.choice import read_choice
from bot.teaching.runs import TeachingError
from bot.teaching.tables import State, TeachingRun


def ended(database, now, state=State.READY, compared_with="old", model="new"):
    run_id = runs.ask(database, 7, now)
    with database.transaction() as session:
        assert runs.begin(session, run_id, now)
        assert runs.end(session, run_id, state, now, model=model, compared_with=compared_with, shipped="shipped")
    return run_id


def state(database, run_id):
    with database.reading() as session:
        return runs.get(session, run_id).state


def test_only_one_run_is_under_way(database, now):
    first = runs.ask(database, 7, now)
    with pytest.raises(TeachingError) as error:
        runs.ask(database, 8, now)
    assert error.value.code == "under_way"
    with database.transaction() as session:
        assert runs.next_queued(session) == first
        assert runs.begin(session, first, now)
        assert not runs.begin(session, first, now)
        assert runs.next_queued(session) is None
        assert runs.fail(session, first, "x" * 5000, now)
        assert not runs.end(session, first, State.READY, now)
    assert state(database, first) == "failed"
    runs.ask(database, 8, now)


def test_a_run_that_was_given_up_stays_so(database, now):
    run_id = runs.ask(database, 7, now)
    with database.transaction() as session:
        runs.begin(session, run_id, now)
        runs.fail(session, run_id, "stopped", now)
        runs.still_here(session, run_id, State.EVALUATING, 80, now)
    assert state(database, run_id) == "failed"


@pytest.mark.parametrize(
    ("pid", "silent_s", "place", "dies"),
    [
        ("dead", 0, HERE, True),
        ("alive", 0, HERE, False),
        ("dead", 0, "elsewhere", False),
        ("dead", 600, "elsewhere", True),
    ],
)
def test_a_run_whose_process_died_fails(database, now, pid, silent_s, place, dies):
    import os

    child = subprocess.Popen(["true"])
    child.wait()
    run_id = runs.ask(database, 7, now)
    with database.transaction() as session:
        runs.begin(session, run_id, now - dt.timedelta(seconds=silent_s))
        run = session.get(TeachingRun, run_id)
        run.claim = f"{place[:8]}-{child.pid if pid == 'dead' else os.getpid()}-x"
    with database.transaction() as session:
        assert runs.fail_orphans(session, now) == ([run_id] if dies else [])
    assert state(database, run_id) == ("failed" if dies else "training")


def test_a_good_model_is_put_in_force_once(database, now, models_dir):
    run_id = ended(database, now)
    with database.transaction() as session:
        runs.put_in_force(session, run_id, 7, models_dir, now)
    choice = read_choice(models_dir)
    assert (choice.model, choice.previous, choice.shipped) == ("new", "old", "shipped")
    assert state(database, run_id) == "in_force"
    with database.transaction() as session, pytest.raises(TeachingError) as error:
        runs.put_in_force(session, run_id, 7, models_dir, now)
    assert error.value.code == "not_ready"


def test_below_a_floor_a_reason_is_needed(database, now, models_dir):
    run_id = ended(database, now, State.BELOW_FLOOR)
    for reason in (None, "  "):
        with database.transaction() as session, pytest.raises(TeachingError) as error:
            runs.put_in_force(session, run_id, 7, models_dir, now, reason)
        assert error.value.code == "no_reason"
        assert read_choice(models_dir).model == "old"
    with database.transaction() as session:
        runs.put_in_force(session, run_id, 7, models_dir, now, "Swahili is being rewritten")
    with database.reading() as session:
        assert runs.get(session, run_id).reason == "Swahili is being rewritten"
    assert read_choice(models_dir).model == "new"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"compared_with": "another"}, "outdated"),
        ({"model": "gone"}, "gone"),
        ({"state": State.UNCHANGED}, "not_ready"),
    ],
)
def test_what_cannot_be_put_in_force_is_refused(database, now, models_dir, changes, code):
    run_id = ended(database, now, **changes)
    with database.transaction() as session, pytest.raises(TeachingError) as error:
        runs.put_in_force(session, run_id, 7, models_dir, now)
    assert error.value.code == code
    assert read_choice(models_dir).model == "old"
