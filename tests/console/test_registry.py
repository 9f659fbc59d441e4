"""Official lists through the browser: differences first, a second person when there is reason."""

import datetime as dt
import gzip
import io
import zipfile

import openpyxl
import pytest
from sqlalchemy import func, select

from bot.console import registry as pages
from bot.console.audit import Act
from bot.console.tables import AuditEntry
from bot.console.uploads import safe_name
from bot.registry import limits, snapshots
from bot.registry.importing import import_file
from bot.registry.source import Format, load_sources
from bot.registry.tables import RegistryEntry, SnapshotState
from bot.settings import ROOT
from tests.console.conftest import csrf

SOURCE = "ke_deregistered_agencies"
URL = f"/console/registry/{SOURCE}"
HEADER = "name,status,source,source_date"
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)


def listed(*names, status="deregistered_or_denied"):
    return "\n".join([HEADER, *(f"{name},{status},https://example.org,2026-11-01" for name in names)]).encode()


TWENTY = [f"Agency Number {number} Ltd" for number in range(20)]


@pytest.fixture
def in_force(database, tmp_path):
    """A list of twenty, in force."""
    path = tmp_path / "ke_2026-10-01.csv"
    path.write_bytes(listed(*TWENTY))
    import_file(database, load_sources(ROOT / "content")[SOURCE], path, "test", NOW)


@pytest.fixture
def zawadi(signed_in):
    return signed_in("registry", "zawadi")


@pytest.fixture
def otis(signed_in):
    return signed_in("registry", "otis")


def upload(browser, name, content, **fields):
    data = {"csrf": csrf(browser.get(URL)), **fields}
    sent = browser.post(f"{URL}/import", data=data, files={"file": (name, content)})
    return browser.get(URL) if sent.status_code == 303 else sent


def decide(browser, do, note="", snapshot=None):
    page = browser.get(URL)
    if snapshot is None:
        snapshot = page.text.partition('name="snapshot" value="')[2].partition('"')[0]
    sent = browser.post(f"{URL}/decide", data={"csrf": csrf(page), "do": do, "note": note, "snapshot": snapshot})
    assert sent.status_code == 303
    return browser.get(URL)


def names_in_force(database):
    with database.reading() as session:
        query = select(RegistryEntry.name).where(RegistryEntry.until_id.is_(None), RegistryEntry.staged.is_(False))
        return set(session.scalars(query))


def acts(database):
    with database.reading() as session:
        query = select(AuditEntry.act, AuditEntry.reason).order_by(AuditEntry.id)
        return [tuple(row) for row in session.execute(query) if row[0].startswith("registry_")]


def test_every_source_is_listed_with_its_freshness(zawadi, in_force):
    page = zawadi.get("/console/registry").text
    assert page.count('href="/console/registry/') >= 8
    assert "2026-10-01" in page
    assert ">fresh<" in page
    assert "no list yet" in page


@pytest.mark.parametrize("source", load_sources(ROOT / "content"))
def test_the_words_of_every_source_are_shown(signed_in, source):
    page = signed_in("viewer").get(f"/console/registry/{source}")
    assert page.status_code == 200
    assert len(page.content) < 100_000
    assert "Words and columns of this list" in page.text
    assert "Import a new list" not in page.text  # a viewer looks only


def test_a_new_list_waits_until_its_differences_were_seen(zawadi, database, in_force):
    page = upload(zawadi, "ke_2026-11-01.csv", listed(*TWENTY, "Newcomer Ltd")).text
    assert "21 rows were read" in page
    assert "21 rows: 1 new, 0 changed, 0 gone" in page
    assert "Newcomer Ltd" in page
    assert "Newcomer Ltd" not in names_in_force(database)
    assert "The list is in force" in decide(zawadi, "approve").text
    assert "Newcomer Ltd" in names_in_force(database)
    assert acts(database) == [(Act.REGISTRY_IMPORTED.value, "ke_2026-11-01.csv"), (Act.REGISTRY_APPROVED.value, None)]


