"""Official lists and translations in a real browser without scripts; each page is looked at by axe, also on a phone."""

import datetime as dt

import openpyxl
import pytest

from bot.editing import workflow
from bot.editing.publishing import Publisher
from bot.editing.second_pair import SecondPair
from bot.editing.workflow import Editor
from bot.editing.yaml_edit import set_values
from bot.registry.importing import import_file
from bot.registry.source import load_sources
from bot.settings import ROOT
from tests.console.conftest import add_staff, token_for
from tests.console.walking import Walk

SOURCE = "ke_deregistered_agencies"
TOPIC = "faq/recruitment/recruitment_fees.yml"
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)


@pytest.fixture
def walk_as(served, browser):
    """walk_as("zawadi", "registry") walks as somebody who is signed in; axe itself needs scripts, the pages do not."""
    settings, database = served
    base = f"http://127.0.0.1:{settings.port}"

    def walk(name, role, **options):
        context = browser.new_context(**options)
        token = token_for(database, add_staff(database, name, role))
        context.add_cookies([{"name": "salama_console", "value": token, "url": base}])
        return Walk(context, base)

    return walk


def listed(path, names):
    rows = "".join(f"{name},deregistered_or_denied,https://example.org,2026-11-01\n" for name in names)
    path.write_text(f"name,status,source,source_date\n{rows}", encoding="utf-8")
    return path


def test_a_new_list_is_uploaded_held_and_let_in_by_somebody_else(walk_as, served, tmp_path):
    _, database = served
    names = [f"Agency Number {number} Ltd" for number in range(20)]
    import_file(
        database, load_sources(ROOT / "content")[SOURCE], listed(tmp_path / "ke_2026-10-01.csv", names), "test", NOW
    )
    zawadi, otis = walk_as("zawadi", "registry"), walk_as("otis", "registry", viewport={"width": 360, "height": 740})
    zawadi.shot, otis.shot = 100, 120
    zawadi.go("/console/")
    zawadi.page.get_by_role("link", name="Official lists").first.click()
    zawadi.look("lists")
    zawadi.page.get_by_role("link", name="Agencies that Kenya deregistered").click()
    zawadi.look("list")
    (tmp_path / "ke_2026-10-31.csv").write_bytes(b"MZ\x90\x00")
    zawadi.page.set_input_files("#file", tmp_path / "ke_2026-10-31.csv")
    zawadi.press("Upload and compare")
    assert "Nothing was changed" in zawadi.page.get_by_role("alert").inner_text()
    zawadi.look("list-refused", expected_errors=1)
    zawadi.page.set_input_files("#file", listed(tmp_path / "ke_2026-11-01.csv", [*names[:10], "Newcomer Ltd"]))
    zawadi.press("Upload and compare")
    assert "11 rows were read" in zawadi.page.get_by_role("status").inner_text()
    assert zawadi.page.get_by_role("button", name="Put in force").count() == 0
    zawadi.look("list-held")
    otis.go(f"/console/registry/{SOURCE}")
    otis.look("list-held-phone")
    otis.fill(note="the ministry confirmed it")
    otis.press("Put in force")
    assert "The list is in force" in otis.page.get_by_role("status").inner_text()
    otis.look("list-in-force-phone")
    otis.go("/console/registry")
    otis.look("lists-phone")


def test_a_translation_is_looked_at_taken_out_brought_in_and_signed(walk_as, served, tmp_path):
    _, database = served
    content = ROOT / "content"
    text = set_values((content / TOPIC).read_text(encoding="utf-8"), {("languages", "en", "title"): "Fees today"})
    with database.transaction() as session:
        id = workflow.draft(session, content, TOPIC, text, Editor("0", "Ben"), "shorter", NOW).id
    asha = walk_as("asha", "editor")
    asha.shot = 140
    page = asha.page
    asha.go("/console/translations?language=sw")
    assert "Nothing to do here" in page.inner_text("main")
    Publisher(database, content, SecondPair.NEVER).publish(id, Editor("0", "Ben"), NOW)
    asha.go("/console/translations?language=sw")
    asha.look("translations")
    page.locator(f"a[href$='{TOPIC}']").click()
    asha.look("translation")
    page.get_by_role("button", name="Still right").first.click()
    assert page.get_by_role("status").inner_text() == "Noted as still right."
    asha.go("/console/translations?language=sw")
    page.select_option("#what", "all")
    with page.expect_download() as download:
        asha.press("Download")
    path = tmp_path / "back.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    row = next(r[0].row for r in book.active.iter_rows() if (r[0].value, r[1].value) == (TOPIC, "title"))
    book.active[f"D{row}"] = "Ada mpya za leo"
    bad = next(r[0].row for r in book.active.iter_rows(min_row=2) if r[0].value != TOPIC)
    book.active[f"D{bad}"] = "=1+1"
    book.save(path)
    page.set_input_files("#file", path)
    asha.press("Upload and check")
    assert f"D{bad}: A formula stands here" in page.get_by_role("alert").inner_text()
    asha.look("returned")
    page.locator("a[href*='/content/revisions/']").first.click()
    asha.look("returned-revision")

    juma = walk_as("juma", "editor", viewport={"width": 360, "height": 740})
    juma.shot = 160
    juma.go(f"/console/translations/sw/{TOPIC}")
    juma.look("translation-phone")
    juma.page.check("input[name=native]")
    juma.press("Sign off")
    assert juma.page.get_by_role("status").inner_text() == "Signed off. Thank you."
    juma.look("signed-phone")
    juma.go("/console/translations?language=sw&show=drafted")
    juma.look("translations-phone")


def test_both_work_without_scripts(walk_as, tmp_path):
    admin = walk_as("root", "admin", java_script_enabled=False)
    admin.go(f"/console/registry/{SOURCE}")
    admin.page.set_input_files("#file", listed(tmp_path / "ke_2026-11-01.csv", ["Newcomer Ltd"]))
    admin.press("Upload and compare")
    admin.press("Put in force")
    assert "The list is in force" in admin.page.get_by_role("status").inner_text()
    admin.go(f"/console/translations/sw/{TOPIC}")
    admin.page.check("input[name=native]")
    admin.press("Sign off")
    assert admin.page.get_by_role("status").inner_text() == "Signed off. Thank you."
    admin.go("/console/audit")
    acts = admin.page.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert acts[:3] == ["signed a translation off", "put an official list in force", "uploaded an official list"]
