"""Every real list by one command each, and what bad files do; on both databases."""

import csv
import datetime as dt
import gzip
import zipfile

import openpyxl
import pytest
from sqlalchemy import func, select, update

from bot.registry import snapshots
from bot.registry.diff import changes
from bot.registry.entries import entries
from bot.registry.importing import load_shipped
from bot.registry.limits import ImportRefused
from bot.registry.readers import read_rows
from bot.registry.source import Source
from bot.registry.tables import RegistryEntry, RegistryKey, Snapshot, SnapshotState
from bot.settings import ROOT

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)
SHARED = ROOT.parent / "shared" / "data" / "registries"
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared lists are not on this machine")

SMALL = [
    ("bd_recruiting_agencies", "bd_recruiting_agencies_2023-04-07.csv", 507, 0),
    ("vn_labour_export_companies", "vn_labour_export_companies_2024-02-04.csv", 354, 1),
    ("jm_employment_agencies", "jm_employment_agencies.csv", 69, 0),
    ("ke_deregistered_agencies", "ke_deregistered_agencies_2024-10-07.csv", 24, 0),
    ("ug_external_recruitment", "ug_external_recruitment_2020-06-30.csv", 205, 0),
    ("ug_cancelled", "ug_cancelled_2021-06-28.csv", 8, 0),
]


@shared
@pytest.mark.parametrize(("source", "file", "rows", "broken"), SMALL, ids=lambda value: str(value)[:20])
def test_a_real_list_is_in_force_after_one_import(put, database, source, file, rows, broken):
    outcome = put(source, SHARED / file)
    assert (outcome.rows, outcome.broken_count, outcome.held) == (rows, broken, "")
    with database.transaction() as session:
        assert snapshots.in_force(session, source).rows == rows
    again = put(source, SHARED / file)
    assert again.snapshot_id == outcome.snapshot_id, "the same file is not imported twice"


@shared
@pytest.mark.parametrize(
    ("source", "file", "rows"),
    [
        ("gb_licensed_sponsors", "gb_licensed_sponsors_2021-07-26.csv.gz", 46_516),
        ("gb_licensed_sponsors", "gb_licensed_sponsors_2021-11-02.csv.gz", 48_684),
        ("gb_licensed_sponsors_skilled_worker", "gb_licensed_sponsors_skilled_worker_2026-06-25.csv.gz", 121_454),
    ],
)
def test_the_long_lists_are_read_whole(sources, source, file, rows):
    assert sum(1 for _ in read_rows(sources[source], SHARED / file)) == rows


@shared
def test_the_broken_vietnamese_row_is_told(put):
    assert (
        'row 196: status "admin@nhanlucnhatban.com"'
        in put("vn_labour_export_companies", SHARED / SMALL[1][1]).broken[0]
    )


def agencies(tmp_path, names, day="2026-11-01", name="list"):
    path = tmp_path / f"{name}_{day}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Name of the Agency", "RL No", "Address", "Telephone"])
        writer.writerows([[agency, f"{number:04}", "Dhaka", ""] for number, agency in names])
    return path


FIRMS = [(n, f"Agency Number {n} Overseas") for n in range(1, 41)]


@pytest.fixture
def bd(sources):
    """The Bangladeshi source without its shipped list."""
    return Source.parse_obj({**sources["bd_recruiting_agencies"].dict(), "shipped": None})


def current(database):
    with database.transaction() as session:
        rows = session.execute(
            select(RegistryEntry.name).where(RegistryEntry.staged.is_(False), RegistryEntry.until_id.is_(None))
        )
        return sorted(rows.scalars())


def test_a_small_change_is_in_force_at_once_and_the_past_is_kept(put, database, tmp_path, bd):
    put(bd, agencies(tmp_path, FIRMS))
    outcome = put(bd, agencies(tmp_path, [*FIRMS[1:], (99, "New Overseas")], "2026-11-10"))
    assert (outcome.diff.added, outcome.diff.changed, outcome.diff.removed, outcome.held) == (1, 0, 1, "")
    assert len(current(database)) == 40
    with database.transaction() as session:
        gone = session.execute(select(RegistryEntry).where(RegistryEntry.until_id.is_not(None))).scalars().one()
        assert gone.name == FIRMS[0][1]
        assert session.get(Snapshot, gone.until_id).published == dt.date(2026, 11, 10)
        assert session.execute(select(func.count()).select_from(RegistryEntry)).scalar() == 41
        assert session.execute(select(func.count()).select_from(RegistryKey)).scalar() == 82


