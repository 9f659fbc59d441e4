import pytest

from bot.knowledge.centre import Centre, CountryCentres
from bot.knowledge.centres import Where, at_position, in_town, map_link, offices
from bot.knowledge.reading import load

SOURCE = {"name": "A page", "url": "https://example.org", "date": "2026", "type": "official"}


def centre(id, latitude, longitude, **more):
    return Centre.parse_obj(
        {
            "id": id, "kind": "mrc", "name": f"Centre {id}", "city": "Town",
            "point": {"latitude": latitude, "longitude": longitude}, "source": SOURCE, **more,
        }
    )  # fmt: skip


def directory(*centres):
    return {
        "TZ": CountryCentres(country="TZ", reviewed_on="2026-11-24", review_by="2027-02-24", centres=centres),
        "ZM": CountryCentres(
            country="ZM", reviewed_on="2026-11-24", review_by="2027-02-24", centres=(centre("zm", -9.3, 32.8),)
        ),
    }


FAR, NEAR = centre("far", -6.8, 39.3), centre("near", -6.2, 35.7)
FOR_KENYANS = centre("for_kenyans", -8.9, 33.4, serves=["KE"])


def ids(found):
    return [office.centre.id for office in found]


def test_the_nearest_comes_first_and_never_from_across_the_border():
    mbeya = Where("TZ", "Mbeya", -8.9, 33.45)
    found = offices(directory(FAR, NEAR), mbeya)
    assert ids(found) == ["near", "far"]
    assert found[0].km == pytest.approx(390, abs=10)


def test_a_country_alone_keeps_the_files_order_and_has_no_distances():
    found = offices(directory(FAR, NEAR), Where("TZ"))
    assert ids(found) == ["far", "near"]
    assert found[0].km is None


def test_what_serves_other_citizens_only_is_left_out_or_comes_last():
    all_of_them = directory(FOR_KENYANS, FAR)
    assert ids(offices(all_of_them, Where("TZ", None, -8.9, 33.45))) == ["far", "for_kenyans"]
    assert ids(offices(all_of_them, Where("TZ", None, -8.9, 33.45), "KE")) == ["for_kenyans", "far"]
    assert ids(offices(all_of_them, Where("TZ"), "UG")) == ["far"]


def test_a_country_without_offices_has_none():
    assert offices(directory(), Where("FR")) == []


def test_the_map_link_marks_the_point():
    assert map_link(FAR.point) == "https://www.openstreetmap.org/?mlat=-6.8&mlon=39.3"


def test_mbeya_finds_the_nearest_real_office_of_tanzania(content_dir):
    knowledge = load(content_dir)
    by_name = offices(knowledge.centres, in_town(knowledge.places.find("niko Mbeya").city))
    by_position = offices(knowledge.centres, at_position(-8.9, 33.45))
    assert by_name[0].centre.city == by_position[0].centre.city == "Dodoma"
    assert by_name[0].km == pytest.approx(395, abs=5)


def test_the_directory_has_offices_where_they_are_needed_first(content_dir):
    known = load(content_dir).centres
    assert sum(len(country.centres) for country in known.values()) >= 40
    assert {"ZA", "TZ", "KE", "MW", "ZM", "MZ", "CD", "ZW", "NG", "BD", "PH", "AE", "SA", "PT", "GB"} <= set(known)
