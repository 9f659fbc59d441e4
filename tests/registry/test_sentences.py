"""A listed name in a sentence: found as people ask for it, and never valid when a word beside it may be part of it."""

import datetime as dt

import pytest

from bot.registry.verdict import Ruling

FRESH = dt.date(2023, 4, 20)
"""A day on which the Bangladeshi list was new."""


SENTENCES = [
    ("I am in Kenya. Is Eastland Network verified?", "valid"),
    ("Hello! Is Eastland Network licensed? I live in Uganda. Thanks.", "valid"),
    ("Je suis au Kenya. Eastland Network est agréée ?", "valid"),
    ("Niko Uganda. Eastland Network ni halali?", "valid"),
    ("My friend works with Eastland Network. Is it licensed?", "valid"),
    ("Mon ami travaille avec Eastland Network. Est-ce légal ?", "valid"),
    ("My friend works with Zqwx Plorf. Eastland Network called. Is it licensed?", "imitation"),
    ("Dr. Eastland Network licensed?", "imitation"),
    ("New. Eastland Network licensed?", "imitation"),
    ("A. Eastland Network licensed?", "imitation"),
    ("Eastland Network. Kenya", "imitation"),
]


@pytest.mark.parametrize(("text", "ruling"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_a_sentence_beside_the_question_that_names_nobody_takes_nothing_from_the_name(registry, text, ruling):
    assert registry.check(text, FRESH).ruling.value == ruling


LOSES_A_PART = [
    "check Eastland Network Ltd. Kenya please", "Hello. Eastland Network Ltd. Kenya is verified? Thanks.",
    "Eastland Network Ltd. Kenya\nIs it licensed?", "Je suis au Kenya. Eastland Network Ltd. Kenya est agréée ?",
    "Is Eastland Network e filhos verified?", "A Eastland Network e filhos é licenciada?", "Ma Eastland Network",
    "is ma eastland network verified", "My Eastland Network licensed?",
    "La Eastland Network licensed?", "IS GOOD EASTLAND NETWORK LICENSED", "is good eastland network licensed",
    "is eastland network trust licensed", "check fine eastland network", "Is Royal licensed? Eastland Network",
    "Royal Eastland Network RL 0540", "Is Royal Eastland Network licence 0540 ok",
    "Eastland Network (B)", "is Eastland Network (B) licensed?", "Eastland Network (U)", "Eastland Network (K) Ltd",
    'Is my "Eastland Network" Safe licensed?', 'is my "eastland network" safe licensed?',
    'Is Safe "Eastland Network" licensed?', 'Is "Eastland Network" Agency licensed?', '"Eastland Network" Kenya',
    "Is Eastland Network na wana real", "Je Eastland Network na Wana wamesajiliwa?", "check eastland network na wana",
    "Is Eastland Network and Good licensed?", "is eastland network and trust licensed",
    "is eastland network and me licensed", "is true eastland network licensed",
    "My friend likes Good Eastland Network. Is it licensed?", "Eastland Network. Is Kenya licensed?",
    "Eastland Network. Good Is it licensed?", "Zqwx Plorf offered me a job. Is it licensed? Eastland Network is good.",
]  # fmt: skip


LOSES_A_PART_IN_SMALL_LETTERS = [
    "Eastland Network real estate", "Eastland Network safe travels", "is eastland network real estate licensed",
    "is eastland network works licensed", "eastland network legal services ok?", "eastland network true friends",
    "eastland network good hope agency", "is eastland network works ltd licensed", "eastland network salama travels",
    "eastland network boa viagem é licenciada", "eastland network bon voyage est agréée ?",
    "is eastland network by royal group licensed", "is eastland network called royal gulf licensed",
    "eastland network who merged with royal licensed", "IS EASTLAND NETWORK REAL ESTATE LICENSED?",
    "IS EASTLAND NETWORK MORNING LICENSED", "REAL EASTLAND NETWORK", "good eastland network", "real eastland network",
    "eastland network trust", "eastland network trust ni halali?", "report eastland network trust",
    "My brother went with good eastland network. Is it registered?",
]  # fmt: skip

NAMES_ANOTHER = [
    "My brother went with Royal Gulf. They work with Eastland Network. Is it registered?",
    "Eastland Network is now called Royal Recruiters. Is it licensed?",
    "Eastland Network is now royal recruiters. is it licensed?",
    "Royal Gulf says it is Eastland Network. Is it registered?",
]


@pytest.mark.parametrize("text", LOSES_A_PART + LOSES_A_PART_IN_SMALL_LETTERS + NAMES_ANOTHER)
def test_no_name_becomes_valid_by_losing_a_part(registry, text):
    assert registry.check(text, FRESH).ruling not in (Ruling.VALID, Ruling.STALE)


NATURAL = [
    "L'agence Eastland Network est agréée ?", "Agence Eastland Network agréée ?",
    "Wakala Eastland Network amesajiliwa?",
    "Kampuni ya Eastland Network imesajiliwa?", "A Eastland Network é licenciada?", "La Eastland Network est agréée ?",
    "eastland network e legal?", "check if eastland network is licensed", "Please check Eastland Network for me",
    "is the agency Eastland Network real or fake", "eastland network legit?",
    "eastland network good?", "is eastland network legit", "can i trust eastland network",
    "Tell me about Eastland Network, is it licensed", "Is it true Eastland Network is licensed?",
    "connaissez-vous Eastland Network, est-elle agréée ?", "l'agence s'appelle Eastland Network, c'est fiable ?",
    "confio na Eastland Network?", "Eastland Network called me. Is it real?",
    'is "Eastland Network" licensed?', '"Eastland Network". Is it licensed?',
    'Je, kampuni ya "Eastland Network" imesajiliwa?', 'is the agency "Eastland Network" registered in Kenya?',
    "Eastland Network na halali?", "Eastland Network au ni matapeli?", "Eastland Network ou c'est une arnaque ?",
    "tell me about Eastland Network and whether it is licensed", "verifique Eastland Network para mim",
    "I paid Eastland Network and I want to know if it is licensed", "Eastland Network (Pvt) Ltd",
    "Eastland Network RL/0540", "RL/0540", "leseni namba 0540",
    "their licence is 0540", "my licence number is 0540", "licence no: 0540", "Eastland Network agency RL 0540",
]  # fmt: skip


@pytest.mark.parametrize("text", NATURAL)
def test_a_listed_name_is_found_in_questions_as_people_ask_them(registry, text):
    verdict = registry.check(text, FRESH)
    assert (verdict.ruling, verdict.matches[0].name) == (Ruling.VALID, "Eastland Network")


@pytest.mark.parametrize(
    "text",
    [
        "I paid Eastland Network 500 dollars are they ok", "Eastland Network took 300, are they real?",
        "Is Eastland Network, Nairobi licensed?", "nimelipa Eastland Network shilingi 5000, ni halali?",
        "paguei 500 à Eastland Network em Janeiro, é séria?",
    ],
)  # fmt: skip
def test_a_name_among_other_words_is_at_least_alike(registry, text):
    assert "Eastland Network" in [hit.name for hit in registry.check(text, FRESH).matches]


@pytest.mark.parametrize(
    ("text", "ruling"),
    [("Saracen (U) Ltd", Ruling.STALE), ("Saracen Ltd", Ruling.STALE), ("Saracen (K) Limited", Ruling.IMITATION)],
)
def test_a_countrys_letter_in_a_name_is_no_other_countrys(registry, text, ruling):
    assert registry.check(text, FRESH).ruling is ruling
