"""A workbook goes out, comes back from translators, and is checked cell by cell."""

import io
import zipfile

import openpyxl
import pytest
import yaml

from bot.editing import workflow
from bot.editing.tables import State
from bot.editing.translations import standing
from bot.editing.units import Unit
from bot.editing.workbook import COLUMNS, limit_of, placeholders, to_translate, workbook
from bot.editing.workbook_back import WorkbookRefused, take
from bot.editing.yaml_edit import set_values
from bot.knowledge.reading import load
from tests.editing.conftest import ASHA, BEN, COUNTRY, NOW, TOPIC

HEADINGS = dict.fromkeys(COLUMNS, "heading")
REPLIES = "responses/greetings.yml"
GREETING = """utter_hello:
  languages:
    en: {text: "Hello {name}, welcome."}
    fr: {text: "Bonjour {name}, bienvenue."}
    pt: {text: "Olá {name}, bem-vindo."}
    sw: {text: "Habari {name}, karibu."}
"""


@pytest.fixture(autouse=True)
def _a_reply(root):
    (root / "responses").mkdir()
    (root / REPLIES).write_text(GREETING, encoding="utf-8")


class Sheet:
    """The workbook as a translator has it open."""

    def __init__(self, content, path):
        self.path, self.book = path, openpyxl.load_workbook(io.BytesIO(content))
        self.cells = self.book.active

    def row(self, path, key):
        return next(r[0].row for r in self.cells.iter_rows() if (r[0].value, r[1].value) == (path, key))

    def put(self, path, key, value, column="D"):
        name = f"{column}{self.row(path, key)}"
        self.cells[name] = value
        return name

    def save(self):
        self.book.save(self.path)
        return self.path


@pytest.fixture
def out(database, root, tmp_path):
    def make(everything=True, source="en", target="sw"):
        units = to_translate(standing(database, root, load(root), NOW), source, target, everything)
        return Sheet(workbook(units, source, target, HEADINGS, str), tmp_path / "back.xlsx")

    return make


@pytest.fixture
def back(database, root):
    return lambda path, by=ASHA: take(database, root, load(root), path, by, "translators", NOW)


def problems(taken):
    return {(problem.cell, problem.code) for problem in taken.problems}


def stored(database):
    with database.reading() as session:
        return {revision.path: revision for revision in workflow.open_revisions(session)}


def test_the_sheet_shows_texts_and_limits(out):
    sheet = out()
    row = sheet.row(TOPIC, "sms")
    assert sheet.cells.title == "en-sw"
    assert len(sheet.book.worksheets) == 1
    assert "most=270" in sheet.cells[f"E{row}"].value
    assert sheet.cells[f"F{sheet.row(REPLIES, 'utter_hello.text')}"].value == "{name}"


def test_only_what_is_open_goes_out_when_that_is_wanted(out, root, topic):
    assert out(everything=False).cells.max_row == 1
    (root / TOPIC).write_text(set_values(topic, {("languages", "en", "title"): "Fees today"}), encoding="utf-8")
    sheet = out(everything=False)
    assert [row[1].value for row in sheet.cells.iter_rows(min_row=2)] == ["title"]


def test_an_untouched_workbook_changes_nothing(out, back, database):
    taken = back(out().save())
    assert (taken.problems, taken.revisions, taken.returned.changes) == ((), {}, {})
    assert stored(database) == {}


def test_good_texts_become_revisions_in_review(out, back, database, root, topic):
    sheet = out()
    sheet.put(TOPIC, "title", "Ada mpya\n")
    sheet.put(REPLIES, "utter_hello.text", "Habari yako {name}!")
    taken = back(sheet.save())
    assert taken.problems == ()
    made = stored(database)
    assert made.keys() == {TOPIC, REPLIES} == taken.revisions.keys()
    assert {revision.state for revision in made.values()} == {State.IN_REVIEW.value}
    assert made[TOPIC].text == set_values(topic, {("languages", "sw", "title"): "Ada mpya"})
    assert made[REPLIES].reason == "translators"
    again = back(sheet.path)
    assert (again.revisions, set(again.known)) == ({}, {TOPIC, REPLIES})
    assert len(stored(database)) == 2


def test_a_good_text_is_published_like_any_other(out, back, database, root, publisher):
    sheet = out()
    sheet.put(TOPIC, "title", "Ada mpya")
    publisher.publish(back(sheet.save()).revisions[TOPIC], BEN, NOW)
    with database.reading() as session:
        text = workflow.in_force(session, root, TOPIC).text
    assert yaml.safe_load(text)["languages"]["sw"]["title"] == "Ada mpya"


BAD = [
    ("title", "x" * 21, "too_long"),
    ("title", "x", "too_short"),
    ("answer", "Fupi mno.", "too_short"),
    ("sms", "漢字" * 80, "too_many_sms"),
    ("sms", "x" * 271, "too_long"),
    ("title", "=1+1", "formula"),
    ("title", '=HYPERLINK("https://evil.example","x")', "formula"),
    ("title", 20, "no_text"),
    ("title", True, "no_text"),
    ("title", "Ada {name}", "placeholder"),
    ("title", "Ada {", "placeholder"),
    ("title", "Ada \u202e mpya", "no_text"),
]


