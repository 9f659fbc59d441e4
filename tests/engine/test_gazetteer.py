"""Which country a message names, with the word lists of the real content: a wrong one is a wrong emergency number."""

import pytest

from bot.engine.nlu.gazetteer import CountryGazetteer
from bot.knowledge.reading import load


@pytest.fixture(scope="module")
def countries(content_dir):
    gazetteer = CountryGazetteer(load(content_dir))
    return lambda text: [entity["value"] for entity in gazetteer._entities(text) if entity["entity"] == "country"]


NAMED = {
    "MM": ["I am in Myanmar", "they sold us in Burma", "estou no Mianmar", "presa na Birmânia", "je suis en Birmanie"],
    "TR": ["I am in Turkey", "i am in turkey", "en Turquie", "estou na Turquia", "niko Uturuki", "turkey", "Istanbul"],
    "CI": ["Ivory Coast", "Côte d'Ivoire", "Costa do Marfim", "je suis à Abidjan"],
    "US": [
        "I am in the US",
        "i work in the us",
        "I am in US, help",
        "us",
        "estou nos EUA",
        "niko Marekani",
        "in the U.S.A.",
    ],
    "MO": ["my sister is in Macau", "estou em Macau", "à Macao", "niko Makau"],
    "TL": ["East Timor", "Timor-Leste", "Timor oriental"],
    "PS": ["Palestine", "Palestina", "Gaza Strip", "faixa de Gaza"],
    "GB": ["Scotland", "Écosse", "Escócia", "niko Skotlandi", "Northern Ireland", "London", "Londres"],
    "SZ": ["Swaziland", "Suazilândia", "Eswatini"],
    "CZ": ["Czech Republic", "République tchèque", "República Checa", "Jamhuri ya Cheki"],
    "BH": ["estou no Barém", "estou no Barein", "Manama", "niko Bahrain"],
    "KW": ["estou no Kuweit", "Koweït", "niko Kuwaiti"],
    "CF": ["je suis en Centrafrique"],
    "OM": ["niko Omani", "Mascate", "muscat"],
    "QA": ["niko Katari", "Doha"],
    "LB": ["niko Lebanoni", "Beyrouth", "Tripoli au Liban"],
    "SA": ["niko Saudia", "Riade", "en Arabie"],
    "CG": [
        "Republic of Congo",
        "Republic of the Congo",
        "Congo-Brazzaville",
        "República do Congo",
        "Kongo Brazzaville",
    ],
    "CD": ["Democratic Republic of the Congo", "DR Congo", "RDC", "Kinshasa", "Lubumbashi", "niko Goma"],
    "JO": ["Amman"],
    "IQ": ["Baghdad", "Bagdad", "Erbil"],
    "LY": ["Tripoli"],
    "TH": ["Bangkok", "Banguecoque"],
    "MY": ["Kuala Lumpur"],
    "KH": ["Phnom Penh"],
    "NG": ["Lagos"],
    "GH": ["Accra"],
    "ET": ["Addis Ababa", "Addis-Abeba"],
    "AO": ["Luanda"],
    "MZ": ["Maputo", "província de Gaza", "estou na Beira"],
    "ZW": ["Harare"],
    "ZM": ["Lusaka"],
    "TZ": ["Dar es Salaam"],
    "RW": ["Kigali"],
    "BI": ["Bujumbura"],
    "BD": ["Dhaka", "Dacca"],
    "NP": ["Kathmandu", "Katmandou"],
    "LK": ["Colombo"],
    "PH": ["Manila", "Manille"],
    "ID": ["Jakarta", "Jacarta"],
    "VN": ["Hanoi"],
    "EG": ["Cairo", "je suis au Caire", "Kairo"],
    "TN": ["Tunis"],
    "MA": ["Casablanca"],
    "SN": ["Dakar"],
    "CM": ["Yaoundé", "Douala"],
    "TG": ["Lomé"],
    "BJ": ["Cotonou"],
    "ML": ["Bamako", "niko Mali", "je suis au Mali"],
    "BF": ["Ouagadougou"],
    "MG": ["Antananarivo"],
    "MU": ["je travaille à Maurice", "île Maurice"],
    "PT": ["Lisbon", "Lisboa", "Lisbonne"],
    "FR": ["Paris"],
    "IT": ["Rome", "Roma"],
    "ES": ["Madrid"],
}


@pytest.mark.parametrize(("country", "texts"), NAMED.items(), ids=NAMED)
def test_a_country_is_found_by_its_names_and_big_towns_in_every_language(countries, country, texts):
    assert {text: countries(text) for text in texts} == {text: [country] for text in texts}


NOT_NAMED = [
    "help us they beat us", "HELP US THEY WILL KILL US", "he does not let us go, come to us", "Us girls are locked in",
    "I work on a turkey farm", "Turkey meat makes me sick",
    "wamechukua mali yangu na pasipoti yangu", "anasema mimi ni mali yake", "Mali yangu imeibiwa",
    "à beira da morte", "chora na beira do terraço", "o barco está no porto",
    "il m'a frappé à la tête", "amanhã há uma reunião", "une réunion avec le patron", "mon patron Maurice me bat",
    "ma soeur Dominique est enfermée", "il a une grenade",
    "I am in Northern Cyprus", "je suis à Chypre du Nord", "estou no Chipre do Norte", "TRNC",
    "I am in Congo", "je suis au Congo", "estou no Congo", "niko Kongo", "je suis congolaise", "mimi ni mkongo",
    "I am in Gaza", "estou em Gaza",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_NAMED)
def test_what_means_something_else_or_two_places_is_no_country(countries, text):
    assert countries(text) == []


def test_two_countries_in_one_message_are_both_found(countries):
    assert countries("from Kenya to Turkey") == ["KE", "TR"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Espanha não, Portugal", ["PT"]), ("non pas Espagne, Portugal", ["PT"]),
        ("sio Dubai, Oman", ["OM"]), ("si Kenya ni Jordan", ["JO"]),
        ("Qatar não paga nada aos motoristas, e Oman?", ["QA", "OM"]), ("no problem in Kenya", ["KE"]),
        ("help me, I am in Kuwait not safe Kenya embassy please", ["KW", "KE"]),
        ("Stuck in Oman. No answer from Uganda embassy", ["OM", "UG"]), ("estou em Angola no Brasil", ["AO", "BR"]),
    ],
)  # fmt: skip
def test_a_country_that_another_one_takes_the_place_of_is_not_found(countries, text, expected):
    assert countries(text) == expected
