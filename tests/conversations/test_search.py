import datetime as dt

import pytest

from bot.conversations import records, search
from bot.conversations.search import Wanted, find
from tests.conversations.desk import AMINA, NOW, Engine, Office, turn

DAY = dt.timedelta(days=1)


@pytest.fixture
async def office(database, vault, store):
    office = Office(database, vault, store, Engine(**{"Taxas do recrutador": turn("recruitment_fees")}))
    office.write("They took my passport", "m1", "+254700000001", at=NOW - 3 * DAY)
    office.write("Ninaogopa kusafiri", "m2", "+254700000002", at=NOW - DAY)
    office.write("Taxas do recrutador", "m3", "+258840000003", "whatsapp")
    office.write("Não posso sair: o patrão ficou com o passaporte", "m4", "+258840000004", "whatsapp")
    await office.answer()
    office.do(records.tag, 2, "Follow Up")
    office.do(records.assign, 3, AMINA, 1)
    return office


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(words="passport"), [1]),
        (Wanted(words="PASSPORT took"), [1]),
        (Wanted(words="passp"), [1]),
        (Wanted(words="nao patrao"), [4]),
        (Wanted(words="PATRÃO"), [4]),
        (Wanted(words="pass"), [4, 1]),
        (Wanted(words="passport salary"), []),
        (Wanted(words="o"), [4]),
        (Wanted(words='"; DROP TABLE messages; -- *'), []),
        (Wanted(words="%"), []),
        (Wanted(words="pass", channel="sms"), [1]),
        (Wanted(topic="recruitment_fees"), [3]),
        (Wanted(words="taxas", topic="recruitment_fees"), [3]),
        (Wanted(words="passport", topic="recruitment_fees"), []),
        (Wanted(channel="whatsapp"), [4, 3]),
        (Wanted(language="fr"), []),
        (Wanted(state="open"), [4, 3, 2, 1]),
        (Wanted(tag="follow-up"), [2]),
        (Wanted(assigned_id=AMINA), [3]),
        (Wanted(until=NOW - 2 * DAY), [1]),
        (Wanted(), [4, 3, 2, 1]),
    ],
)
async def test_conversations_are_found(office, wanted, found):
    assert [one.conversation.id for one in office.do(find, wanted).items] == found


async def test_pages_follow_each_other_without_gaps(office, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 2)
    monkeypatch.setattr(search, "LOOKED_AT", 3)
    for wanted in (Wanted(), Wanted(words="pass"), Wanted(words="ta")):
        seen, before = [], ""
        for _ in range(5):
            results = office.do(find, wanted, before)
            seen += [one.conversation.id for one in results.items]
            before = results.before
            if not before:
                break
        assert before is None
        assert len(seen) == len(set(seen)) == {"": 4, "pass": 2, "ta": 0}[wanted.words]


async def test_what_the_bot_said_is_not_searched_but_what_staff_wrote_is(office):
    assert office.do(find, Wanted(words="ninaogopa")).items
    office.take(place=office.conversations()[3])
    office.reply("Zebra crossing")
    assert [one.conversation.id for one in office.do(find, Wanted(words="zebra")).items] == [4]
    assert not office.do(find, Wanted(words="machine")).items


@pytest.mark.parametrize("words", ["071", "0719", "+254", "254", "wanjiru", "number wan"])
async def test_what_is_masked_is_not_found_by_who_sees_it_masked(office, words):
    office.write("My number is 0719 123 456, call +254719123456", "m5", "+254700000005")
    office.write("My name is Amina Wanjiru, number unknown", "m6", "+254700000006")
    assert office.do(find, Wanted(words=words), masked=True).items == ()


@pytest.mark.parametrize(("words", "found"), [("number", [5]), ("NUM call", [5]), ("nao patrao", [4]), ("o", [4])])
async def test_what_is_left_is_found(office, words, found):
    office.write("My number is 0719 123 456, call me", "m5", "+254700000005")
    assert [one.conversation.id for one in office.do(find, Wanted(words=words), masked=True).items] == found
