"""The audit log only grows, and can be read by who may."""

import contextlib
import datetime as dt
import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.console.audit import Act, record
from bot.console.tables import AuditEntry
from bot.conversations.worker import now
from tests.console.conftest import add_staff


@pytest.fixture
def one_entry(database):
    staff_id = add_staff(database, "amina")
    with database.transaction() as session:
        record(session, staff_id, Act.STAFF_ADDED, "staff <b>x</b>", "because & so")
    return staff_id


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET reason = 'nothing'",
        "DELETE FROM audit_entries",
        "DELETE FROM staff",
        "INSERT OR REPLACE INTO audit_entries (id, at, act, target) VALUES (1, '2026-01-01', 'x', 'y')",
        "INSERT INTO audit_entries (id, at, act, target) VALUES (1, '2026-01-01', 'x', 'y')"
        " ON CONFLICT (id) DO UPDATE SET act = 'x'",
        "TRUNCATE audit_entries",
        "TRUNCATE staff CASCADE",
    ],
)
def test_nothing_is_changed_or_deleted(database, one_entry, statement):
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert session.execute(text("SELECT act, target, reason FROM audit_entries")).all() == [
            ("staff_added", "staff <b>x</b>", "because & so")
        ]


def test_an_entry_goes_with_what_was_done_or_not_at_all(database, one_entry):
    with contextlib.suppress(RuntimeError), database.transaction() as session:
        record(session, one_entry, Act.STAFF_DISABLED, "x")
        raise RuntimeError
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM audit_entries")).scalar() == 1


def shown(page):
    """Targets in the order of the page."""
    return re.findall(r"item \d+", page.text)


def test_the_page_filters_and_leafs(database, signed_in):
    amina = add_staff(database, "amina")
    start = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc)
    with database.transaction() as session:
        session.add_all(
            AuditEntry(
                at=start + dt.timedelta(days=n),
                staff_id=amina if n % 2 else None,
                act=(Act.SIGNED_OUT if n % 3 else Act.LINK_MADE).value,
                target=f"item {n:03}",
            )
            for n in range(120)
        )
    browser = signed_in("admin")

    def look(**filters):
        return browser.get("/console/audit", params=filters)

    first = look()
    assert shown(first) == [f"item {n:03}" for n in range(119, 69, -1)]
    older = re.search(r'href="(/console/audit\?before=\d+)', first.text).group(1)
    second = browser.get(older)
    assert shown(second) == [f"item {n:03}" for n in range(69, 19, -1)]
    last = browser.get(re.search(r'href="(/console/audit\?before=\d+)', second.text).group(1))
    assert len(shown(last)) == 20
    assert "before=" not in last.text
    assert shown(look(person=amina)) == [f"item {n:03}" for n in range(119, 19, -2)]
    assert shown(look(person=0, act="link_made")) == [f"item {n:03}" for n in range(114, -1, -6)]
    assert shown(look(since="2026-03-02", until="2026-03-03")) == ["item 002", "item 001"]
    assert "person=0" in re.search(r'href="(/console/audit\?before=[^"]+)', look(person=0).text).group(1)


@pytest.mark.parametrize(
    "query",
    [
        "person=x",
        "person=" + "9" * 30,
        "act=nothing",
        "since=yesterday",
        "before=" + "9" * 40,
        "before=-1",
        "until=%00",
    ],
)
def test_nonsense_in_the_address_is_ignored(database, signed_in, one_entry, query):
    assert signed_in("admin").get(f"/console/audit?{query}").status_code == 200


def test_what_is_written_there_is_shown_as_text(signed_in, one_entry):
    page = signed_in("admin").get("/console/audit").text
    assert "staff &lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x" not in page
    assert "because &amp; so" in page


def test_the_whole_page_is_quick_with_a_hundred_thousand_entries(database, signed_in):
    rows = [{"at": now(), "act": "signed_in", "target": f"item {n}"} for n in range(100_000)]
    with database.transaction() as session:
        session.bulk_insert_mappings(AuditEntry, rows)
    browser = signed_in("admin")
    times = []
    for _ in range(4):
        started = now()
        assert len(shown(browser.get("/console/audit", params={"act": "signed_in", "before": 50_000}))) == 50
        times.append(now() - started)
    assert min(times) < dt.timedelta(seconds=0.3)


def test_a_reason_is_kept_without_whom_it_names(database, one_entry):
    with database.transaction() as session:
        record(session, one_entry, Act.UNMASKED, "contact 3F9A1B", "to call Amina Wanjiru on +254 719 123 456 back")
        record(session, one_entry, Act.UNMASKED, "contact 3F9A1B", "x" * 990 + " +254719123456")
    with database.reading() as session:
        kept = session.execute(text("SELECT reason FROM audit_entries ORDER BY id DESC")).scalars().all()
    assert kept[1] == "to call ••• on ••• back"
    assert "254" not in kept[0]
