"""On the shipped lists: found by name, number and misspelt name; verdicts never too certain."""

import datetime as dt
import random

import pytest

from bot.channels.rendering import numbered, pages
from bot.knowledge.answers import Composer
from bot.knowledge.reading import load
from bot.knowledge.segments import fold, segments
from bot.registry import names
from bot.registry.entries import Entry, entries
from bot.registry.lookup import CHOSEN, LONG_NAME
from bot.registry.readers import read_rows
from bot.registry.replies import reply
from bot.registry.source import Kind, Status
from bot.registry.verdict import Hit, How, Ruling, decide, prefer
from bot.settings import ROOT

TODAY = dt.date(2026, 11, 24)
FRESH = dt.date(2023, 4, 20)
"""A day on which the Bangladeshi list was new."""
LANGUAGES = ("en", "fr", "pt", "sw")

VERDICTS = [
    ("is Eastland Network licensed?", FRESH, "valid", "Eastland Network"),
    ("EASTLAND-NETWORK", FRESH, "valid", "Eastland Network"),
    ("RL 540", FRESH, "valid", "Eastland Network"),
    ("Eastland Network RL 0540", FRESH, "valid", "Eastland Network"),
    ("Eastland Network", TODAY, "stale", "Eastland Network"),
    ("Eastlnd Netwrk", FRESH, "imitation", "Eastland Network"),
    ("Eastland Networks", FRESH, "imitation", "Eastland Network"),
    ("Eastland Network LLC", FRESH, "valid", "Eastland Network"),
    ("Leza Overseas LLC", FRESH, "imitation", "Leza Overseas Ltd."),
    ("Golden Dreams RL 0540", FRESH, "other_holder", "Eastland Network"),
    ("licence 0540 Pearl Agency", FRESH, "other_holder", "Eastland Network"),
    ("licence 0540 Skill Dove", TODAY, "cancelled", "Skill Dove Ltd"),
    ("is Skill Dove and Eastland Network licensed?", FRESH, "cancelled", "Skill Dove Ltd"),
    ("are Skill Dove or Eastland Network ok?", FRESH, "cancelled", "Skill Dove Ltd"),
    ("Eastland Network, Skill Dove", FRESH, "cancelled", "Skill Dove Ltd"),
    ("Eastland Network ou Skill Dove ?", FRESH, "cancelled", "Skill Dove Ltd"),
    ("Eastland Network na Skill Dove", FRESH, "cancelled", "Skill Dove Ltd"),
    ("is Eastland Network or Zqwx Plorf Agency ok?", FRESH, "several", None),
    ("Eastland Network and Zqwx Plorf Agency", FRESH, "several", None),
    ("Eastland Network and my brother paid", FRESH, "imitation", "Eastland Network"),
    ("is Skill Dove or Zqwx Plorf ok?", FRESH, "cancelled", "Skill Dove Ltd"),
    ("is Eastland Network licensed and is it safe to pay?", FRESH, "valid", "Eastland Network"),
    ("is Sahara Recruitment Agency ok?", TODAY, "cancelled", "Sahara Recruitment Agency Limited"),
    ("Al Said Agency good", TODAY, "suspended", "Al-Saud Agency Limited"),
    ("is Geoverah Agency from Uganda licensed?", TODAY, "cancelled", "Geoverah Agency Ltd"),
    ("Gulf Associate", FRESH, "ambiguous", "Gulf Associate"),
    ("9857670", FRESH, "ambiguous", "Orchard International"),
    ("Sahara Recruitment Agency Limited", TODAY, "cancelled", "Sahara Recruitment Agency Limited"),
    ("Al-Said Agency", TODAY, "suspended", "Al-Saud Agency Limited"),
    ("Skill Dove", TODAY, "cancelled", "Skill Dove Ltd"),
    ("NUMBERS2GO Eastland Network", FRESH, "not_found", None),
    ("No 1 Eastland Network", FRESH, "imitation", "Eastland Network"),
    ("No 1 Skill Dove", TODAY, "cancelled", "Skill Dove Ltd"),
    ("Skil Dove", TODAY, "imitation", "Skill Dove Ltd"),
    ("Fatma Overseas", TODAY, "imitation", "Fatema Overseas"),
    ("cics", TODAY, "stale", "Công ty cổ phần Dịch vụ Hợp tác quốc tế"),
    ("blorp sics", TODAY, "not_found", None),
    ("is kics ok?", TODAY, "not_found", None),
    ("fvtk", TODAY, "not_found", None),
    ("Al Rohan Travels and Tourism Intl", TODAY, "imitation", "Al Rohan Travels & Tourism"),
    ("Skill Dove Kenya", TODAY, "cancelled", "Skill Dove Ltd"),
    ("Talent Gateaway Ltd", TODAY, "imitation", "Talent Gateway Ltd"),
    ("VINACO.,JSC", TODAY, "stale", "CÔNG TY CỔ PHẦN HỢP TÁC LAO ĐỘNG QUỐC TẾ VINACO"),
    ("Al-Said Agency Ltd", TODAY, "suspended", "Al-Saud Agency Limited"),
    ("Trael House Export International", TODAY, "imitation", "Travel House Export International"),
    ("MP Travels LLtd", TODAY, "imitation", "MP Travels Ltd"),
    (
        "Công ty cổ phần Vận tải Biển và Hợp tác lao độnng quốc tế",
        TODAY,
        "imitation",
        "Công ty cổ phần Vận tải Biển và Hợp tác lao động quốc tế",
    ),
    ("Công ty TNHH AB Toàn cầu", TODAY, "imitation", "Công ty cổ phần BCD Toàn Cầu"),
    ("Zqwx Plorf Manpower", TODAY, "not_found", None),
    ("<b>{x}</b> ' OR 1=1 --", TODAY, "not_found", None),
    ("entry:999999999", TODAY, "not_found", None),
    ("entry:abc", TODAY, "not_found", None),
    ("", TODAY, "not_found", None),
]


