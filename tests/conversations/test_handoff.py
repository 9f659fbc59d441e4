import asyncio
import datetime as dt
import threading

import pytest

from bot.channels.protocol import Command
from bot.conversations import claiming, closing, handoff
from bot.conversations.desk_tables import Queue
from bot.conversations.handoff import Refusal, Refused
from bot.conversations.turn import WITH_PERSON, silence
from bot.conversations.worker import Worker, now
from tests.conversations.desk import AMINA, BARAKA, HALF_AN_HOUR, NOW, SUNDAY, Engine, Office, turn


async def test_the_bot_is_silent_while_staff_hold_the_conversation_and_says_so_before_and_after(office):
    office.write("hello")
    await office.answer()
    office.take()
    office.write("is a person there?")
    await office.answer()
    assert office.engine.asked == ["hello"]
    office.reply("Yes, how can I help?")
    office.hand_back()
    office.write("thanks")
    await office.answer()
    hello, here, yes, gone, thanks = office.told()
    assert (hello, yes, thanks) == ("HELLO", "Yes, how can I help?", "THANKS")
    assert "person from our office" in here
    assert "answer again" in gone
    assert [m.intent for m in office.messages() if m.direction == "in"] == ["greet", WITH_PERSON, "greet"]
    assert {m.state for m in office.messages() if m.direction == "in"} == {"answered"}


async def test_a_call_for_help_is_answered_at_once_whoever_holds_the_conversation(database, vault, store):
    text = "he is beating me help"
    office = Office(database, vault, store, Engine(**{text: turn("emergency", "utter_emergency")}))
    office.write("hello")
    await office.answer()
    office.take()
    office.write(text)
    assert office.waiting() == {Queue.EMERGENCY}  # before anything is answered
    await office.answer()
    assert office.told()[-1] == "emergency"


async def test_two_staff_cannot_answer_the_same_person(office):
    office.write("hello")
    await office.answer()
    seen = office.conversations()[0].version
    office.take(AMINA)
    with pytest.raises(Refused) as refused:
        office.take(BARAKA, version=seen)
    assert refused.value.why is Refusal.CHANGED
    with pytest.raises(Refused) as refused:
        office.reply("me too", staff=BARAKA)
    assert refused.value.why is Refusal.NOT_HOLDER
    version = office.conversations()[0].version
    office.reply("once", version=version)
    with pytest.raises(Refused):  # the same form posted twice
        office.reply("once", version=version)
    assert office.told().count("once") == 1


async def test_a_colleague_may_take_over_knowingly_and_the_person_hears_it_once(office):
    office.write("hello")
    await office.answer()
    office.take(AMINA)
    office.take(BARAKA)
    assert office.conversations()[0].holder_id == BARAKA
    assert len(office.told()) == 2


async def test_an_answer_in_the_making_is_dropped_when_staff_take_over(office):
    office.write("hello")
    await office.answer()
    office.write("what are the fees")
    office.engine.meanwhile = office.take
    await office.answer()
    assert office.told()[:1] == ["HELLO"]
    assert len(office.told()) == 2  # the second is that a person is here
    assert office.messages()[2].intent == WITH_PERSON


async def test_a_message_that_was_left_to_staff_is_answered_when_they_hand_back_meanwhile(database, vault, store):
    office = Office(database, vault, store)
    office.write("hello")
    await office.answer()
    office.take()
    office.write("what are the fees")
    claimed = office.do(claiming.claim, NOW)
    assert claimed.held
    office.hand_back()
    with pytest.raises(closing.HandedBack):
        office.do(closing.close, claimed, silence("en"), NOW)
    office.do(claiming.put_back, claimed, now(), dt.timedelta(0))
    await office.answer()
    assert office.told()[-1] == "WHAT ARE THE FEES"


async def test_nothing_is_lost_or_answered_twice_while_staff_come_and_go(database, vault, store):
    """Messages arrive, two workers answer, staff take over and hand back, all at the same time."""
    office = Office(database, vault, store)
    office.write("hello")
    await office.answer()
    done = threading.Event()

    def people():
        for number in range(40):
            office.write(f"message {number}", address=f"+25470000000{number % 2 + 1}")
        done.set()

    def staff():
        while not done.is_set():
            place = office.conversations()[0]
            if place.holder_id is None:
                office.take(place=place)
            else:
                office.do(handoff.hand_back, place.id, AMINA, place.version, office.voice.person_gone, NOW)

    async def work():
        worker = Worker(database, office.engine, None, office.desk)
        while not done.is_set() or await worker.answer_some():
            await worker.answer_some()

    await asyncio.gather(asyncio.to_thread(people), asyncio.to_thread(staff), work(), work())
    await office.answer()
    incoming = [m for m in office.messages() if m.direction == "in"]
    assert len(incoming) == 41
    assert {m.state for m in incoming} == {"answered"}
    answers = {m.id: [o.text for o in office.messages() if o.reply_to == m.id] for m in incoming}
    for message in incoming:
        expected = [] if message.intent == WITH_PERSON else [message.text.upper()]
        assert answers[message.id] == expected
    assert len({m.intent for m in incoming}) == 2  # both happened


async def test_a_conversation_left_alone_goes_back_to_the_bot(office):
    office.write("hello")
    await office.answer()
    office.take()
    office.reply("one moment")
    later = NOW + HALF_AN_HOUR + dt.timedelta(seconds=1)
    assert office.do(office.desk.tidy, NOW) == 0
    assert office.do(office.desk.tidy, later) == 1
    assert "answer again" in office.told()[-1]
    assert office.waiting() == set()


async def test_who_got_no_answer_is_told_when_somebody_will_be_there_and_waits_since_then(office):
    office.write("hello", at=SUNDAY)
    await office.answer()
    office.take(at=SUNDAY)
    office.write("are you there?", at=SUNDAY)
    await office.answer()
    assert office.do(office.desk.tidy, SUNDAY + dt.timedelta(hours=1)) == 1
    assert "Monday 30 November, 08:00 (Nairobi)" in office.told()[-1]
    assert office.waiting() == {Queue.WANTS_PERSON}


async def test_whatsapp_outside_its_window_is_refused_without_a_template(office):
    office.write("hello", channel="whatsapp", at=NOW - dt.timedelta(hours=25))
    await office.answer()
    office.take()
    with pytest.raises(Refused) as refused:
        office.reply("sorry for the wait")
    assert refused.value.why is Refusal.WINDOW_CLOSED
    assert office.told() == ["HELLO"]  # nor is it said that a person is here
    office.reply("sorry for the wait", template=True)
    assert office.told()[-1] == "sorry for the wait"


async def test_nothing_is_written_to_who_said_stop(office):
    office.write("hello")
    await office.answer()
    office.write("stop", command=Command.STOP)
    office.take()
    with pytest.raises(Refused) as refused:
        office.reply("please listen")
    assert refused.value.why is Refusal.OPTED_OUT


async def test_help_and_more_are_answered_even_while_staff_hold_the_conversation(office):
    office.write("hello")
    await office.answer()
    office.take()
    office.write("help", command=Command.HELP)
    await office.answer()
    assert "STOP ends" in office.told()[-1]


async def test_a_long_reply_by_sms_goes_on_with_more(office):
    office.write("hello")
    await office.answer()
    office.take()
    office.reply("\n".join(f"line {number} of what a counsellor has to say" for number in range(40)))
    assert office.told()[-1].endswith("Reply MORE for the rest")
    office.write("more", command=Command.MORE)
    await office.answer()
    assert "line 39" in " ".join(office.told()[-1:]) or office.told()[-1].endswith("Reply MORE for the rest")
