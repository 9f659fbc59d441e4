"""The desk's pages, without a browser: what they show to whom, and what they refuse."""

import html
import re

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.console.tables import AuditEntry
from bot.conversations.desk_tables import Queue, Tag
from bot.conversations.tables import Message
from bot.conversations.worker import now
from bot.safety.encryption import AddressVault
from tests.console.conftest import csrf, post
from tests.conversations.desk import Office

NINES = "9" * 30
HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "attribute": "\"' onmouseover=alert(1) x='",
    "template": "{{ 71111 * 71 }}{% raw %}",
    "turned": "refund \u202egpj.exe\u202c \u2066abc",
    "stacked": "Z" + "\u0301" * 400,
    "long": "passport " * 1200,
    "unbroken": "x" * 10_000,
}


@pytest.fixture
def office(database, settings, store):
    return Office(database, AddressVault(settings.address_secret()), store)


def acting(client, place, name, **fields):
    page = client.get(f"/console/conversations/{place}")
    version = re.search(r'name="version" value="(\d+)"', page.text).group(1)
    values = {"csrf": csrf(page), "version": version, **fields}
    return client.post(f"/console/conversations/{place}/{name}", data=values)


async def test_a_counsellors_day_without_script(signed_in, office, database):
    office.write("help me he is beating me, call +254 700 111 222")
    await office.answer()
    amina = signed_in("counsellor", "amina")
    queue = amina.get("/console/queues").text
    assert "Emergencies that nobody has looked at: 1" in queue
    assert "111 222" not in queue
    assert acting(amina, 1, "take").status_code == 303
    assert acting(amina, 1, "reply", text="I am here. Where are you?").status_code == 303
    assert acting(amina, 1, "note", note="she is in Doha").status_code == 303
    assert acting(amina, 1, "tag", tag="Violence").status_code == 303
    assert acting(amina, 1, "hand-back").status_code == 303
    assert acting(amina, 1, "close").status_code == 303
    page = amina.get("/console/conversations/1").text
    for expected in ("I am here. Where are you?", "she is in Doha", "violence", "waiting to be sent", "amina"):
        assert expected in page
    assert "nobody has looked at" not in amina.get("/console/queues").text
    assert "/console/conversations/1" in amina.get("/console/search?tag=violence&words=beating").text
    with database.reading() as session:
        acts = list(session.execute(select(AuditEntry.act).order_by(AuditEntry.id)).scalars())
    assert acts == ["taken_over", "handed_back", "conversation_closed"]


async def test_full_texts_are_for_who_may_and_says_why(signed_in, office, database):
    office.write("call me on +254 700 111 222")
    await office.answer()
    amina = signed_in("counsellor", "amina")
    assert "111 222" not in amina.get("/console/conversations/1").text
    assert acting(amina, 1, "unmask", reason=" ").status_code == 400
    shown = acting(amina, 1, "unmask", reason="to call her back")
    assert "111 222" in shown.text
    assert "+254700000001" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    with database.reading() as session:
        (entry,) = session.execute(select(AuditEntry)).scalars()
    assert (entry.act, entry.reason) == ("unmasked", "to call her back")
    assert "254" not in entry.target
    viewer = signed_in("viewer")
    assert post(viewer, "/console/conversations/1/unmask", reason="curious").status_code == 403


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_texts_are_shown_harmlessly(signed_in, office, kind):
    office.write(HOSTILE[kind], id=kind)
    await office.answer()
    amina = signed_in("counsellor")
    for path in ("/console/conversations/1", "/console/queues/all", "/console/search?channel=sms"):
        page = amina.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "onmouseover=alert(1) x='" not in page
        assert str(71111 * 71) not in page
        if kind == "template":
            assert HOSTILE[kind] in html.unescape(page)
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)
        assert "\u0301" * 4 not in page
    note = acting(amina, 1, "note", note=HOSTILE[kind][:1500])
    assert note.status_code == 303
    assert "<script>alert" not in amina.get("/console/conversations/1").text