@pytest.mark.parametrize(("query", "today", "ruling", "first"), VERDICTS, ids=[row[0] or "empty" for row in VERDICTS])
def test_the_verdict_on(registry, query, today, ruling, first):
    verdict = registry.check(query, today)
    assert verdict.ruling.value == ruling
    assert (verdict.matches[0].name if verdict.matches else None) == first


STRUCK = [
    "Al-Saud Agency Limited", "Middle East Consultants Limited", "Ridar Uganda Limited",
    "The Eagles Supervision Limited",
    "Forbes Enterprises Limited", "Top Notch Recruitment Services (U) Limited", "Fly International Jobs",
    "Sahara Recruitment Agency Limited", "Fly International Jobs (u) Ltd", "forbes enterprises", "Rider Uganda Ltd",
]  # fmt: skip


@pytest.mark.parametrize("name", STRUCK)
def test_the_newer_word_wins_and_the_older_is_told(registry, name):
    verdict = registry.check(name, TODAY)
    assert verdict.ruling in (Ruling.CANCELLED, Ruling.SUSPENDED)
    assert verdict.matches[0].as_of == dt.date(2021, 6, 28)
    assert name == "Rider Uganda Ltd" or verdict.history[0].as_of == dt.date(2020, 6, 30)
    on_the_old_day = registry.check(name, dt.date(2020, 7, 1))
    assert on_the_old_day.ruling not in (Ruling.VALID, Ruling.STALE)


def misspelt(name, rng):
    at = rng.randrange(2, len(name) - 2)
    return name[:at] + name[at + 1 :]


@pytest.mark.parametrize("id", ["bd_recruiting_agencies", "vn_labour_export_companies", "ug_external_recruitment"])
def test_twenty_of_each_list_are_found_by_name_number_and_misspelt(registry, sources, id):
    source, rng = sources[id], random.Random(5)
    path = ROOT / "content/registries/snapshots" / source.shipped.file
    listed = [entry for entry in entries(source, read_rows(source, path)) if isinstance(entry, Entry)]
    for entry in rng.sample([e for e in listed if len(names.parse(e.name).key) > 8], 20):
        for query in filter(None, (entry.name, entry.licence, misspelt(entry.name, rng))):
            found = [hit.name for hit in registry.check(query, TODAY).matches]
            assert entry.name in found, query


def one_slip(name, rng):
    """A letter left out, doubled, changed round with the next or wrong."""
    at = rng.choice([n for n in range(1, len(name) - 2) if name[n].isalpha() and name[n + 1].isalpha()])
    start, one, other, end = name[:at], name[at], name[at + 1], name[at + 2 :]
    return start + rng.choice([other, one + one + other, other + one, rng.choice("bdefgkmnst") + other]) + end


@pytest.mark.parametrize("id", ["bd_recruiting_agencies", "vn_labour_export_companies", "ug_external_recruitment"])
def test_a_long_name_with_one_slip_is_found_first_and_never_valid(registry, sources, id):
    source, rng = sources[id], random.Random(12)
    path = ROOT / "content/registries/snapshots" / source.shipped.file
    listed = [entry for entry in entries(source, read_rows(source, path)) if isinstance(entry, Entry)]
    keys = {names.parse(other).key for entry in listed for other in (entry.name, *entry.other_names)}
    missed = []
    for entry in rng.sample([e for e in listed if len(names.parse(e.name).key) >= LONG_NAME], 150):
        query = one_slip(entry.name, rng)
        verdict = registry.check(query, source.shipped.published)
        if [hit.key for hit in verdict.matches[:1]] != [names.parse(entry.name).key]:
            missed.append(query)
        assert verdict.ruling is not Ruling.VALID or names.parse(query).key in keys, query
    assert not missed, missed


