import pytest

from bot.knowledge.cities import all_cities, distance_km, nearest_city


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        ((-8.9, 33.45), (-8.9, 33.45), 0),
        ((-6.82, 39.27), (-1.29, 36.82), 671),  # Dar es Salaam to Nairobi
        ((38.72, -9.14), (41.15, -8.61), 274),  # Lisbon to Porto
        ((0, 179.5), (0, -179.5), 111),  # across the date line
        ((90, 0), (-90, 0), 20015),  # pole to pole
    ],
)
def test_the_distance_is_that_of_the_great_circle(start, end, km):
    assert distance_km(*start, *end) == pytest.approx(km, abs=3)


def test_a_position_is_in_the_country_of_the_nearest_town():
    assert nearest_city(-8.95, 33.5).name == "Mbeya"
    assert nearest_city(25.28, 51.53).country == "QA"


def test_airport_codes_and_transliterations_are_no_names():
    mbeya = next(city for city in all_cities() if city.name == "Mbeya")
    assert not {"MBI", "mbeya", "Мбея"} & set(mbeya.names)