async def test_a_colleague_was_faster_and_what_was_written_is_kept(signed_in, office):
    office.write("hello")
    await office.answer()
    amina, baraka = signed_in("counsellor", "amina"), signed_in("counsellor", "baraka")
    assert acting(amina, 1, "take").status_code == 303
    assert acting(baraka, 1, "take").status_code == 303  # knowingly: the page names amina
    refused = acting(amina, 1, "reply", text="a long and careful answer")
    assert refused.status_code == 409
    assert "a long and careful answer" in refused.text
    assert "You do not hold this conversation" in refused.text
    assert "a long and careful answer" not in office.told()


async def test_a_suggestion_and_a_dead_letter(signed_in, office, database):
    office.write("they kept my passport")
    await office.answer()
    amina = signed_in("counsellor", "amina")
    with database.transaction() as session:
        reply = session.execute(select(Message).where(Message.direction == "out")).scalar()
        reply.state, reply.error = "dead", "Twilio error 30003"
        incoming = session.execute(select(Message.id).where(Message.direction == "in")).scalar()
    assert "passport_confiscated" in amina.get(f"/console/conversations/1?teach={incoming}").text
    page = amina.get("/console/conversations/1").text
    assert "Twilio error 30003" in page
    sent = acting(amina, 1, "suggest", topic="passport_confiscated", language="en", message=str(incoming))
    assert sent.status_code == 303
    assert "should have been" in amina.get("/console/conversations/1").text
    assert acting(amina, 1, "suggest", topic="nonsense", language="en", message=str(incoming)).status_code == 400
    assert acting(amina, 1, "resend", message=str(reply.id)).status_code == 303
    assert [m.state for m in office.messages() if m.direction == "out"] == ["queued"]


async def test_a_viewer_sees_and_changes_nothing(signed_in, office):
    office.write("help me he is beating me")
    viewer = signed_in("viewer")
    page = viewer.get("/console/conversations/1").text
    assert "he is beating me" in page
    assert "Take over" not in page
    assert "Show everything" not in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("conversations/999", 404),
        ("conversations/99999999999999999999", 404),
        ("queues/nonsense", 404),
        ("queues/all?after=x~1", 400),
        ("queues/emergency?after=x~1", 400),
        ("search?words=x&before=-1", 400),
        ("search?since=9999-12-31&until=9999-12-31", 200),
        ("search?channel=sms&before=x~2", 400),
        ("search?channel=sms&before=2026-01-01~1", 400),
        (f"search?channel=sms&before=2026-01-01T00:00:00%2B00:00~{NINES}", 400),
        ("search?channel=sms&before=0001-01-01T00:00:00%2B14:00~1", 400),
        (f"search?words=help&before={NINES}", 400),
        ("queues/emergency?after=2026-01-01T00:00:00~1", 400),
        ("queues/all?after=2026-01-01T00:00:00~1", 400),
        (f"queues/emergency?after=2026-01-01T00:00:00%2B00:00~{NINES}", 400),
        (f"live?conversation={NINES}", 200),
        pytest.param("conversations/" + "9" * 5000, 404, id="5000 nines"),
        (f"content/revisions/{NINES}", 404),
        ("dashboard?since=0001-01-01&until=0001-01-02", 200),
        ("dashboard?since=9999-12-30&until=9999-12-31", 200),
    ],
)
def test_addresses_made_by_hand(signed_in, monkeypatch, path, status):
    monkeypatch.setattr("bot.console.live.LONGEST_S", 0.1)
    assert signed_in("viewer").get(f"/console/{path}").status_code == status


