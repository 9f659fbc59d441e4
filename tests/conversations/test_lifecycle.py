import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from bot.conversations import handoff, lifecycle, queues, records
from bot.conversations.desk_tables import Note, Queue, QueueEntry, Suggestion, Tag
from bot.conversations.erasure import scrub_if_due
from bot.conversations.tables import Conversation
from bot.knowledge.reply import Reply
from bot.registry.filing import FiledReport
from tests.conversations.desk import AMINA, NOW, SUNDAY, Engine, Office, turn

DAY = dt.timedelta(hours=25)


async def say(database, vault, store, one, channel="sms"):
    office = Office(database, vault, store, Engine(x=one))
    office.write("x", channel=channel)
    await office.answer()
    return office


@pytest.mark.parametrize(
    ("one", "queue"),
    [
        (turn("emergency", "utter_emergency"), Queue.EMERGENCY),
        (turn("talk_to_person", "utter_talk_to_person"), Queue.WANTS_PERSON),
        (turn("report_recruiter", filed=(FiledReport("R1", b"", False, "en"),)), Queue.REPORT),
        (turn("report_recruiter", filed=(FiledReport("R1", b"", True, "en"),)), None),
        (turn("nlu_fallback", "utter_did_you_mean", 0.3), Queue.UNANSWERED),
        (turn("nlu_fallback", "utter_not_understood", 0.3), Queue.UNANSWERED),
        (turn("recruitment_fees", confidence=0.4), Queue.UNSURE),
        (turn("recruitment_fees", confidence=0.9), None),
        (turn("inform_country", "utter_ask_risk", 0.2), None),  # an answer to a form's question
        (turn("out_of_scope", "utter_out_of_scope", 0.9), None),
    ],
)
async def test_a_turn_enters_the_queue_of_its_kind(database, vault, store, one, queue):
    office = await say(database, vault, store, one)
    assert office.waiting() == ({queue} if queue else set())


def test_asking_for_a_person_tells_when_one_is_there(office):
    notice = Reply("What I keep", (), "utter_privacy_notice")
    asked = replace(turn("talk_to_person"), replies=(notice, Reply("These can help", (), "utter_talk_to_person")))
    first, second = office.desk.add(asked, "sms", NOW).replies
    assert first == notice
    assert "can answer you here" in second.text
    assert "Monday 30 November" in office.desk.add(asked, "sms", SUNDAY).replies[1].text


@pytest.mark.parametrize(("channel", "offered"), [("web", True), ("telegram", True), ("sms", False)])
async def test_an_answer_that_did_not_help_can_be_said_so(database, vault, store, channel, offered):
    office = await say(database, vault, store, turn("recruitment_fees"), channel)
    shown = [title for title, _ in office.messages()[-1].choices]
    assert shown == (["This did not help"] if offered else [])
    if offered:
        office.write("1", channel=channel)
        await office.answer()
        assert office.waiting() == {Queue.UNHELPFUL}
        assert "Thank you" in office.told()[-1]


async def test_messages_of_a_day_are_one_conversation_and_silence_ends_it(office):
    office.write("one", at=NOW)
    office.write("two", at=NOW + dt.timedelta(hours=20))
    office.write("three", at=NOW + dt.timedelta(hours=20) + DAY)
    assert [place.state for place in office.conversations()] == ["closed", "open"]
    assert [message.conversation_id for message in office.messages()] == [1, 1, 2]


async def test_a_conversation_with_something_to_do_is_gone_on_with(office):
    office.write("help me he is beating me", at=NOW)
    office.write("later", at=NOW + DAY)
    assert len(office.conversations()) == 1


async def test_idle_conversations_close_by_themselves_unless_there_is_something_to_do(office):
    office.write("one")
    office.write("help me he is beating me", address="+254700000002")
    assert office.do(lifecycle.close_idle, NOW + DAY) == 1
    assert [place.state for place in office.conversations()] == ["closed", "open"]
    assert office.do(lifecycle.close_idle, NOW + DAY) == 0


async def test_a_repeat_opens_no_conversation(office):
    office.write("one", id="m1")
    place = office.conversations()[0]
    office.do(handoff.close, place.id, place.version, office.voice.person_gone, NOW, False)
    office.write("one", id="m1")
    assert len(office.conversations()) == 1
    office.write("two", id="m2")
    assert len(office.conversations()) == 2


async def test_closing_takes_it_from_every_queue_and_reopening_stops_at_a_newer_one(office):
    office.write("help me he is beating me")
    place = office.conversations()[0]
    office.do(handoff.close, place.id, place.version, office.voice.person_gone, NOW, False)
    assert office.waiting() == set()
    office.do(handoff.reopen, place.id, place.version + 1)
    assert office.conversations()[0].state == "open"
    office.do(handoff.close, place.id, place.version + 2, office.voice.person_gone, NOW, False)
    office.write("new")
    with pytest.raises(handoff.Refused):
        office.do(handoff.reopen, place.id, place.version + 3)


async def test_an_emergency_that_was_seen_is_raised_anew_by_the_next_call(office):
    office.write("help me he is beating me", id="1")
    place = office.conversations()[0]
    office.do(queues.see, place.id, AMINA, NOW)
    assert office.do(queues.counts).unseen == 0
    office.write("help me he is beating me", id="2", at=NOW + dt.timedelta(minutes=1))
    await office.answer()
    assert office.do(queues.counts).unseen == 1
    waiting, _ = office.do(queues.waiting, Queue.EMERGENCY)
    assert [found.message.provider_id for found in waiting] == ["2"]


async def test_erasing_takes_notes_tags_queues_and_suggestions_too(database, vault, store):
    erase = turn("erase_confirmed", "utter_erased", erase=True)
    office = Office(database, vault, store, Engine(erase=erase))
    office.write("my name is Wanjiru help me he is beating me")
    await office.answer()
    place, message = office.conversations()[0], office.messages()[0]
    office.do(records.note, place.id, AMINA, "called her", NOW)
    office.do(records.tag, place.id, "violence")
    office.do(records.suggest, place.id, message.id, "unpaid_wages", "en", AMINA, NOW)
    office.write("erase")
    await office.answer()
    with database.reading() as session:
        for table in (Conversation, Note, Tag, QueueEntry, Suggestion):
            assert session.execute(select(func.count()).select_from(table)).scalar_one() == 0
    assert office.told() == ["erase_confirmed"]
    scrub_if_due(database, NOW)
    if database.is_sqlite:  # nor is it in the index of words
        with database.reading() as session:
            blocks = session.execute(text("SELECT block FROM messages_search_data")).scalars().all()
        assert not any(b"wanjiru" in block for block in blocks)
    office.write("hello again")
    await office.answer()
    assert office.told()[-1] == "HELLO AGAIN"


def test_a_suggestion_keeps_the_text_redacted(office):
    office.write("call me on +254 712 345 678 about the fees")
    place, message = office.conversations()[0], office.messages()[0]
    office.do(records.suggest, place.id, message.id, "recruitment_fees", "en", AMINA, NOW)
    with office.database.reading() as session:
        (kept,) = session.execute(select(Suggestion)).scalars()
    assert (kept.topic, kept.language, kept.state) == ("recruitment_fees", "en", "open")
    assert "712" not in kept.text
    assert "about the fees" in kept.text


def test_replies_of_the_desk_have_the_labels_they_need(store):
    for language in store.current.languages:
        assert store.current.label("unhelpful", language)
        for canned in store.current.canned_replies.values():
            assert canned.text[language]
            assert canned.title[language]
