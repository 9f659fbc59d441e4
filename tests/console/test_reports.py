"""Reports about recruiters as staff read them: found, masked, unmasked for a reason, worked through."""

import datetime as dt
import html
import re

import pytest
from sqlalchemy import select

from bot.console.reports import PAGE_LENGTH
from bot.console.tables import AuditEntry
from bot.conversations import erasure
from bot.conversations.desk_tables import Queue, QueueEntry
from bot.conversations.tables import Contact
from bot.conversations.turn import Turn
from bot.knowledge.reply import Reply
from bot.registry import filing
from bot.registry.tables import Report
from bot.safety.encryption import AddressVault
from tests.console.conftest import post
from tests.console.test_desk import HOSTILE
from tests.conversations.desk import Engine, Office

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.timezone.utc)
PHONE, NAME, FIRM = "+254 719 123 456", "Brian Otieno", "Gulf Bridge Ltd"
TOLD = {
    "what": f"He took 90000 shillings and my passport. My name is Amina Wanjiku, call {PHONE}",
    "who": f"an agent called {NAME} of {FIRM}, {PHONE}",
    "where": "Mombasa, Kenya",
    "money": "report_none",
    "contact": "report_anonymous",
}
LIST = "/console/reports"


@pytest.fixture
def office(database, settings, store):
    return Office(database, AddressVault(settings.address_secret()), store)


@pytest.fixture
def filed(database, office):
    """filed(who="…") is the number of a new report in which that was told; `vault` encrypts it."""

    def file(reference="R7K3MQX", at=NOW, vault=office.vault, language="en", **told):
        told = filing.report(vault, {**TOLD, **told}, True, language).told
        with database.transaction() as session:
            report = Report(reference=reference, language=language, told=told, state="new", created_at=at)
            session.add(report)
            session.flush()
            return report.id

    return file


def audit(database):
    with database.reading() as session:
        query = select(AuditEntry.act, AuditEntry.target, AuditEntry.reason).order_by(AuditEntry.id)
        return [tuple(row) for row in session.execute(query)]


def state_of(database, id):
    with database.reading() as session:
        return session.get(Report, id).state