async def test_the_stream_of_live_updates_is_for_staff_and_ends_by_itself(signed_in, app, office, monkeypatch):
    monkeypatch.setattr("bot.console.live.LONGEST_S", 0.2)
    office.write("help me he is beating me")
    stream = signed_in("viewer").get("/console/live?conversation=1", headers={"accept": "text/event-stream"})
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert '"unseen": 1' in stream.text
    assert "beating" not in stream.text
    nobody = TestClient(app, follow_redirects=False)
    assert nobody.get("/console/live", headers={"sec-fetch-dest": "empty"}).status_code == 401


async def test_a_masked_number_cannot_be_read_by_searching(signed_in, office):
    office.write("My number is 0719 123 456", "m1")
    link = "/console/conversations/1"
    for role, expected in (("viewer", False), ("editor", False), ("counsellor", True)):
        browser = signed_in(role)
        assert (link in browser.get("/console/search?words=0719").text) is expected, role
        assert link in browser.get("/console/search?words=number").text, role


async def test_notes_and_tags_are_masked_too(signed_in, office, database):
    office.write("hello", "m1")
    amina, viewer = signed_in("counsellor", "amina"), signed_in("viewer")
    acting(amina, 1, "note", note="her number is +254 719 123 456")
    acting(amina, 1, "tag", tag="+254 719 123 457")
    acting(amina, 1, "tag", tag="doha")
    with database.transaction() as session:
        session.add(Tag(conversation_id=1, tag="254-719-123-458"))  # as it could be before
    for browser in (amina, viewer):
        page = browser.get("/console/conversations/1").text
        assert "her number is •••" in page
        assert ">doha<" in page
        assert not any(f"123{mark}45" in page for mark in " -+"), page
    assert "254-719" not in viewer.get("/console/search?words=x").text
    shown = acting(amina, 1, "unmask", reason="to call her back").text
    assert "+254 719 123 456" in shown
    assert "254-719-123-458" in shown
    assert "123-457" not in shown


@pytest.mark.parametrize("reason", ["\u200b" * 5, ".....", "aaaaaaaa", "\u3164" * 6, "a . . b", "- - - - - -"])
async def test_no_reason_is_no_reason(signed_in, office, reason):
    office.write("call me on +254 719 123 456", "m1")
    assert acting(signed_in("counsellor"), 1, "unmask", reason=reason).status_code == 400
    assert acting(signed_in("admin"), 1, "erase", reason=reason, sure="yes").status_code == 400


@pytest.mark.parametrize(("act", "fields"), [("disable", {}), ("role", {"role": "viewer"})])
async def test_who_may_answer_no_longer_holds_nobody(signed_in, office, act, fields):
    office.write("hello", "m1")
    await office.answer()
    amina, admin = signed_in("counsellor", "amina"), signed_in("admin")
    acting(amina, 1, "take")
    holder = office.conversations()[0].holder_id
    post(admin, f"/console/staff/{holder}/role", "/console/staff", role="counsellor")
    assert not office.waiting(), "the new role may answer too"
    assert post(admin, f"/console/staff/{holder}/{act}", "/console/staff", **fields).status_code == 303
    assert office.waiting() == {Queue.WANTS_PERSON}
    office.do(office.desk.tidy, now())
    assert office.conversations()[0].holder_id is None
    office.write("are you there?", "m2", at=now())
    await office.answer()
    assert office.told()[-1] == "ARE YOU THERE?"


async def test_a_note_sent_twice_is_kept_once(signed_in, office):
    office.write("hello", "m1")
    amina = signed_in("counsellor", "amina")
    for text in ("she is in Doha", "she is in Doha", "her sister wrote", "she is in Doha"):
        assert acting(amina, 1, "note", note=text).status_code == 303
    assert amina.get("/console/conversations/1").text.count("she is in Doha") == 2


async def test_a_message_that_cannot_be_is_not_taught(signed_in, office):
    office.write("hello", "m1")
    for wanted in (NINES, "9" * 5000, "²"):
        assert signed_in("counsellor").get(f"/console/conversations/1?teach={wanted}").status_code == 200