def test_a_list_that_is_held_needs_a_second_person_with_a_reason(zawadi, otis, database, in_force):
    page = upload(zawadi, "ke_2026-11-01.csv", listed(*TWENTY[:10])).text
    assert "10 of 20 entries would go" in page
    assert "Somebody else must look" in page
    assert 'value="approve"' not in page
    number = page.partition('name="snapshot" value="')[2].partition('"')[0]
    assert "somebody other than who uploaded it" in decide(zawadi, "approve", "I am sure", number).text
    assert "Say why" in decide(otis, "approve").text
    assert len(names_in_force(database)) == 20
    assert "The list is in force" in decide(otis, "approve", "the ministry confirmed it").text
    assert len(names_in_force(database)) == 10
    history = otis.get(URL).text
    assert "the ministry confirmed it" in history
    assert "otis" in history
    assert "former" in history
    assert acts(database)[-1] == (Act.REGISTRY_APPROVED.value, "the ministry confirmed it")


def test_a_refused_list_leaves_the_former_in_force(zawadi, database, in_force):
    upload(zawadi, "ke_2026-11-01.csv", listed("Other Ltd"))
    assert "Say why" in decide(zawadi, "refuse").text
    assert "The former one stays in force" in decide(zawadi, "refuse", "wrong file").text
    assert len(names_in_force(database)) == 20


def test_a_decision_about_a_list_that_was_followed_by_another_is_not_taken(zawadi, otis, database, in_force):
    first = upload(zawadi, "ke_2026-11-01.csv", listed(*TWENTY, "First Ltd")).text
    number = first.partition('name="snapshot" value="')[2].partition('"')[0]
    upload(zawadi, "ke_2026-11-02.csv", listed(*TWENTY, "Second Ltd"))
    assert "no longer waits" in decide(otis, "approve", "fine", number).text
    assert len(names_in_force(database)) == 20


def test_a_file_that_cannot_be_read_leaves_what_waits(zawadi, otis, database, in_force):
    upload(zawadi, "ke_2026-11-01.csv", listed(*TWENTY, "First Ltd"))
    assert upload(otis, "ke_2026-11-02.csv", b"MZ\x90\x00").status_code == 400
    assert "The list is in force" in decide(otis, "approve").text
    assert "First Ltd" in names_in_force(database)


def test_the_same_file_again_changes_nothing(zawadi, in_force):
    assert "This very file is in force already" in upload(zawadi, "ke_2026-10-01.csv", listed(*TWENTY)).text


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"published": "2026-13-01"}, "a.csv", "That is no date"),
        ({}, "undated.csv", "tells no date"),
        ({"published": "2099-01-01"}, "a.csv", "is in the future"),
        ({"published": "2026-11-01"}, "a.csv", "1 new"),
    ],
)
def test_the_date_of_a_list(zawadi, in_force, fields, name, said):
    assert said in upload(zawadi, name, listed(*TWENTY, "Newcomer Ltd"), **fields).text


def zipped(size):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    return buffer.getvalue()


def workbook(*rows):
    buffer, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


HOSTILE = [
    ("csv", "x_2026-11-01.csv.gz", gzip.compress(b"0" * 40_000_000, mtime=0), "unpacks to far more than a list can be"),
    ("csv", "x_2026-11-01.csv.gz", gzip.compress(listed(*TWENTY), mtime=0)[:-9], "is damaged"),
    ("csv", "x_2026-11-01.exe", b"MZ\x90\x00\x03\x00", "cannot be read as text from line 1 on"),
    ("csv", "x_2026-11-01.csv", "nom,état\nÀ,ok".encode("latin-1"), "cannot be read as text from line 1 on"),
    ("csv", "x_2026-11-01.csv", b"some,other,list\n1,2,3\n", "lacks these columns: &#34;name&#34;"),
    ("csv", "x_2026-11-01.csv", b"", "lacks these columns"),
    ("csv", "x_2026-11-01.csv", HEADER.encode(), "has no row that can be used"),
    ("xlsx", "x_2026-11-01.xlsx", zipped(40_000_000), "unpacks to far more than a list can be"),
    ("xlsx", "x_2026-11-01.xlsx", listed("A Ltd"), "is not the kind of file this list comes as (XLSX)"),
    ("xlsx", "x_2026-11-01.xlsx", zipped(10), "is not the kind of file this list comes as (XLSX)"),
    ("html", "x_2026-11-01.html", b"<p>nothing</p>", "is not the kind of file this list comes as (HTML)"),
]