@pytest.mark.parametrize(("key", "value", "code"), BAD)
def test_a_bad_cell_is_named_and_its_file_is_not_taken_half(out, back, database, key, value, code):
    sheet = out()
    for other in {"title": "Ada mpya", "answer": "Jibu jipya. " * 12}.items():
        sheet.put(TOPIC, *other)
    sheet.put(REPLIES, "utter_hello.text", "Habari yako {name}!")
    cell = sheet.put(TOPIC, key, value)
    taken = back(sheet.save())
    assert problems(taken) == {(cell, code)}
    assert stored(database).keys() == {REPLIES}


@pytest.mark.parametrize(
    ("column", "value", "code", "name"),
    [
        ("A", "faq/none/none.yml", "unknown", "A"),
        ("A", "../../etc/passwd", "unknown", "A"),
        ("A", '=CMD("x")', "unknown", "A"),
        ("B", "questions", "unknown", "A"),
        ("C", "Another source", "source_changed", "C"),
        ("C", None, "source_changed", "C"),
        ("C", "=D2", "source_changed", "C"),
    ],
)
def test_the_other_columns_may_not_change(out, back, database, column, value, code, name):
    sheet = out()
    number = sheet.row(TOPIC, "title")
    sheet.put(TOPIC, "title", "Ada mpya")
    sheet.put(TOPIC, "title", value, column)
    assert problems(back(sheet.save())) == {(f"{name}{number}", code)}
    assert stored(database) == {}


def test_placeholders_must_all_come_back(out, back, database):
    sheet = out()
    cell = sheet.put(REPLIES, "utter_hello.text", "Habari yako!")
    taken = back(sheet.save())
    assert [(p.cell, p.code, p.detail) for p in taken.problems] == [(cell, "placeholder", "{name}")]
    assert stored(database) == {}


def test_a_source_that_went_on_since_is_seen(out, back, root, topic, database):
    sheet = out()
    cell = sheet.put(TOPIC, "title", "Ada mpya").replace("D", "C")
    (root / TOPIC).write_text(set_values(topic, {("languages", "en", "title"): "Fees today"}), encoding="utf-8")
    assert problems(back(sheet.save())) == {(cell, "source_changed")}
    assert stored(database) == {}


def test_a_row_that_stands_twice_is_seen(out, back, database):
    sheet = out()
    sheet.put(TOPIC, "title", "Ada mpya")
    row = [cell.value for cell in sheet.cells[sheet.row(TOPIC, "title")]]
    sheet.cells.append([*row[:3], "Ada nyingine", *row[4:]])
    assert problems(back(sheet.save())) == {(f"A{sheet.cells.max_row}", "twice")}
    assert stored(database) == {}


def test_what_the_check_of_the_content_refuses_is_not_taken(out, back, database):
    sheet = out()
    sheet.put(REPLIES, "utter_hello.text", "{name} " * 60)
    assert problems(back(sheet.save())) == {("", "lint")}
    assert stored(database) == {}


def test_a_text_that_looks_like_a_formula_goes_out_as_text(database, root, tmp_path):
    unit = Unit(COUNTRY, "x.text", ("x", "text", "*"), {"en": "=1+1"})
    sheet = Sheet(workbook([unit], "en", "sw", HEADINGS, str), tmp_path / "x.xlsx")
    assert (sheet.cells["C2"].value, sheet.cells["C2"].data_type) == ("=1+1", "s")


def other_book(title="en-sw", sheets=1):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.title = title
    for _ in range(sheets - 1):
        book.create_sheet()
    book.save(file)
    return file.getvalue()


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    return file.getvalue()


def far_row():
    """A sheet whose second row says that it is the two billionth: a reader that fills the gap never ends."""
    source, file = io.BytesIO(other_book()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                row = b'<sheetData><row r="2000000000"><c r="A2000000000" t="inlineStr"><is><t>x</t></is></c></row>'
                data = data.replace(b"<sheetData>", row)
                assert row in data
            new.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "wrong_type"),
        (b"id,field\n", "wrong_type"),
        (b"MZ\x90\x00", "wrong_type"),
        (other_book()[:-40], "wrong_type"),
        (other_book("Sheet1"), "not_ours"),
        (other_book("en-xx"), "not_ours"),
        (other_book(sheets=2), "not_ours"),
        (bomb(), "bomb"),
        (far_row(), "too_long"),
    ],
    ids=["empty", "csv", "program", "cut off", "renamed", "other language", "two sheets", "bomb", "far row"],
)
def test_a_hostile_file_is_refused(back, tmp_path, database, content, code):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkbookRefused) as refused:
        back(path)
    assert refused.value.code == code
    assert stored(database) == {}


@pytest.mark.parametrize(
    ("path", "key", "most"),
    [
        (TOPIC, "title", 20),
        (TOPIC, "answer", 900),
        (TOPIC, "sms", 270),
        (COUNTRY, "facts.[hotline N].text", 220),
        ("menus/main_menu.yml", "text", 160),
        (REPLIES, "utter_hello.sms", 306),
        (REPLIES, "utter_hello.text", None),
    ],
)
def test_limits(path, key, most):
    limit = limit_of(Unit(path, key, (), {}))
    assert (limit.most if limit else None) == most


@pytest.mark.parametrize(("text", "found"), [("a", []), ("{b} {a} {b}", ["{a}", "{b}"]), ("{{a}}", [])])
def test_placeholders(text, found):
    assert placeholders(text) == found
