"""What reaches people and what does not: a table of broken edits, two editors, a killed process, the clock."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from bot.editing import workflow
from bot.editing.overlay import PublishedOverlay, live_content
from bot.editing.publishing import Publisher, Refused
from bot.editing.second_pair import SecondPair
from bot.editing.tables import Revision, State
from bot.editing.workflow import EditingError
from bot.editing.yaml_edit import set_values
from bot.knowledge.store import KnowledgeStore
from tests.editing.conftest import ASHA, BEN, COUNTRY, NOW, TOPIC

TITLE = ("languages", "en", "title")


def drafted(database, root, path, text, by=ASHA, reason="the law changed"):
    with database.transaction() as session:
        return workflow.draft(session, root, path, text, by, reason, NOW).id


def titled(text, title):
    return set_values(text, {TITLE: title})


def state_of(database, id):
    with database.reading() as session:
        return workflow.get(session, id).state


def title_in_force(database, root):
    return KnowledgeStore(root, overlay=fresh(database, root)).current.topics["recruitment_fees"].languages["en"].title


def fresh(database, root):
    overlay = PublishedOverlay(database, root)
    overlay.version()
    return overlay


def test_a_published_answer_is_read_by_a_store_that_was_open_before(database, root, topic, publisher):
    store = live_content(database, root)
    store._every_s = 0
    assert store.current.topics["recruitment_fees"].languages["en"].title == "Agency fees"
    publisher.publish(drafted(database, root, TOPIC, titled(topic, "Fees of agents")), ASHA, NOW)
    assert store.current.topics["recruitment_fees"].languages["en"].title == "Fees of agents"
    assert topic == (root / TOPIC).read_text(encoding="utf-8")


BROKEN = {
    "missing language": (lambda text: set_values(text, {("languages", "sw"): None}), "missing language sw"),
    "dead button": (lambda text: set_values(text, {("buttons",): ["nowhere", "emergency"]}), "leads nowhere"),
    "over-long SMS": (lambda text: set_values(text, {("languages", "fr", "sms"): "x" * 271}), "at most 270"),
    "SMS of too many segments": (lambda text: set_values(text, {("languages", "fr", "sms"): "я" * 140}), "segments"),
    "bad date": (lambda text: text.replace("review_by: 2027-05-24", "review_by: 2027-25-24"), "not a valid date"),
    "no YAML": (lambda text: "id: [", "not valid YAML"),
    "empty": (lambda text: "", "expected dict"),
    "no source": (lambda text: set_values(text, {("sources",): []}), "0 entries"),
    "another id": (lambda text: text.replace("id: recruitment_fees", "id: other"), "but the file is"),
    "no title": (lambda text: titled(text, ""), "at least 2 characters"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_edit_is_refused_with_its_reason_and_kept(database, root, topic, publisher, what):
    break_it, reason = BROKEN[what]
    broken = break_it(topic)
    id = drafted(database, root, TOPIC, broken)
    with pytest.raises(Refused, match=reason):
        publisher.publish(id, BEN, NOW)
    with database.reading() as session:
        kept = workflow.get(session, id)
        assert (kept.state, kept.text) == (State.DRAFT.value, broken)
    assert title_in_force(database, root) == "Agency fees"


def test_facts_need_a_second_pair_of_eyes_and_plain_words_do_not(database, root, topic, publisher):
    country = (root / COUNTRY).read_text(encoding="utf-8")
    mended = drafted(database, root, COUNTRY, country.replace("999 / 112 / 911", "999 / 112"))
    with pytest.raises(EditingError, match="somebody other") as error:
        publisher.publish(mended, ASHA, NOW)
    assert error.value.code == "second_pair"
    publisher.publish(mended, BEN, NOW)
    publisher.publish(drafted(database, root, TOPIC, titled(topic, "Fees")), ASHA, NOW)
    assert title_in_force(database, root) == "Fees"


def test_a_team_of_one_may_publish_facts(database, root):
    country = (root / COUNTRY).read_text(encoding="utf-8")
    id = drafted(database, root, COUNTRY, country.replace("999 / 112 / 911", "999 / 112"))
    Publisher(database, root, SecondPair.NEVER).publish(id, ASHA, NOW)
    assert state_of(database, id) == State.PUBLISHED.value


def test_of_two_editors_the_later_sees_both_texts_and_loses_none(database, root, topic, publisher):
    first = drafted(database, root, TOPIC, titled(topic, "By Asha"), ASHA)
    second = drafted(database, root, TOPIC, titled(topic, "By Ben"), BEN)
    publisher.publish(first, ASHA, NOW)
    with pytest.raises(EditingError, match="look at both") as error:
        publisher.publish(second, BEN, NOW)
    assert error.value.code == "outdated"
    assert title_in_force(database, root) == "By Asha"
    with database.transaction() as session:
        assert "By Ben" in workflow.take_up(session, root, second, BEN, NOW).text
    publisher.publish(second, BEN, NOW)
    assert title_in_force(database, root) == "By Ben"
    assert state_of(database, first) == State.SUPERSEDED.value


def test_a_file_changed_under_a_draft_is_a_conflict(database, root, topic, publisher):
    id = drafted(database, root, TOPIC, titled(topic, "Mine"))
    (root / TOPIC).write_text(titled(topic, "From git"), encoding="utf-8")
    with pytest.raises(EditingError, match="look at both"):
        publisher.publish(id, ASHA, NOW)
    assert title_in_force(database, root) == "From git"


def test_rolling_back_to_a_former_revision_and_to_the_file(database, root, topic, publisher):
    first = drafted(database, root, TOPIC, titled(topic, "First"))
    publisher.publish(first, ASHA, NOW)
    publisher.publish(drafted(database, root, TOPIC, titled(topic, "Second")), ASHA, NOW)
    publisher.roll_back(TOPIC, first, ASHA, "the second was wrong", NOW)
    assert title_in_force(database, root) == "First"
    publisher.roll_back(TOPIC, None, ASHA, "as it was", NOW)
    assert title_in_force(database, root) == "Agency fees"
    with database.reading() as session:
        ids = [revision.id for revision in workflow.history(session, TOPIC)]
        told = [(event.act, event.staff, event.note) for event in workflow.events(session, ids)]
    assert told[:2] == [("rolled_back", "Asha", "as it was"), ("rolled_back", "Asha", "the second was wrong")]


def test_a_text_that_was_never_in_force_cannot_be_rolled_back_to(database, root, topic, publisher):
    id = drafted(database, root, TOPIC, titled(topic, "Draft"))
    with pytest.raises(EditingError, match="never in force"):
        publisher.roll_back(TOPIC, id, ASHA, "why not", NOW)


def test_a_scheduled_revision_is_published_when_its_time_has_come(database, root, topic, publisher):
    id = drafted(database, root, TOPIC, titled(topic, "Tomorrow"))
    publisher.schedule(id, ASHA, NOW + dt.timedelta(days=1), NOW)
    assert publisher.publish_due(NOW) == []
    assert title_in_force(database, root) == "Agency fees"
    assert publisher.publish_due(NOW + dt.timedelta(days=1)) == [(id, None)]
    assert title_in_force(database, root) == "Tomorrow"


def test_a_scheduled_revision_that_no_longer_fits_goes_back_into_review(database, root, topic, publisher):
    id = drafted(database, root, TOPIC, titled(topic, "Tomorrow"))
    publisher.schedule(id, ASHA, NOW + dt.timedelta(days=1), NOW)
    publisher.publish(drafted(database, root, TOPIC, titled(topic, "Today")), ASHA, NOW)
    ((refused, error),) = publisher.publish_due(NOW + dt.timedelta(days=2))
    assert (refused, error.code) == (id, "outdated")
    assert state_of(database, id) == State.IN_REVIEW.value
    assert title_in_force(database, root) == "Today"


@pytest.mark.parametrize("at", [NOW, NOW - dt.timedelta(hours=1)])
def test_a_time_that_has_passed_cannot_be_scheduled(database, root, topic, publisher, at):
    with pytest.raises(EditingError, match="has passed"):
        publisher.schedule(drafted(database, root, TOPIC, topic), ASHA, at, NOW)


def test_a_publication_that_another_overtakes_is_checked_again(database, root, topic, publisher, monkeypatch):
    country = (root / COUNTRY).read_text(encoding="utf-8")
    overtaking = drafted(database, root, COUNTRY, country.replace("999 / 112 / 911", "999 / 112"))
    id = drafted(database, root, TOPIC, titled(topic, "Mine"))
    check, checks = Publisher._refuse_errors, []

    def overtaken(self, *arguments):
        checks.append(1)
        check(self, *arguments)
        if len(checks) == 1:
            publisher.publish(overtaking, BEN, NOW)

    monkeypatch.setattr(Publisher, "_refuse_errors", overtaken)
    publisher.publish(id, ASHA, NOW)
    assert len(checks) == 3
    assert state_of(database, id) == state_of(database, overtaking) == State.PUBLISHED.value


def test_a_revision_in_force_cannot_be_published_twice(database, root, topic, publisher):
    id = drafted(database, root, TOPIC, titled(topic, "Once"))
    publisher.publish(id, ASHA, NOW)
    with pytest.raises(EditingError, match="faster"):
        publisher.publish(id, ASHA, NOW)


KILLED = """
import datetime as dt, pathlib, sys, time
from bot.editing import publishing, workflow
from bot.editing.second_pair import SecondPair
from bot.storage.database import Database
put = publishing._put_in_force
def slowly(session, revision, now):
    put(session, revision, now)
    session.flush()
    print("in the middle", flush=True)
    time.sleep(60)
