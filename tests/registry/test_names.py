import pytest

from bot.registry import names, phones
from bot.registry.query import load_cues
from bot.settings import ROOT

SAME = [
    ("J. A. G. Security Group Limited", "JAG Security Group Ltd"),
    ("Fly International Jobs (u) Ltd", "fly intl jobs"),
    ("M/S A.J International", "AJ Int'l Pvt. Ltd."),
    ("Platinum Employment Agency & Internet Café", "platinum employment agency and internet cafe"),
    ("Mek$ense Experience Limited", "MEKSENSE EXPERIENCE"),
    ("CÔNG TY CỔ PHẦN QUỐC TẾ NHÂN ÁI", "Quoc te Nhan Ai JSC"),
    ("The Magura Associate", "Magura Associate"),
    ("Global Manpower Solutions.U. Limited", "Global Man Power Solutions Ltd"),
    ("MosoarLtd", "Mosoar Lmited"),
    ("Tổng công ty Cổ phần Thương mại Xây dựng", "Thuong mai Xay dung JSC"),
]
DIFFERENT = [
    ("Gulf Associate", "Gulf Associates"),
    ("Eastland Network", "Eastland Networks"),
    ("Sunrise Overseas", "Sunrise International"),
    ("Al-Amin International", "Al-Amir International"),
    ("Công ty TNHH PN Toàn cầu", "Công ty TNHH AB Toàn cầu"),
    ("Công ty cổ phần Da giày Việt Nam", "Công ty cổ phần Giày Việt Nam"),
    ("Al Công ty cổ phần MOPHA", "Công ty cổ phần MOPHA"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_share_a_key(one, other):
    assert names.parse(one).key == names.parse(other).key


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_that_differ_in_a_word_do_not(one, other):
    assert names.parse(one).key != names.parse(other).key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("MP Travels LLtd", "mptravels"),
        ("Lap may Viet Nam-Cong yt TNHH mot thhanh vien", "lapmayvietnam"),
        ("Silk Agency Ltd", None),
        ("County Care Led Ltd", None),
        ("atd", None),
        ("", None),
    ],
)
def test_what_is_one_slip_from_a_legal_form_can_be_left_out(text, key):
    found = names.parse_form_misspelt(text)
    assert (found.key if found else None) == key


def test_legal_forms_of_another_kind_do_not_agree():
    assert names.parse("Saracen (U) Limited").forms_agree(names.parse("Saracen Ltd"))
    assert names.parse("Saracen (U) Limited").forms_agree(names.parse("Saracen"))
    assert not names.parse("Saracen (U) Limited").forms_agree(names.parse("Saracen LLC"))


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("BRANOS OXFORD LTD T/A LILO", ["BRANOS OXFORD LTD", "LILO"]),
        ("Hilton Pharmacy Ltd t/as Hilton", ["Hilton Pharmacy Ltd", "Hilton"]),
        (
            "Student Overseas Recruiting Agency (S.O.R.A)",
            ["Student Overseas Recruiting Agency (S.O.R.A)", "Student Overseas Recruiting Agency", "S.O.R.A"],
        ),
        ("M GROUP (SERVICES) LIMITED", ["M GROUP (SERVICES) LIMITED"]),
    ],
)
def test_trading_names_are_taken_apart(cell, found):
    assert names.all_names(cell) == found


@pytest.mark.parametrize(
    ("cell", "country", "area", "numbers"),
    [
        ("9897946(Off.) 9897841", "BD", "2", ["+88029897946", "+88029897841"]),
        (
            "8878111-3 (Off.), 9883683 (Res.)",
            "BD",
            "2",
            ["+88028878111", "+88028878112", "+88028878113", "+88029883683"],
        ),
        ("04.37868890/91/92", "VN", "", ["+84437868890", "+84437868891", "+84437868892"]),
        ("876-314-2564, 876-671-7705", "JM", "", ["+18763142564", "+18766717705"]),
        ("024.37970046/0901778228", "VN", "", ["+842437970046", "+84901778228"]),
        ("none", "BD", "2", []),
    ],
)
def test_phone_numbers_are_found_in_cells_as_published(cell, country, area, numbers):
    assert list(phones.in_cell(cell, country, area)) == numbers


