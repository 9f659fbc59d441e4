import datetime as dt

from bot.editing.differences import differences
from bot.editing.staleness import Kind, staleness
from bot.knowledge.reading import load


def test_what_is_past_its_date_is_counted_by_statement(root):
    knowledge = load(root)
    facts = len(knowledge.countries["KE"].facts)
    fine = staleness(knowledge, dt.date(2026, 11, 25))
    assert (fine.past, fine.past_count, fine.total) == ((), 0, facts + 1)
    soon = staleness(knowledge, dt.date(2027, 2, 24))
    assert [due.path for due in soon.soon] == ["countries/KE.yml"]
    assert soon.past == ()
    late = staleness(knowledge, dt.date(2027, 5, 25))
    assert [(due.kind, due.id, due.count) for due in late.past] == [
        (Kind.FACTS, "KE", facts),
        (Kind.TOPIC, "recruitment_fees", 1),
    ]
    assert late.past_count == facts + 1


def test_differences_show_changed_words_with_their_surroundings():
    old = "\n".join(["a", "b", "c", "pay 300 dollars", "d", "e", "f", "g"])
    lines = differences(old, old.replace("300", "400"))
    assert [line.sign for line in lines] == ["…", " ", " ", "-", "+", " ", " "]
    assert [(p.text, p.is_changed) for p in lines[4].pieces] == [("pay ", False), ("400", True), (" dollars", False)]
    assert differences(old, old) == []