publishing._put_in_force = slowly
publisher = publishing.Publisher(Database(sys.argv[1]), pathlib.Path(sys.argv[2]), SecondPair.NEVER)
publisher.publish(int(sys.argv[3]), workflow.Editor("1", "Asha"), dt.datetime.now(dt.timezone.utc))
"""


def test_a_process_killed_in_mid_publish_leaves_the_former_in_force(database, root, topic, publisher):
    publisher.publish(drafted(database, root, TOPIC, titled(topic, "Former")), ASHA, NOW)
    id = drafted(database, root, TOPIC, titled(topic, "Half published"))
    url = database.url.render_as_string(hide_password=False)
    child = subprocess.Popen([sys.executable, "-c", KILLED, url, str(root), str(id)], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"in the middle\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert title_in_force(database, root) == "Former"
    assert state_of(database, id) == State.DRAFT.value
    deadline = time.monotonic() + 10  # the database needs a moment to see that the other has gone
    while True:
        try:
            publisher.publish(id, ASHA, NOW)
            break
        except Exception:
            assert time.monotonic() < deadline
    assert title_in_force(database, root) == "Half published"


def test_no_two_revisions_of_a_path_are_in_force(database, root, topic, publisher):
    for title in ("One", "Two", "Three"):
        publisher.publish(drafted(database, root, TOPIC, titled(topic, title)), ASHA, NOW)
    with database.reading() as session:
        states = list(session.scalars(select(Revision.state).order_by(Revision.id)))
    assert states == [State.SUPERSEDED.value, State.SUPERSEDED.value, State.PUBLISHED.value]


def test_while_the_database_is_away_the_last_texts_stay_in_force(database, root, topic, publisher, monkeypatch):
    publisher.publish(drafted(database, root, TOPIC, titled(topic, "Kept")), ASHA, NOW)
    store = live_content(database, root)
    store._every_s = 0
    monkeypatch.setattr(database, "reading", _away)
    assert store.current.topics["recruitment_fees"].languages["en"].title == "Kept"


def _away():
    from sqlalchemy.exc import OperationalError

    raise OperationalError("SELECT", None, Exception("gone"))


def test_revisions_that_no_longer_fit_the_files_do_not_stop_a_start(database, root, topic, publisher):
    id = drafted(database, root, TOPIC, titled(topic, "Kept"))
    publisher.publish(id, ASHA, NOW)
    with database.transaction() as session:
        workflow.get(session, id).text = "id: of another time"
    assert title_in_force(database, root) == "Agency fees"


def saved_by(database, id, version, text):
    with database.transaction() as session:
        workflow.save(session, id, version, text, ASHA, "", NOW)


@pytest.mark.parametrize("at", [None, NOW + dt.timedelta(days=1)])
def test_a_text_saved_while_another_was_checked_is_not_put_in_force_unchecked(
    database, root, topic, publisher, monkeypatch, at
):
    id = drafted(database, root, TOPIC, titled(topic, "Good"))
    check, checks = Publisher._refuse_errors, []

    def swapped(self, *arguments):
        check(self, *arguments)
        if not checks:
            saved_by(database, id, 1, "id: broken")
        checks.append(1)

    monkeypatch.setattr(Publisher, "_refuse_errors", swapped)
    with pytest.raises(EditingError):
        publisher.schedule(id, BEN, at, NOW) if at else publisher.publish(id, BEN, NOW)
    assert state_of(database, id) == State.DRAFT.value


@pytest.mark.parametrize("at", [None, NOW + dt.timedelta(days=1)])
def test_nobody_publishes_what_they_have_not_seen(database, root, topic, publisher, at):
    id = drafted(database, root, TOPIC, titled(topic, "Seen"))
    saved_by(database, id, 1, titled(topic, "Unseen"))
    with pytest.raises(EditingError, match="since you looked") as error:
        publisher.schedule(id, BEN, at, NOW, seen=1) if at else publisher.publish(id, BEN, NOW, seen=1)
    assert error.value.code == "changed"
    publisher.publish(id, BEN, NOW, seen=2)
    assert title_in_force(database, root) == "Unseen"


def test_what_is_sent_back_when_its_time_comes_is_not_published(database, root, topic, publisher, monkeypatch):
    id = drafted(database, root, TOPIC, titled(topic, "Tomorrow"))
    publisher.schedule(id, BEN, NOW + dt.timedelta(days=1), NOW)
    check = Publisher._refuse_errors

    def sent_back(self, *arguments):
        check(self, *arguments)
        with database.transaction() as session:
            workflow.send_back(session, id, BEN, "not yet", NOW)

    monkeypatch.setattr(Publisher, "_refuse_errors", sent_back)
    ((_, error),) = publisher.publish_due(NOW + dt.timedelta(days=1))
    assert error.code == "wrong_state"
    assert state_of(database, id) == State.DRAFT.value