@pytest.mark.parametrize(("type", "name", "content", "said"), HOSTILE, ids=lambda value: str(value)[:24])
def test_a_hostile_file_is_refused_with_one_sentence(
    zawadi, database, in_force, monkeypatch, type, name, content, said
):
    sources = load_sources(ROOT / "content")
    changed = sources[SOURCE].copy(update={"format": Format(type=type)})
    monkeypatch.setattr(pages, "read_sources", lambda root: ({**sources, SOURCE: changed}, []))
    page = upload(zawadi, name, content)
    assert page.status_code == 400
    alert = page.text.partition('role="alert">')[2].partition("</p>")[0]
    assert alert.startswith(name)
    assert said in alert
    assert "Nothing was changed" in alert
    assert "/tmp" not in alert
    assert len(names_in_force(database)) == 20


def test_formulas_are_never_taken_for_values(zawadi, otis, database, in_force, monkeypatch):
    sources = load_sources(ROOT / "content")
    changed = sources[SOURCE].copy(update={"format": Format(type="xlsx")})
    monkeypatch.setattr(pages, "read_sources", lambda root: ({**sources, SOURCE: changed}, []))
    rows = [[name, "deregistered_or_denied", "https://example.org", "2026-11-01"] for name in TWENTY]
    content = workbook(
        HEADER.split(","), *rows, ['=HYPERLINK("https://evil.example")', "deregistered_or_denied", "", ""]
    )
    page = upload(zawadi, "x_2026-11-01.xlsx", content).text
    assert "1 rows cannot be read" in page
    assert "Somebody else must look" in page
    decide(otis, "approve", "the row is an advertisement")
    assert names_in_force(database) == set(TWENTY)


def test_a_file_that_is_too_big_is_not_read(zawadi, in_force, database):
    page = next(page for page in pages.PAGES if page.path.endswith("/import"))
    assert page.max_body == pages.MAX_UPLOAD < limits.MAX_FILE_BYTES
    token = csrf(zawadi.get(URL))
    headers = {"content-length": str(pages.MAX_UPLOAD + 1), "content-type": "multipart/form-data; boundary=x"}

    def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(52):
            yield b"a" * 1_000_000

    sent = zawadi.post(f"{URL}/import", content=endless(), headers={**headers, "x-csrf": token})
    assert sent.status_code == 413
    assert "larger than this page takes" in sent.text
    assert len(names_in_force(database)) == 20


def test_a_second_import_of_a_list_waits_for_the_first(zawadi, monkeypatch, in_force):
    monkeypatch.setattr(pages, "_importing", {SOURCE})
    assert "Another import of this list is running" in upload(zawadi, "a_2026-11-01.csv", listed("A Ltd")).text


def test_no_file(zawadi, in_force):
    sent = zawadi.post(f"{URL}/import", data={"csrf": csrf(zawadi.get(URL))})
    assert sent.status_code == 303
    assert "Choose a file first" in zawadi.get(URL).text


@pytest.mark.parametrize("role", ["viewer", "counsellor", "editor"])
def test_others_only_look(signed_in, role, in_force, database):
    browser = signed_in(role)
    data = {"csrf": csrf(browser.get("/console/"))}
    sent = browser.post(f"{URL}/import", data=data, files={"file": ("a_2026-11-01.csv", listed("A Ltd"))})
    assert sent.status_code == 403
    with database.reading() as session:
        assert snapshots.held(session, SOURCE) is None


def test_an_unknown_source_is_not_found(zawadi):
    assert zawadi.get("/console/registry/nowhere").status_code == 404


def test_an_approval_and_its_audit_entry_stand_or_fall_together(database, in_force, tmp_path):
    path = tmp_path / "ke_2026-11-01.csv"
    path.write_bytes(listed(*TWENTY, "Newcomer Ltd"))
    outcome = import_file(database, load_sources(ROOT / "content")[SOURCE], path, "zawadi", NOW, look_first=True)

    def broken(session):
        raise RuntimeError("the audit log is full")

    with pytest.raises(RuntimeError):
        snapshots.approve(database, outcome.snapshot_id, "otis", "", NOW, broken)
    with database.reading() as session:
        assert snapshots.held(session, SOURCE).state == SnapshotState.HELD.value
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("list_2026-11-01.csv", "list_2026-11-01.csv"),
        ("C:\\Users\\me\\list 1.xlsx", "list 1.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("..", "list"),
        ("liste_élèves.csv", "liste__l_ves.csv"),
        ("a" * 300 + ".csv", "a" * 116 + ".csv"),
        ("x\x00<script>.csv", "x__script_.csv"),
    ],
)
def test_names_of_uploads(given, kept):
    assert safe_name(given) == kept
