"""What a few words of a report answer by themselves, and what a story names."""

import pytest

from bot.knowledge.store import shared_store
from bot.registry.query import load_cues
from bot.registry.told_early import MONEY, WHERE, WHO, Early, sum_told
from bot.settings import ROOT

CONTENT = ROOT / "content"


@pytest.fixture(scope="module")
def early(registry):
    return Early(registry, shared_store(CONTENT).current, load_cues(CONTENT))


ALONE = {
    WHO: [
        "Musa Wangari", "Wanjiru Nyambura", "Joseph", "bwana musa", "Sahara Recruitment Agency", "Agence Baobab",
        "Agência Sol Nascente", "Wakala Juma", "Sr. Abdul", "M. Jean Kouassi", "Mombasa Recruitment Agency",
        "skill dove ltd", "0712 345678", "+254 712 345678", "Musa Wangari 0712345678",
    ],
    WHERE: [
        "Mombasa", "nairobi", "Nampula", "Saudi Arabia", "in Nairobi at Moi Avenue", "Nairobi, Kenya", "Nairobi Kenya",
        "Abidjan, Côte d'Ivoire", "à Lomé", "em Maputo", "huko Dar es Salaam", "mjini Mombasa", "Arabie saoudite",
    ],
    MONEY: [
        "35000 ksh", "35000", "35,000/=", "KES 35 000", "$500", "I paid 35000", "two thousand dollars",
        "2 millions de FCFA",
        "deux cent mille francs", "j'ai payé 50000", "100 mil meticais", "mil e quinhentos meticais", "paguei 35 mil",
        "laki 2", "nilitoa laki mbili", "nilimpa elfu thelathini na tano",
    ],
    None: [
        "they took my passport", "He Lied", "THEY TOOK MY MONEY", "Passport Taken", "Fake Visa", "fake agency",
        "No Job",
        "Human Trafficking", "Child Labour", "Agency Closed", "Wakala Alitoroka", "Victoria", "Faux Visa",
        "Trabalho Falso", "alinidanganya", "alikimbia wakala", "madam alinipiga", "Vitisho", "Menaces",
        "Recruitment Agency", "Florence", "mercy", "Musa in Nairobi", "I paid the agent 35000 ksh",
        "took 35000 from me",
        "he promised a job in Dubai", "2024", "12/10/2024", "50", "1000 times", "Mombasa?", "yes", "hapana",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "question"), [(text, question) for question, texts in ALONE.items() for text in texts], ids=str
)
def test_only_what_is_surely_an_answer_by_itself_is_one(early, text, question):
    assert early.question(text, "report_what") == question


@pytest.mark.parametrize(
    ("text", "asked", "question"),
    [
        ("12500", WHO, None),
        ("12500 ksh", WHO, MONEY),
        ("Kariakoo Sokoni", WHERE, None),
        ("Musa Wangari", WHERE, WHO),
        ("Sahara Recruitment Agency", WHERE, WHO),
    ],
)
def test_what_may_answer_the_open_question_is_left_to_it(early, text, asked, question):
    assert early.question(text, asked) == question


@pytest.mark.parametrize(
    ("story", "firm"),
    [
        ("Musa of Sahara Agency in Nairobi took 35000 from me", "Musa of Sahara Agency"),
        ("L'agence Sahara m'a pris 200 000 FCFA", "agence Sahara"),
        ("a agência Sol Nascente levou 35 mil meticais", "agência Sol Nascente"),
        ("nilimpa Bwana Juma pesa, hakuna kazi", "Bwana Juma"),
        ("Skill Dove Ltd, Sahara Agency. Gulf Manpower took my money", None),
        ("My Agency lied about the job in Dubai", None),
        ("THE SAHARA AGENCY TOOK MY MONEY", None),
    ],
)
def test_one_firm_or_person_is_found_in_a_story(early, story, firm):
    assert early.firm(story) == firm


@pytest.mark.parametrize(
    ("story", "told"),
    [
        ("took 35000 ksh from me and my passport", "35000 ksh"),
        ("paguei 35 mil meticais ontem", "35 mil meticais"),
        ("m'a pris 200 000 FCFA", "200 000 FCFA"),
        ("nilitoa laki 2", "laki 2"),
        ("first 500 dollars, then 300 dollars", None),
        ("there were all 300 of us in 2024", None),
    ],
)
def test_one_sum_with_its_currency_is_found_in_a_story(story, told):
    assert sum_told(story) == told