def test_an_import_that_removes_more_than_a_tenth_is_held_then_approved_or_refused(put, database, tmp_path, bd):
    put(bd, agencies(tmp_path, FIRMS))
    before = current(database)
    outcome = put(bd, agencies(tmp_path, FIRMS[5:], "2026-11-10"))
    assert "5 of 40 entries would go" in outcome.held
    assert current(database) == before, "nothing changes while it is held"
    with database.transaction() as session:
        shown = changes(session, bd.id, outcome.snapshot_id, 10)
    assert [change.kind for change in shown] == ["removed"] * 5
    snapshots.refuse(database, outcome.snapshot_id, "me", "a wrong file", NOW)
    assert current(database) == before
    outcome = put(bd, agencies(tmp_path, FIRMS[5:], "2026-11-10"))
    snapshots.approve(database, outcome.snapshot_id, "me", "asked the office", NOW)
    assert len(current(database)) == 35
    with pytest.raises(ImportRefused, match="does not wait"):
        snapshots.approve(database, outcome.snapshot_id, "me", "again", NOW)


def test_differences_are_told_by_name_whatever_their_place_in_the_file(put, database, tmp_path, bd):
    put(bd, agencies(tmp_path, FIRMS))
    more = [(77, ""), (98, "Zebra"), (97, "beta Travels"), (96, "Alpha"), (95, "Gulf")]
    outcome = put(bd, agencies(tmp_path, [*FIRMS[5:], *more], "2026-11-10"))
    with database.transaction() as session:
        shown = changes(session, bd.id, outcome.snapshot_id, 3)
    assert [c.name for c in shown if c.kind == "added"] == ["Alpha", "beta Travels", "Gulf"]
    assert [c.name for c in shown if c.kind == "removed"] == sorted(name for _, name in FIRMS[:5])[:3]


@pytest.mark.parametrize(
    ("rows", "day", "reason"),
    [
        ([*FIRMS, (77, "")], "2026-11-10", "1 rows cannot be read"),
        (FIRMS, "2025-01-01", "older than the list in force"),
    ],
)
def test_what_else_is_held(put, tmp_path, bd, rows, day, reason):
    put(bd, agencies(tmp_path, FIRMS))
    assert reason in put(bd, agencies(tmp_path, [*rows, (98, "Changed Overseas")], day)).held


def test_an_import_that_dies_leaves_the_former_list_in_force(put, database, tmp_path, bd):
    put(bd, agencies(tmp_path, FIRMS))
    before = current(database)
    path = agencies(tmp_path, FIRMS[2:], "2026-11-10")

    def dying():
        yield from list(entries(bd, read_rows(bd, path)))[:20]
        raise MemoryError

    with pytest.raises(MemoryError):
        snapshots.stage(database, bd, snapshots.ListFile("x", "0", NOW.date(), "me"), dying(), NOW)
    assert current(database) == before
    assert put(bd, agencies(tmp_path, FIRMS[1:], "2026-11-11")).held == ""
    with database.transaction() as session:
        assert session.execute(select(func.count()).where(RegistryEntry.staged.is_(True))).scalar() == 0
        states = session.execute(select(Snapshot.state).order_by(Snapshot.id)).scalars().all()
    assert states == [s.value for s in (SnapshotState.FORMER, SnapshotState.REFUSED, SnapshotState.IN_FORCE)]


def test_keys_are_made_anew_when_the_rules_of_names_change(put, database, tmp_path, bd):
    put(bd, agencies(tmp_path, FIRMS))
    with database.transaction() as session:
        session.execute(update(Snapshot).values(names_version="old"))
        session.execute(update(RegistryKey).values(value="x", spelled="x"))
    assert snapshots.rekey(database, {bd.id: bd}) == [bd.id]
    assert snapshots.rekey(database, {bd.id: bd}) == []
    with database.transaction() as session:
        values = set(session.execute(select(RegistryKey.value)).scalars())
    assert "agencynumber1overseas" in values
    assert len(values) == 80


def bomb(path):
    with gzip.open(path, "wb") as file:
        file.write(b"Name of the Agency,RL No,Address,Telephone\n")
        for _ in range(60):
            file.write((b"A,1," + b"B" * 1000 + b",\n") * 1000)


def zip_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)


