"""Which texts are said in every language, and by what name they are known."""

import pytest

from bot.editing.units import all_texts, texts_of
from bot.settings import ROOT
from tests.editing.conftest import COUNTRY, TOPIC

CODES = ("en", "fr", "pt", "sw")


def keys(path, text):
    return {unit.key: sorted(unit.texts) for unit in texts_of(path, text, CODES).units}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("languages: {en: {title: a, questions: [x]}, fr: {title: b}}", {"title": ["en", "fr"]}),
        ("u: {languages: {en: {text: a}}}\nv: {languages: {fr: {text: a}}}", {"u.text": ["en"], "v.text": ["fr"]}),
        ("facts: [{kind: hotline, name: N, text: {en: a, sw: b}}]", {"facts.[hotline N].text": ["en", "sw"]}),
        ("facts: [{name: N, text: {en: a}}, {name: N}]", {"facts.[1].text": ["en"]}),
        ("languages: {en: {translation: drafted}}", {}),
        ("languages: {en: {title: ''}}", {}),
        ("just text", {}),
        ("a: [", {}),
        ("when: 2026-13-45", {}),
    ],
)  # fmt: skip
def test_units(text, expected):
    assert keys("responses/x.yml", text) == expected


def test_a_fact_keeps_its_name_when_another_comes_before_it():
    first = "facts:\n- {name: N, text: {en: a}}\n"
    second = "facts:\n- {name: M, text: {en: b}}\n- {name: N, text: {en: a}}\n"
    assert keys(COUNTRY, first).items() <= keys(COUNTRY, second).items()


def test_all_content_is_there_in_every_language():
    found = all_texts(ROOT / "content", {}, CODES)
    assert sum(len(file.units) for file in found.values()) > 400
    lacking = [(unit.path, unit.key) for file in found.values() for unit in file.units if set(unit.texts) != {*CODES}]
    assert [place for place in lacking if not place[1].endswith(".sms")] == []
    assert len({(unit.path, unit.key) for file in found.values() for unit in file.units}) == sum(
        len(file.units) for file in found.values()
    )
    assert found[TOPIC].states.keys() == {*CODES}


def test_the_hash_follows_the_text_of_one_language():
    before = texts_of(TOPIC, "languages: {en: {title: a}, fr: {title: b}}", CODES)
    after = texts_of(TOPIC, "languages: {en: {title: a}, fr: {title: c}}", CODES)
    assert before.hash_of("en") == after.hash_of("en")
    assert before.hash_of("fr") != after.hash_of("fr")
