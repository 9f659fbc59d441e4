"""Dashboard, exports and erasing as their pages give them."""

import csv
import datetime as dt
import io

import pytest
from lxml import etree
from sqlalchemy import text

from bot.console.tables import AuditEntry
from bot.conversations.tables import Contact, Conversation, Message
from bot.conversations.worker import now
from bot.statistics.series import CHARTS
from tests.console.conftest import post

WORDS = '=HYPERLINK("x") my name is Mary Wanjiku, call 0712 345 678'


@pytest.fixture
def conversation(database):
    """Ten minutes old, with an answer; returns its number."""
    began = now() - dt.timedelta(minutes=10)
    with database.transaction() as session:
        session.add(Contact(id="abcdef1234", channel="sms", address_hash="h", address_encrypted=b"x", created_at=began))
        session.flush()
        session.add(
            Conversation(
                id=7,
                contact_id="abcdef1234",
                channel="sms",
                language="en",
                state="open",
                opened_at=began,
                last_at=began,
            )
        )
        session.flush()
        about = {"contact_id": "abcdef1234", "conversation_id": 7, "channel": "sms", "state": "answered"}
        session.add(
            Message(id=1, direction="in", text=WORDS, created_at=began, intent="receipts", confidence=0.9, **about)
        )
        session.flush()
        later = began + dt.timedelta(seconds=3)
        session.add(
            Message(
                id=2, direction="out", text="Keep it.", created_at=later, reply_to=1, content_id="receipts", **about
            )
        )
    return 7


@pytest.mark.parametrize("language", ["en", "fr", "pt", "sw"])
def test_the_dashboard_speaks_each_language(signed_in, database, conversation, language):
    browser = signed_in("viewer")
    with database.transaction() as session:
        session.execute(text("UPDATE staff SET language = :code"), {"code": language})
    page = browser.get("/console/dashboard")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert len(page.content) < 100_000
    assert "<script>" not in page.text
    assert "style=" not in page.text


def test_every_chart_has_a_picture_a_table_and_a_file(signed_in, conversation):
    browser = signed_in("viewer")
    for name in CHARTS:
        picture = browser.get(f"/console/dashboard/{name}.svg?days=30")
        assert picture.headers["content-type"] == "image/svg+xml"
        assert "script" not in picture.headers["content-security-policy"]
        assert etree.fromstring(picture.content) is not None
        file = browser.get(f"/console/dashboard/{name}.csv?days=30")
        assert "attachment" in file.headers["content-disposition"]
        assert len(list(csv.reader(io.StringIO(file.text)))) > 1 or name == "topics"
    assert browser.get("/console/dashboard/nonsense.svg").status_code == 404


@pytest.mark.parametrize(
    ("query", "is_wrong"),
    [
        ("", False),
        ("days=7", False),
        ("days=x", False),
        ("since=2025-01-01&until=2025-02-01", False),
        ("since=2025-02-01&until=2025-01-01", True),
        ("since=yesterday", True),
        ("since=1900-01-01&until=2025-01-01", True),
        ("since=9999-12-31", True),
    ],
)
def test_a_range_that_cannot_be_is_told(signed_in, query, is_wrong):
    page = signed_in("viewer").get(f"/console/dashboard?{query}")
    assert page.status_code == 200
    assert ('role="alert"' in page.text) is is_wrong


def test_an_export_is_redacted_harmless_and_audited(signed_in, database, conversation):
    browser = signed_in("admin")
    today = str(now().date())
    days = {"since": str(now().date() - dt.timedelta(days=1)), "until": today}
    answer = post(browser, "/console/exports", "/console/exports", what="messages", **days)
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["from"] for row in rows] == ["person", "bot"]
    assert rows[0]["text"] == '\'=HYPERLINK("x") my name is •••, call •••'
    assert not any(word in answer.text for word in ("abcdef", "Mary", "0712"))
    assert all(len(row["day"]) == 10 for row in rows)
    with database.reading() as session:
        entry = session.query(AuditEntry).filter_by(act="exported").one()
    assert entry.target == f"messages, {days['since']} to {today}"
    conversations = post(browser, "/console/exports", "/console/exports", what="conversations", **days)
    assert len(conversations.text.splitlines()) == 2


def test_a_wrong_export_is_told_and_only_admins_export(signed_in):
    browser = signed_in("admin")
    wrong = post(browser, "/console/exports", "/console/exports", what="messages", since="x", until="y")
    assert wrong.status_code == 400
    for role in ("viewer", "counsellor", "editor", "registry"):
        assert signed_in(role).get("/console/exports").status_code == 403


def test_erasing_needs_a_reason_and_leaves_only_the_code(signed_in, database, conversation):
    browser, path = signed_in("admin"), "/console/conversations/7/erase"
    assert browser.get(path).status_code == 200
    assert post(browser, path, path, reason="", sure="yes").status_code == 400
    assert post(browser, path, path, reason="asked by phone").status_code == 400
    assert post(browser, path, path, reason="0719 123 456", sure="yes").status_code == 400  # masked, it says nothing
    done = post(browser, path, path, reason="asked by phone", sure="yes")
    assert done.headers["location"] == "/console/"
    assert "ABCDEF" in browser.get("/console/").text
    with database.reading() as session:
        assert (
            session.query(Contact).count() == session.query(Message).count() == session.query(Conversation).count() == 0
        )
        entry = session.query(AuditEntry).filter_by(act="person_erased").one()
    assert (entry.target, entry.reason) == ("contact ABCDEF", "asked by phone")
    assert browser.get(path).status_code == 404
    assert signed_in("counsellor").get(path).status_code == 403


@pytest.mark.parametrize("until", ["9999-12-31", "0001-01-01", "2026-W48", ""])
def test_nothing_is_said_to_be_exported_that_was_not(signed_in, database, until):
    form = {"what": "messages", "since": "0001-01-01" if until.startswith("0") else "2026-11-01", "until": until}
    assert post(signed_in("admin"), "/console/exports", "/console/exports", **form).status_code == 400
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM audit_entries")).scalar() == 0
