"""Struck-off recruiters in the words of real messages: the warning is never hidden by what stands around the name."""

import datetime as dt

import pytest

from bot.channels.rendering import numbered, pages
from bot.knowledge.answers import Composer
from bot.knowledge.reading import load
from bot.knowledge.segments import fold, segments
from bot.registry.importing import import_file
from bot.registry.lookup import Registry
from bot.registry.replies import reply
from bot.registry.verdict import Ruling
from bot.settings import ROOT

TODAY = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)
LANGUAGES = ("en", "fr", "pt", "sw")
COUNTRIES = (None, "QA", "KE", "UG", "BD", "GB", "SA")

MESSAGES = [
    ("can i trust Talent Gateway Ltd?", "Talent Gateway Ltd"),
    ("naweza kuamini Talent Gateway Ltd?", "Talent Gateway Ltd"),
    ("Talent Gateway Ltd Nairobi", "Talent Gateway Ltd"),
    ("should i pay Skill Dove Ltd", "Skill Dove Ltd"),
    ("should i pay Skill Dove Ltd or Mary?", "Skill Dove Ltd"),
    ("Skill Dove Ltd for job in Qatar", "Skill Dove Ltd"),
    ("Skill Dove Ltd Qatar", "Skill Dove Ltd"),
    ("Skill Dove Ltd kazi Saudi", "Skill Dove Ltd"),
    ("I paid Skill Dove Ltd 500 dollars", "Skill Dove Ltd"),
    ("skilldove's agent took my passport", "Skill Dove Ltd"),
    ("hello. " * 60 + "my agent is skill dove", "Skill Dove Ltd"),
    ("Sahara Recruitment Agency Limited wananipeleka Oman", "Sahara Recruitment Agency Limited"),
    ("new Sahara Recruitment Agency", "Sahara Recruitment Agency Limited"),
    ("Daawo Holdings Ltd job Qatar", "Daawo Holdings Ltd"),
    ("can i trust Daawo Holdings Ltd in Kenya", "Daawo Holdings Ltd"),
    ("Kalezon Limited", "Kalezon Limited"),
    ("Tangofox Ltd in Kenya", "Tangofox Ltd"),
    ("my boss at tangofox", "Tangofox Ltd"),
    ("check Jakarta Ventures for me", "Jakarta Ventures Ltd"),
    ("is Jakarta Ventures fine", "Jakarta Ventures Ltd"),
    ("my agent is Mastermind Ventures", "Mastermind Ventures Limited"),
    ("j'ai payé Talent Gateway pour le Qatar", "Talent Gateway Ltd"),
    ("a agência Talent Gateway é boa?", "Talent Gateway Ltd"),
    ("Rider Uganda Ltd in Kampala", "Ridar Uganda Limited"),
]


@pytest.mark.parametrize(("text", "name"), MESSAGES, ids=[row[0][-40:] for row in MESSAGES])
def test_a_struck_off_name_in_a_message_is_told_whatever_country_is_named(registry, text, name):
    assert registry.is_named_in_full(text)
    for country in COUNTRIES:
        verdict = registry.check(text, TODAY, country)
        assert (verdict.ruling, verdict.matches[0].name) in (
            (Ruling.CANCELLED, name),
            (Ruling.SUSPENDED, name),
        ), country


ORDINARY = [
    "i need a job as rider uganda",
    "i want to go to the middle east",
    "my first choice is Qatar",
    "Middle East",
    "First Choice",
    "which recruitment agency can i trust",
    "fly to Dubai for international jobs",
    "I want to go to Qatar",
    "is Eastland Network ok in Nairobi",
    "",
]


@pytest.mark.parametrize("text", ORDINARY, ids=[text or "empty" for text in ORDINARY])
def test_ordinary_words_are_no_struck_off_name(registry, text):
    assert not registry.names_struck_off(text)
    assert registry.check(text, TODAY).ruling not in (Ruling.CANCELLED, Ruling.SUSPENDED)


MISSPELT = ["Skil Dove Ltd Qatar", "please check Talent Gatway Ltd for me in Oman"]


@pytest.mark.parametrize("text", MISSPELT)
def test_a_misspelt_struck_off_name_in_a_sentence_is_shown(registry, text):
    verdict = registry.check(text, TODAY, "QA")
    assert verdict.ruling is Ruling.IMITATION
    assert verdict.matches[0].source.id == "ke_deregistered_agencies"


@pytest.fixture
def with_employers(put, database, sources, tmp_path):
    """The Kenyan list beside two employers whose names are nearly those of a struck-off agency."""
    path = ROOT / "content/registries/snapshots" / sources["ke_deregistered_agencies"].shipped.file
    put("ke_deregistered_agencies", path, published=dt.date(2024, 10, 7))
    source = sources["gb_licensed_sponsors"]
    rows = [("First Choice Ltd", "Leeds"), ("Firstchoice Consultancy Ltd", "York"), ("Pearl Care Ltd", "Bath")]
    header = "Organisation Name,Town/City,County,Type & Rating,Route\n"
    file = tmp_path / "sponsors.csv"
    file.write_text(header + "".join(f"{n},{c},,Worker (A rating),Skilled Worker\n" for n, c in rows))
    import_file(database, source, file, "test", NOW, dt.date(2026, 11, 20))
    return Registry(database, ROOT / "content")


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("text", ["First Choice", "First Choice Consultancy", "is First Choice licensed?"])
def test_an_employer_does_not_hide_an_agency_struck_off_under_nearly_the_same_name(with_employers, text, country):
    verdict = with_employers.check(text, TODAY, country)
    assert verdict.ruling is Ruling.AMBIGUOUS
    assert "First Choice Recruitment and Consultancy Ltd" in [hit.name for hit in verdict.matches]


@pytest.mark.parametrize(("text", "is_looked_up"), [("Talent Gatway Ltd", True), ("Pearl Caree Ltd", False)])
def test_only_a_slip_in_an_agencys_name_is_a_look_up_unasked(with_employers, text, is_looked_up):
    assert with_employers.is_alone_and_nearly_listed(text) is is_looked_up


def test_an_employer_like_no_struck_off_agency_is_told_as_before(with_employers):
    assert with_employers.check("Pearl Care Ltd", TODAY).ruling is Ruling.VALID
    assert with_employers.is_named_in_full("Pearl Care Ltd")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_to_be_compared_letter_by_letter_is_whole_by_sms(registry, language):
    composer = Composer(load(ROOT / "content"), language, sms=True, today=TODAY)
    labels = tuple(composer.knowledge.label(id, language) for id in ("reply_more", "more_choices"))
    verdict = registry.check("First Choice Recruitment and Consultncy Ltd", TODAY)
    assert verdict.ruling is Ruling.IMITATION
    first = pages(reply(composer, verdict), "sms", *labels)[0]
    assert "First Choice Recruitment and Consultancy Ltd" in first.text
    assert first.choices
    assert segments(fold(numbered(first))) <= 2
