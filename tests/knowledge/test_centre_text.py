import pytest

from bot.knowledge.centre import Centre
from bot.knowledge.centre_text import describe, opening
from bot.knowledge.centres import Office
from bot.knowledge.reading import load
from bot.knowledge.segments import fold, segments

OFFICE = Centre.parse_obj(
    {
        "id": "one", "kind": "embassy", "name": "Labour Section", "city": "Doha", "address": "Street 1, " + "x" * 100,
        "phone": "+974 4000 0000", "hours": "Mon-Fri 8:00-17:00", "languages": ["en", "ne"], "serves": ["NP"],
        "helps_with": ["legal"], "point": {"latitude": 25.3, "longitude": 51.5},
        "source": {"name": "The embassy", "url": "https://example.org", "date": "2026-01", "type": "official"},
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def knowledge(content_dir):
    return load(content_dir)


def test_everything_known_is_said_with_its_source_and_that_the_map_shows_the_town(knowledge):
    text = describe(Office(OFFICE, 3.2), "en", lambda id: knowledge.label(id, "en"), sms=False)
    assert text.startswith("- Labour Section, Doha, < 5 km (embassy or consulate)")
    for part in ("For citizens of: Nepal", "Phone: +974 4000 0000", "Open: Mon-Fri", "English, Nepali", "legal help"):
        assert part in text
    assert "Map of the town: https://www.openstreetmap.org/?mlat=25.3&mlon=51.5" in text
    assert text.endswith("[The embassy, 2026-01]")


def test_an_sms_keeps_name_distance_and_phone_and_drops_what_does_not_fit(knowledge):
    long = OFFICE.copy(update={"name": "A" * 80, "address": "b" * 120, "hours": "c" * 60})
    text = describe(Office(long, 120.4), "fr", lambda id: knowledge.label(id, "fr"), sms=True)
    assert segments(fold(text)) <= 2
    assert "A" * 80 + ", Doha, 120 km" in text
    assert "+974 4000 0000" in text
    assert "c" * 60 not in text


@pytest.mark.parametrize("language", ["en", "fr", "pt", "sw"])
def test_every_real_office_fits_two_segments(knowledge, language):
    for known in knowledge.centres.values():
        for centre in known.centres:
            text = describe(Office(centre, 9999.0), language, lambda id: knowledge.label(id, language), sms=True)
            assert segments(fold(text)) <= 2
            assert centre.name in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Mon-Fri 8:30-17:00"),
        ("fr", "lun-ven 8:30-17:00"),
        ("pt", "seg-sex 8:30-17:00"),
        ("sw", "Jumatatu-Ijumaa 8:30-17:00"),
    ],
)
def test_days_are_in_the_language_of_the_reader(language, said):
    assert opening("Mon-Fri 8:30-17:00", language) == said
    assert opening("24/7", language) == "24/7"