@pytest.mark.parametrize(
    ("message", "name", "is_told"),
    [
        ("Eastland Network", "Eastland Network", True),
        ("is Eastland Network licensed?", "Eastland Network", True),
        ('is "Eastland Network" licensed?', "Eastland Network", True),
        ("wakala Skill Dove ana leseni?", "Skill Dove", True),
        ("agency name: Pearl Connect Ltd", "Pearl Connect Ltd", True),
        ("is Sahara Recruitment Agency ok?", "Sahara Recruitment Agency", True),
        ("is sahara recruitment agency limited ok", "sahara recruitment agency limited", True),
        ("IS SAHARA RECRUITMENT AGENCY OK", "sahara recruitment agency", True),
        ("Al Said Agency good", "Al Said Agency", True),
        ("Eastland Network legit or scam", "Eastland Network", True),
        ("Eastland Network verified?", "Eastland Network", True),
        ("Eastland Network est fiable ?", "Eastland Network", True),
        ("Eastland Network, c'est sérieux ou arnaque ?", "Eastland Network", True),
        ("a Eastland Network é de confiança?", "Eastland Network", True),
        ("Eastland Network boa ou burla", "Eastland Network", True),
        ("Eastland Network ni nzuri au matapeli?", "Eastland Network", True),
        ("is Good Hope Agency licensed?", "Good Hope Agency", True),
        ("is Good Hope Agency licensed?", "Hope", False),
        ("is Sunrise agency licensed?", "Sunrise", False),
        ("Eastland Network Kenya", "Eastland Network", False),
        ("Agency Eastland Network", "Eastland Network", False),
        ("Licensed Eastland Network", "Eastland Network", False),
        ("Eastland Network Agency licensed?", "Eastland Network", False),
        ('API Software Limited (Trading as "AutoRek") Travels', "AutoRek", False),
        ("Gulf: Eastland Network", "Eastland Network", False),
    ],
)
def test_a_name_is_told_exactly_only_when_nothing_beside_it_may_be_part_of_it(message, name, is_told):
    query = load_cues(ROOT / "content").read(message)
    assert (name in (*query.told, message)) is is_told


@pytest.mark.parametrize(
    ("message", "name", "licence", "phone"),
    [
        ("is Eastland Network licensed?", "Eastland Network", "", ""),
        ("pls check dis agency Hopewell Manpower", "Hopewell Manpower", "", ""),
        ("agency name: Pearl Connect Ltd", "Pearl Connect Ltd", "", ""),
        ("wakala Skill Dove ana leseni?", "Skill Dove", "", ""),
        ("l'agence Kalezon est-elle agréée ?", "Kalezon", "", ""),
        ("a agência Boa Viagem é licenciada?", "Boa Viagem", "", ""),
        ("Eastland Network RL 0540", "Eastland Network", "0540", ""),
        ("RL 540", "", "540", ""),
        ("0540", "0540", "0540", ""),
        ("check this number 0755000888 he says he is a recruiter", "", "", "0755000888"),
        ("I want to check a recruiter", "", "", ""),
        ("quero verificar um agente", "", "", ""),
    ],
)
def test_the_name_and_numbers_are_taken_out_of_a_message(message, name, licence, phone):
    query = load_cues(ROOT / "content").read(message)
    assert (query.name, query.licence, query.phone) == (name, licence, phone)


@pytest.mark.parametrize(
    ("slip", "name"),
    [
        ("Anaplan Leemited", "Anaplan Limited"),
        ("Uzan Trading Corporvtion", "Uzan Trading Corporation"),
        ("Dalston Soda Compuny Ltd", "Dalston Soda Company Ltd"),
        ("Cotswold DistillingCompany Limited", "Cotswold Distilling Company Limited"),
        ("Rowad UKLimited", "Rowad UK Limited"),
    ],
)
def test_a_slip_in_the_legal_form_is_none_in_the_name(slip, name):
    assert names.parse(slip).key == names.parse(name).key


@pytest.mark.parametrize("name", ["Manchester United", "Royal Companions", "Corporate Travel", "Limitless Careers"])
def test_a_word_that_looks_like_a_legal_form_stays_in_the_name(name):
    assert len(names.parse(name).words) == 2
