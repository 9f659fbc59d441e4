"""Translations in a browser without scripts: what is behind, native review, workbooks out and back."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from bot.console import content_jobs, translations
from bot.console.audit import Act
from bot.console.tables import AuditEntry
from bot.editing import workflow
from bot.editing.in_step import observe
from bot.editing.tables import State
from bot.editing.translations import TranslationWatch
from bot.editing.units import all_texts
from bot.editing.yaml_edit import set_values
from bot.settings import ROOT
from bot.storage.database import Database
from tests.console.conftest import csrf
from tests.editing.conftest import NOW

TOPIC = "faq/recruitment/recruitment_fees.yml"
PAGE = f"/console/translations/sw/{TOPIC}"
CODES = ("en", "fr", "pt", "sw")


@pytest.fixture
def database(tmp_path):
    """SQLite alone: what is stored is tested on both in tests/editing, and each look reads all content."""
    database = Database(f"sqlite:///{tmp_path / 'salama.db'}")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def asha(signed_in):
    return signed_in("editor", "asha")


@pytest.fixture
def behind(database, content_dir):
    """English titled the topic otherwise until a moment ago."""
    text = set_values((content_dir / TOPIC).read_text(encoding="utf-8"), {("languages", "en", "title"): "Old fees"})
    observe(database, all_texts(content_dir, {TOPIC: text}, CODES).values(), NOW)


def acts(database):
    with database.reading() as session:
        query = select(AuditEntry.act, AuditEntry.target).order_by(AuditEntry.id)
        return [tuple(row) for row in session.execute(query) if row[0].startswith("translation")]


def hidden(page, name):
    return page.text.partition(f'name="{name}" value="')[2].partition('"')[0]


def act(browser, **fields):
    page = browser.get(PAGE)
    data = {"csrf": csrf(page), "hash": hidden(page, "hash"), "key": hidden(page, "key"), **fields}
    sent = browser.post(PAGE, data=data)
    assert sent.status_code == 303
    return browser.get(PAGE)


def test_the_list_is_light_and_has_every_language(asha):
    page = asha.get("/console/translations?language=sw&show=drafted")
    assert page.status_code == 200
    assert page.text.count("not yet reviewed") > 30
    assert "Kiswahili" in page.text
    assert len(page.content) < 100_000
    assert "Nothing to do here" in asha.get("/console/translations?language=sw").text
    assert asha.get("/console/translations?language=xx&show=none&page=99999").status_code == 200


def test_what_changed_elsewhere_is_marked_and_shown_until_somebody_confirms(asha, database, behind):
    assert f"/console/translations/sw/{TOPIC}" in asha.get("/console/translations?language=sw").text
    page = asha.get(PAGE).text
    assert "Changed since in English" in page
    assert "<mark>Old</mark>" in page
    assert f'href="{PAGE}"><b>sw</b> behind: en</a>' in asha.get(f"/console/content/edit/{TOPIC}").text
    assert "Noted as still right" in act(asha, do="confirm").text
    assert "Changed since in" not in asha.get(PAGE).text
    assert "Changed since in English" in asha.get(PAGE.replace("/sw/", "/fr/")).text
    assert acts(database) == [(Act.TRANSLATION_CONFIRMED.value, f"{TOPIC} sw title")]


def test_native_review_is_signed_live_and_audited(asha, database, behind):
    assert "Confirm that it is your mother tongue" in act(asha, do="sign_off").text
    page = act(asha, do="sign_off", native="1").text
    assert "Signed off" in page
    assert "Reviewed by asha" in page
    assert "Changed since in" not in page
    assert 'value="sign_off"' not in page
    with database.reading() as session:
        assert "translation: reviewed" in workflow.in_force(session, ROOT / "content", TOPIC).text
    assert acts(database) == [(Act.TRANSLATION_REVIEWED.value, f"{TOPIC} sw")]


def test_a_text_that_was_changed_meanwhile_is_not_signed(asha, database):
    assert "was changed since you read it" in act(asha, do="sign_off", native="1", hash="0" * 64).text
    assert acts(database) == []


def test_an_editors_form_cannot_call_a_text_reviewed(asha, database):
    edit = f"/console/content/edit/{TOPIC}"
    page = asha.get(f"{edit}?as=yaml")
    text = (
        (ROOT / "content" / TOPIC).read_text(encoding="utf-8").replace("translation: drafted", "translation: reviewed")
    )
    data = {"csrf": csrf(page), "base": hidden(page, "base"), "version": "0", "text": text, "do": "save", "reason": "x"}
    assert asha.post(edit, data=data).status_code == 303
    with database.reading() as session:
        assert "translation: reviewed" not in workflow.history(session, TOPIC)[0].text


def workbook(browser):
    got = browser.get("/console/translations/workbook?source=en&target=sw&what=all")
    assert got.headers["content-type"] == translations.XLSX
    assert got.headers["content-disposition"].startswith('attachment; filename="salama-en-sw-')
    return openpyxl.load_workbook(io.BytesIO(got.content))


def upload(browser, content, name="back.xlsx"):
    data = {"csrf": csrf(browser.get("/console/translations"))}
    sent = browser.post("/console/translations/workbook", data=data, files={"file": (name, content)})
    return browser.get("/console/translations") if sent.status_code == 303 else sent


def row_of(book, key):
    return next(row[0].row for row in book.active.iter_rows() if (row[0].value, row[1].value) == (TOPIC, key))


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_goes_out_and_comes_back(asha, database):
    book = workbook(asha)
    heads = [cell.value for cell in book.active[1]]
    assert heads[2:] == ["English: do not change", "Kiswahili: translate here", "at most", "keep as they are"]
    number = row_of(book, "title")
    assert book.active[f"E{number}"].value == "20 characters"
    book.active[f"D{number}"] = "Ada mpya"
    page = upload(asha, saved(book)).text
    assert "In review now: 1" in page
    with database.reading() as session:
        made = workflow.open_revisions(session)
        assert [(r.path, r.state, r.author) for r in made] == [(TOPIC, State.IN_REVIEW.value, "asha")]
        assert made[0].reason == "translators’ workbook back.xlsx"
    assert acts(database) == [(Act.TRANSLATIONS_BROUGHT_IN.value, "en-sw: 1 files")]


def test_problems_are_listed_with_their_cells(asha, database):
    book = workbook(asha)
    number = row_of(book, "title")
    book.active[f"D{number}"] = '=HYPERLINK("https://evil.example")'
    book.active[f"D{row_of(book, 'sms')}"] = "x" * 271
    page = upload(asha, saved(book)).text
    assert "Problems: 2" in page
    assert f"<strong>D{number}</strong>: A formula stands here" in page
    assert "Too long: 271 &gt; 270 characters" in page
    assert "Nothing was taken from this workbook" in page
    with database.reading() as session:
        assert workflow.open_revisions(session) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.xlsx", b"a,b", "x.xlsx cannot be read as an .xlsx workbook"),
        ("x.exe", b"MZ", "x.exe cannot be read as an .xlsx workbook"),
        ("y.xlsx", saved(openpyxl.Workbook()), "y.xlsx is no workbook that was downloaded here"),
    ],
    ids=["no workbook", "a program", "another workbook"],
)
def test_another_file_is_refused_with_one_sentence(asha, name, content, said):
    assert said in upload(asha, content, name).text


def test_two_languages_are_needed(asha):
    assert asha.get("/console/translations/workbook?source=en&target=en").status_code == 303
    assert "Choose two different languages" in asha.get("/console/translations").text


def test_others_only_look(signed_in):
    viewer = signed_in("viewer")
    assert viewer.get("/console/translations").status_code == 200
    assert viewer.get(PAGE).status_code == 200
    assert viewer.get("/console/translations/workbook?source=en&target=sw").status_code == 403
    assert viewer.post(PAGE, data={"csrf": csrf(viewer.get("/console/")), "do": "sign_off"}).status_code == 403


@pytest.mark.parametrize("path", ["sw/faq/none.yml", "xx/" + TOPIC, "sw/../../etc/passwd", "sw/centres/KE.yml"])
def test_what_is_no_text_is_not_found(asha, path):
    assert asha.get(f"/console/translations/{path}").status_code == 404


def test_the_gateway_looks_at_the_texts_when_the_content_has_changed(database, store, content_dir, monkeypatch):
    looks = []
    monkeypatch.setattr("bot.editing.translations.standing", lambda *arguments: looks.append(arguments))
    watch = TranslationWatch(database, content_dir)
    watch.look(store.current, NOW)
    watch.look(store.current, NOW)
    assert len(looks) == 1
    assert content_jobs.TranslationWatch is TranslationWatch