def test_a_name_that_is_not_listed_is_never_valid(registry, sources):
    rng, made = random.Random(3), 0
    source = sources["bd_recruiting_agencies"]
    path = ROOT / "content/registries/snapshots" / source.shipped.file
    listed = [e.name for e in entries(source, read_rows(source, path)) if isinstance(e, Entry)]
    keys = {names.parse(other).key for name in listed for other in names.all_names(name)}
    while made < 100:
        words = rng.choice(listed).split()
        words.insert(
            rng.randrange(len(words) + 1), rng.choice(["Kenya", "Real", "Agency", "of", "Gulf", "Licensed", "Is"])
        )
        name = " ".join(words)
        if names.parse(name).key not in keys:
            made += 1
            assert registry.check(name, FRESH).ruling not in (Ruling.VALID, Ruling.STALE), name


def test_a_choice_says_what_the_list_says_of_that_entry(registry):
    alike = registry.check("Gulf Associate", FRESH)
    for hit in alike.matches:
        chosen = registry.check(f"{CHOSEN}{hit.entry_id}", FRESH)
        assert (chosen.ruling, chosen.matches[0].licence) == (Ruling.VALID, hit.licence)


@pytest.mark.parametrize("country", ["KE", "UG", "BD", "FR", None])
@pytest.mark.parametrize(("query", "today", "ruling", "first"), VERDICTS, ids=[row[0] or "empty" for row in VERDICTS])
def test_naming_a_country_never_finds_less(registry, query, today, ruling, first, country):
    everywhere, there = registry.check(query, today), registry.check(query, today, country)
    assert bool(there.matches) is bool(everywhere.matches)
    if first and there.ruling is not Ruling.AMBIGUOUS:
        assert there.matches[0].name == first
    if ruling in ("cancelled", "suspended"):
        assert first in [hit.name for hit in there.matches], "a firm that was struck off is never hidden"


def test_a_firm_valid_here_and_struck_off_elsewhere_is_shown_with_both(registry, sources):
    def hit(source, status, how=How.NAME, score=1.0):
        key = (source, status)
        return Hit(hash(key), sources[source], str(key), "Pearl", "pearl", "", status, TODAY, True, "", score, how)

    valid = hit("ug_external_recruitment", Status.VALID)
    struck = hit("ke_deregistered_agencies", Status.CANCELLED)
    hits = [valid, struck]
    found = prefer(decide("Pearl", [valid], FRESH, country="UG"), decide("Pearl", hits, FRESH), hits)
    assert (found.ruling, found.matches) == (Ruling.AMBIGUOUS, (valid, struck))
    alike = hit("ug_external_recruitment", Status.VALID, How.SIMILAR, 0.9)
    hits = [alike, struck]
    found = prefer(decide("Pearl", [alike], FRESH, country="UG"), decide("Pearl", hits, FRESH), hits)
    assert (found.ruling, found.matches) == (Ruling.CANCELLED, (struck,))


def test_an_employer_abroad_of_a_like_name_says_nothing_of_a_firm_here(sources):
    employers = next(source for source in sources.values() if source.kind is Kind.EMPLOYERS)

    def ruled(how, status=Status.VALID):
        hit = Hit(1, employers, "1", "Sky High Ltd", "skyhigh", "", status, TODAY, True, "", 0.95, how)
        return prefer(decide("Sky High", [], FRESH, country="KE"), decide("Sky High", [hit], FRESH), [hit])

    assert (ruled(How.SIMILAR).ruling, ruled(How.SIMILAR).country) == (Ruling.NOT_FOUND, "KE")
    assert ruled(How.NAME).matches


def test_where_to_ask_is_told_for_a_country_without_a_list(registry):
    assert registry.check("Zqwx Plorf", TODAY, "FR").consulted == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("sms", "country"), [(True, None), (True, "AE"), (False, None)])
def test_every_verdict_names_list_and_date_in_two_segments(registry, language, sms, country):
    composer = Composer(load(ROOT / "content"), language, sms=sms, today=TODAY)
    labels = tuple(composer.knowledge.label(id, language) for id in ("reply_more", "more_choices"))
    seen = set()
    long = "Bangladesh Overseas Manpower Employment and Services Supply International Recruitment Company Limited"
    for query, today in (
        [(row[0], row[1]) for row in VERDICTS if row[0]] + [(name, TODAY) for name in STRUCK] + [(long, TODAY)]
    ):
        verdict = registry.check(query, today, country)
        said = reply(composer, verdict)
        seen.add(verdict.ruling)
        assert "{" not in said.text
        assert "<" not in said.text
        assert any(hit.source.authority in said.text for hit in verdict.matches) or not verdict.matches
        says_nothing_of_a_list = verdict.ruling is Ruling.SEVERAL or not verdict.consulted
        assert "202" in said.text or says_nothing_of_a_list
        if sms:
            assert segments(fold(said.text)) <= 2, (query, said.text)
            first = pages(said, "sms", *labels)[0]
            assert segments(fold(numbered(first))) <= 2, (query, numbered(first))
            assert first.choices, "what the text tells to choose must be there"
    assert seen >= {
        Ruling.OTHER_HOLDER,
        Ruling.VALID,
        Ruling.STALE,
        Ruling.CANCELLED,
        Ruling.IMITATION,
        Ruling.AMBIGUOUS,
        Ruling.NOT_FOUND,
    }