HEAD = b"Name of the Agency,RL No,Address,Telephone\n"
BAD = {
    "a column is missing": (b"Name,RL No\nA,1\n", 'no column "Address"'),
    "another encoding": (HEAD + "Café Overseas,1,,\n".encode("cp1252"), "is not utf-8"),
    "a NUL": (HEAD + b"A\0,1,,\n", "NUL"),
    "an open quotation": (HEAD + b'"A,1,,\n' + b"B,2,,\n" * 400_000, "quotation mark"),
    "one endless line": (HEAD + b"A" * 1_200_000, "longer than"),
    "nothing": (b"", "no column"),
    "only a header": (HEAD, "no row can be used"),
    "only formulas": (HEAD + b"=1+1,1,,\n\"=cmd|'/C calc'!A0\",2,,\n", "holds a formula"),
    "a damaged gzip": (b"\x1f\x8b" + b"x" * 100, "damaged gzip"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_one_line(put, database, tmp_path, bd, content, message):
    path = tmp_path / "list_2026-11-01.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=message) as error:
        put(bd, path)
    assert "\n" not in str(error.value)
    assert current(database) == []


def test_bombs_are_refused(put, tmp_path, bd):
    bomb(tmp_path / "list_2026-11-01.csv.gz")
    with pytest.raises(ImportRefused, match="zip bomb"):
        put(bd, tmp_path / "list_2026-11-01.csv.gz")
    xlsx = Source.parse_obj({**bd.dict(), "format": {"type": "xlsx"}})
    zip_bomb(tmp_path / "list_2026-11-01.xlsx")
    with pytest.raises(ImportRefused, match="zip bomb"):
        put(xlsx, tmp_path / "list_2026-11-01.xlsx")


def test_a_utf8_file_in_a_source_of_another_encoding_is_refused(put, tmp_path, sources):
    path = tmp_path / "jm_2026-11-01.csv"
    path.write_text("AGENCY,STATUS,CONTACT,LOCATION,PROGRAMMES\nInternet Café,approved,,Kingston,\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="is UTF-8, not cp1252"):
        put(sources["jm_employment_agencies"], path)


def test_a_list_without_a_date_says_what_to_do(put, tmp_path, bd):
    path = agencies(tmp_path, FIRMS).rename(tmp_path / "list.csv")
    with pytest.raises(ImportRefused, match="--published"):
        put(bd, path)
    with pytest.raises(ImportRefused, match="in the future"):
        put(bd, path, published=dt.date(2030, 1, 1))


def new_country(format, **more):
    """A list never seen before, as docs/registries.md has it."""
    return Source.parse_obj(
        {
            "id": "np_agencies", "country": "NP", "kind": "agencies", "title": "Nepal agencies", "authority": "DoFE",
            "official_url": "https://dofe.gov.np", "register_url": "https://dofe.gov.np", "max_age_days": 30,
            "means": {"en": "x", "fr": "x", "pt": "x", "sw": "x"}, "format": format,
            "columns": {"name": "Company", "licence": "Licence", "status": "State", "expires": "Valid until"},
            "statuses": {"Active": "valid", "Blacklisted": "cancelled"}, "date_formats": ["%d/%m/%Y"], **more,
        }
    )  # fmt: skip


def test_xlsx_and_html_are_read_as_published(put, database, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["List of agencies"])
    sheet.append(["Company", "Licence", "State", "Valid until"])
    sheet.append(["Everest Manpower Pvt. Ltd.", 123, "Active", dt.datetime(2027, 1, 1)])
    sheet.append(["=1+1", 124, "Active", None])
    book.save(tmp_path / "np_2026-11-01.xlsx")
    outcome = put(new_country({"type": "xlsx", "header_row": 2}), tmp_path / "np_2026-11-01.xlsx")
    assert (outcome.rows, outcome.broken) == (1, ('row 4: "Company" holds a formula',))
    html = """<table></table><table><thead><tr><th>Company</th><th>Licence</th><th>State</th><th>Valid until</th></tr>
    </thead><tr><td><b>Everest</b> &amp; Sons<br></td><td>9</td><td>Blacklisted</td><td>31/12/2026</td></tr></table>"""
    (tmp_path / "np_2026-11-02.html").write_text(html, encoding="utf-8")
    outcome = put(new_country({"type": "html", "table": 1}), tmp_path / "np_2026-11-02.html", force="a test")
    assert outcome.held == ""
    assert current(database) == ["Everest & Sons"]


def test_shipped_lists_load_once(database, sources):
    few = {id: source for id, source in sources.items() if source.kind.value != "employers"}
    assert set(load_shipped(database, few, ROOT / "content", NOW)) == {id for id, s in few.items() if s.shipped}
    assert load_shipped(database, few, ROOT / "content", NOW) == []
    with database.transaction() as session:
        assert snapshots.held(session, "vn_labour_export_companies") is None
