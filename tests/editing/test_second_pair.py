import pytest

from bot.editing.second_pair import SecondPair, is_needed
from bot.editing.yaml_edit import set_values
from tests.editing.conftest import COUNTRY, TOPIC

CHANGES = [
    ({("languages", "en", "title"): "Fees"}, False),
    ({("languages", "en", "questions"): ["how much", "1500 dollars?"]}, False),
    ({("buttons",): ["menu", "emergency"]}, False),
    ({("sources", 0, "date"): "2024"}, True),
    ({("facts",): None}, True),
    ({("languages", "sw", "sms"): "Usilipe zaidi ya shilingi 5000 kwa wakala yeyote yule."}, True),
    ({("languages", "sw", "sms"): "Usilipe wakala yeyote yule kabla ya kuangalia orodha rasmi."}, False),
]


@pytest.mark.parametrize(("values", "needed"), CHANGES)
def test_sources_facts_and_numbers_need_a_second_pair_of_eyes(topic, values, needed):
    changed = set_values(topic, values)
    assert is_needed(SecondPair.FACTS, TOPIC, topic, changed) is needed
    assert is_needed(SecondPair.ALWAYS, TOPIC, topic, changed)
    assert not is_needed(SecondPair.NEVER, TOPIC, topic, changed)


def test_countries_help_in_danger_and_new_files_always_do(topic):
    assert is_needed(SecondPair.FACTS, COUNTRY, "country: KE", "country: KE\n")
    assert is_needed(SecondPair.FACTS, TOPIC, None, topic)
    assert is_needed(SecondPair.FACTS, "responses/emergency.yml", "a: b", "a: c")
    assert not is_needed(SecondPair.FACTS, "responses/dialogue.yml", "a: b", "a: c")


MOVED = [
    ("a: {text: '8 hours a day, 48 a week'}", "a: {text: '48 hours a day, 8 a week'}", True),
    ("a: {text: '8 hours'}\nb: {text: '48 a week'}", "b: {text: '48 a week'}\na: {text: '8 hours'}", False),
    ("a: [{text: 'call 112'}, {text: 'or 999'}]", "a: [{text: 'call 999'}, {text: 'or 112'}]", True),
]


@pytest.mark.parametrize(("old", "new", "needed"), MOVED)
def test_numbers_that_change_places_are_changed_facts(old, new, needed):
    assert is_needed(SecondPair.FACTS, "responses/dialogue.yml", old, new) is needed
