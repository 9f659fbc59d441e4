"""Places as people write them; the finder is that of the real content."""

import pytest

from bot.knowledge.places import Place
from bot.knowledge.reading import load


@pytest.fixture(scope="module")
def finder(content_dir):
    return load(content_dir).places


NAMED = {
    "niko Mbeya": ("TZ", "Mbeya"),
    "nipo Mwanza, ofisi yenu iko wapi": ("TZ", "Mwanza"),
    "Nataka kuja ana kwa ana. Niko upande wa Gulu, wapi ni jirani?": ("UG", "Gulu"),
    "I am in Ndola, is there an MRC around here?": ("ZM", "Ndola"),
    "which centre is close to me, i stay in tamale": ("GH", "Tamale"),
    "où est le centre pour migrants le plus proche de Garoua ?": ("CM", "Garoua"),
    "je suis à Bouaké, ya un bureau ?": ("CI", "Bouaké"),
    "y a un centre pour migrants vers Goma ou Bukavu ?": ("CD", "Goma"),
    "Estou em Lubango, onde posso ir?": ("AO", "Lubango"),
    "Lisbonne": ("PT", "Lisbon"),
    "lisboa": ("PT", "Lisbon"),
    "cidade do cabo": ("ZA", "Cape Town"),
    "le cap": ("ZA", "Cape Town"),
    "joburg": ("ZA", "Johannesburg"),
    "thies": ("SN", "Thiès"),
    "office in Dadaab": ("KE", "Dadaab"),
    "Mbeia": ("TZ", "Mbeya"),
    "Nairobbi": ("KE", "Nairobi"),
    "jonesburg": ("ZA", "Johannesburg"),
    "dar es salam": ("TZ", "Dar es Salaam"),
    "antanarivo": ("MG", "Antananarivo"),
    "Afrique du Sud": ("ZA", None),
    "Afrika Kusini": ("ZA", None),
    "tanzenia": ("TZ", None),
    "kenia": ("KE", None),
}


@pytest.mark.parametrize(("text", "expected"), NAMED.items(), ids=NAMED)
def test_a_place_is_found_in_any_spelling(finder, text, expected):
    place = finder.find(text)
    assert (place.country, place.city and place.city.name) == expected


def test_towns_and_countries_are_taken_for_what_most_people_mean_by_them(finder):
    assert finder.find("Congo") is None  # two countries are called so: the person is asked
    assert finder.find("RDC") == Place("CD")
    assert finder.find("Paris").city.country == "FR"  # not Parys in South Africa, which is called so too


NOT_NAMED = [
    "where r u located", "mrc location pls", "how do i get to your office",
    "i want to come and talk to someone face to face, where are you",
    "a man took my passport where is the nearest office", "ofisi ya karibu iko wapi",
    "napendelea kuonana na mtu ofisini, ipi iko karibu", "où est-ce que je peux vous rendre visite",
    "crm le plus proche", "onde fica o centro de migrantes mais perto de mim", "", "?", "12345",
    "thank you", "merci beaucoup", "labda, sijui", "ok tchau", "jamani msaada huku",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_NAMED)
def test_a_question_without_a_place_has_none(finder, text):
    assert finder.find(text) is None


def test_of_two_towns_of_one_name_the_likely_country_wins(finder):
    assert finder.find("victoria").country != "SC"
    assert finder.find("victoria", likely=["SC"]).country == "SC"
    assert finder.find("Victoria, Seychelles").city.country == "SC"


def test_an_answer_that_is_a_place_and_nothing_else_is_told_from_other_words(finder):
    assert finder.exact("Kigali").country == "RW"
    assert finder.exact("Qatar").country == "QA"
    assert finder.exact("how much can an agent charge in Kigali") is None
    assert finder.exact("stop") is None


@pytest.mark.parametrize(
    "text", ["another town", "how long does it take", "outra cidade", "amanhã", "quanto tempo demora", "mji mwingine"]
)
def test_ordinary_words_are_no_town_also_when_one_was_asked_for(finder, text):
    assert finder.find(text, whole=True) is None


@pytest.mark.parametrize(("text", "town"), [("Eldoret town", "Eldoret"), ("nairoby", "Nairobi"), ("Nice", "Nice")])
def test_a_town_that_was_asked_for_is_read_freely(finder, text, town):
    assert finder.find(text, whole=True).city.name == town