def readable(page):
    """The page's words, without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.mark.parametrize("role", ["viewer", "counsellor", "editor", "registry", "admin"])
def test_an_anonymous_report_is_listed_and_read_masked(signed_in, filed, role):
    id = filed()
    browser = signed_in(role)
    assert 'href="/console/reports"' in browser.get("/console/").text
    listed, one = browser.get(LIST), browser.get(f"{LIST}/{id}")
    assert f'href="{LIST}/{id}"' in listed.text
    for expected in ("R7K3MQX", "New reports: 1", "anonymous", "English", FIRM):
        assert expected in readable(listed), expected
    for expected in (
        "What happened",
        "took 90000 shillings",
        "Mombasa, Kenya",
        "Nothing was paid",
        "Stay anonymous",
        FIRM,
    ):
        assert expected in readable(one), expected
    assert "/console/conversations/" not in one.text
    for page in (listed, one):
        for hidden in (PHONE, "123 456", NAME, "Otieno", "Wanjiku"):
            assert hidden not in page.text, hidden
        assert "•••" in page.text


@pytest.mark.parametrize("typed", ["R7K3MQX", "r7k3mqx", "  r7k 3mqx ", "R7K-3MQX."])
def test_a_report_is_found_by_its_reference_however_it_is_typed(signed_in, filed, typed):
    filed()
    filed("ZZZZZZZ")
    page = signed_in("viewer").get(LIST, params={"reference": typed})
    assert "R7K3MQX" in page.text
    assert "ZZZZZZZ" not in page.text


@pytest.mark.parametrize("typed", ["R7K3MQY", "...", "%", "R7K", "'; DROP TABLE recruiter_reports; --", "x" * 5000])
def test_what_is_no_reference_finds_nothing(signed_in, filed, typed):
    filed()
    page = signed_in("viewer").get(LIST, params={"reference": typed})
    assert page.status_code == 200
    assert "No report fits" in page.text
    assert f"{LIST}/1" not in page.text


def test_the_newest_come_first_a_page_at_a_time_and_by_state(signed_in, filed, database):
    viewer = signed_in("viewer")
    assert "Nobody has reported a recruiter yet" in viewer.get(LIST).text
    for number in range(PAGE_LENGTH + 3):
        filed(f"N{number:06}", NOW + dt.timedelta(minutes=number // 2))  # two at a time: pages meet between equals
    first = viewer.get(LIST).text
    seen = re.findall(r"N\d{6}", first)
    assert len(seen) == PAGE_LENGTH
    assert f"New reports: {PAGE_LENGTH + 3}" in first
    older = html.unescape(re.search(r'href="([^"]*before=[^"]*)"', first).group(1))
    seen += re.findall(r"N\d{6}", viewer.get(older).text)
    assert seen == [f"N{number:06}" for number in reversed(range(PAGE_LENGTH + 3))]
    post(signed_in("counsellor"), f"{LIST}/1/done")
    assert re.findall(r"N\d{6}", viewer.get(f"{LIST}?state=done").text) == ["N000000"]
    assert "No report fits" in viewer.get(f"{LIST}?state=new&reference=N000000").text


def test_everything_is_shown_to_who_may_and_says_why(signed_in, filed, database):
    id = filed()
    amina = signed_in("counsellor")
    for reason in ("", ".....", "\u200b" * 6):
        refused = post(amina, f"{LIST}/{id}/unmask", reason=reason)
        assert refused.status_code == 400
        assert "Say in a few words" in refused.text
        assert "123 456" not in refused.text
    assert audit(database) == []
    shown = post(amina, f"{LIST}/{id}/unmask", reason=f"to warn others of {PHONE}")
    assert shown.headers["cache-control"] == "no-store"
    for expected in (PHONE, NAME, "Amina Wanjiku"):
        assert expected in shown.text
    assert audit(database) == [("unmasked", "report R7K3MQX", "to warn others of •••")]
    assert "123 456" not in amina.get(f"{LIST}/{id}").text, "a look lasts one page"
    for role in ("viewer", "editor", "registry"):
        browser = signed_in(role)
        assert "Show everything" not in browser.get(f"{LIST}/{id}").text
        assert post(browser, f"{LIST}/{id}/unmask", reason="curious about it").status_code == 403
    assert len(audit(database)) == 1


def test_a_report_is_seen_done_and_reopened(signed_in, filed, database):
    id = filed()
    amina = signed_in("counsellor", "amina")
    for act, state, count in (("seen", "seen", 0), ("done", "done", 0), ("reopen", "new", 1), ("done", "done", 0)):
        sent = post(amina, f"{LIST}/{id}/{act}")
        assert sent.status_code == 303, act
        assert sent.headers["location"] == f"{LIST}/{id}"
        assert state_of(database, id) == state
        assert f"New reports: {count}" in amina.get(LIST).text
    acts = ["report_seen", "report_done", "report_reopened", "report_done"]
    assert audit(database) == [(act, "report R7K3MQX", None) for act in acts]
    assert "marked a report as done" in signed_in("admin").get("/console/audit").text


def test_an_old_page_takes_nothing_back(signed_in, filed, database):
    id = filed()
    amina, baraka = signed_in("counsellor", "amina"), signed_in("counsellor", "baraka")
    post(amina, f"{LIST}/{id}/done")
    post(baraka, f"{LIST}/{id}/seen")
    assert "A colleague was faster" in baraka.get(f"{LIST}/{id}").text
    assert state_of(database, id) == "done"
    assert [act for act, _, _ in audit(database)] == ["report_done"]


@pytest.mark.parametrize("role", ["viewer", "editor", "registry"])
def test_who_may_not_answer_changes_no_state(signed_in, filed, database, role):
    id = filed()
    browser = signed_in(role)
    assert "Mark as" not in browser.get(f"{LIST}/{id}").text
    for act in ("seen", "done", "reopen"):
        assert post(browser, f"{LIST}/{id}/{act}").status_code == 403
    assert state_of(database, id) == "new"


@pytest.mark.parametrize("id", ["999", "0", "9" * 18, "9" * 30, "x", "-1"])
def test_a_report_that_is_not_there_is_not_found(signed_in, filed, database, id):
    filed()
    admin = signed_in("admin")
    assert admin.get(f"{LIST}/{id}").status_code == 404
    for act in ("unmask", "seen", "done", "reopen"):
        assert post(admin, f"{LIST}/{id}/{act}", reason="to see who it was").status_code == 404
    assert audit(database) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("before=x~1", 400),
        ("before=2026-01-01T00:00:00~1", 400),
        ("before=2026-01-01T00:00:00%2B00:00~1", 200),
        ("state=nonsense", 200),
        ("reference=%00%ed%a0%80", 200),
    ],
)
def test_addresses_made_by_hand(signed_in, filed, query, status):
    filed()
    assert signed_in("viewer").get(f"{LIST}?{query}").status_code == status


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("unmasked", [False, True])
def test_hostile_texts_are_shown_harmlessly(signed_in, filed, kind, unmasked):
    text = HOSTILE[kind]
    id = filed(language="<b>", **dict.fromkeys([*TOLD, "own_question"], text))
    admin = signed_in("admin")
    one = post(admin, f"{LIST}/{id}/unmask", reason="to look at it") if unmasked else admin.get(f"{LIST}/{id}")
    assert one.status_code == 200
    for page in (admin.get(LIST).text, admin.get(LIST, params={"reference": text[:300]}).text, one.text):
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<b>" not in page
        assert "onmouseover=alert(1) x='" not in page
        assert str(71111 * 71) not in page
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)
        assert "\u0301" * 4 not in page
    assert "own question" in one.text
    if kind == "unbroken":
        assert text in one.text, "a long text is whole"
        assert text not in admin.get(LIST).text, "the list shows its beginning"


def test_a_report_under_another_secret_says_so(signed_in, filed, vault):
    filed("READABL")
    id = filed("OTHERKY", vault=vault)
    admin = signed_in("admin")
    listed, one = admin.get(LIST), admin.get(f"{LIST}/{id}")
    assert "cannot be read" in listed.text
    assert FIRM in listed.text, "the others are listed all the same"
    assert one.status_code == 200
    assert "stored under another secret" in one.text
    assert "Show everything" not in one.text
    assert "stored under another secret" in post(admin, f"{LIST}/{id}/unmask", reason="to look at it").text
    assert post(admin, f"{LIST}/{id}/seen").status_code == 303


async def test_who_can_be_asked_is_led_to_until_they_are_forgotten(signed_in, office, store, database):
    report = filing.report(office.vault, {**TOLD, "contact": "report_answer_here"}, False, "sw")
    turn = Turn((Reply("ok"),), "{}", "sw", "report_recruiter", 1.0, filed=(report,))
    office = Office(database, office.vault, store, Engine(report=turn))
    office.write("report")
    await office.answer()
    viewer = signed_in("viewer")
    page = viewer.get(f"{LIST}/1")
    assert "can be asked in the chat" in page.text
    assert 'href="/console/conversations/1"' in page.text
    assert "Kiswahili" in page.text
    with database.reading() as session:
        assert session.execute(select(QueueEntry.queue)).scalars().all() == [Queue.REPORT.value]
        contact_id = session.execute(select(Contact.id)).scalar()
    with database.transaction() as session:
        erasure.erase_contact(session, contact_id, NOW)
    page = viewer.get(f"{LIST}/1")
    assert "tied to nobody" in page.text
    assert "/console/conversations/" not in page.text
    assert "Mombasa, Kenya" in page.text


def test_a_number_left_for_staff_is_masked_like_any_other(signed_in, filed):
    id = filed(contact=f"call me on {PHONE}", who="")
    viewer = signed_in("viewer")
    assert "wrote how to be reached" in viewer.get(LIST).text
    page = viewer.get(f"{LIST}/{id}")
    assert "wrote how to be reached" in page.text
    assert "call me on •••" in page.text


@pytest.mark.parametrize(("language", "label"), [("fr", "Recruteur"), ("pt", "Recrutador"), ("sw", "Wakala")])
def test_a_report_reads_in_the_readers_language(signed_in, filed, database, language, label):
    id = filed()
    browser = signed_in("viewer")
    post(browser, "/console/account/language", language=language)
    page = browser.get(f"{LIST}/{id}").text
    assert f'<html lang="{language}">' in page
    assert label in page
    assert "Nothing was paid" not in page
