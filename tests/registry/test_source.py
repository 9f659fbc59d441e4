"""Each row breaks one thing in a copy of a source's description; the lint must name the file and the line."""

import datetime as dt
import shutil

import pytest

from bot.registry.lint import lint
from bot.registry.source import SourceError, load_sources

TODAY = dt.date(2026, 11, 24)
FILE = "registries/jm_employment_agencies.yml"
SHIPPED = "registries/ug_cancelled.yml"


def test_the_real_descriptions_have_no_errors(content_dir):
    assert [str(p) for p in lint(content_dir, TODAY) if p.is_error] == []
    assert any("too old to rely on" in p.message for p in lint(content_dir, TODAY))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (FILE, "id: jm_employment_agencies", "id: jm_agencies", 'id is "jm_agencies"'),
        (FILE, "country: JM", "country: XX", "no ISO 3166"),
        (FILE, "windows-1252", "windows-9", "no encoding"),
        (FILE, "approved: valid", "approved: fine", "not a valid enumeration"),
        (FILE, "  status: STATUS\n", "", "give either `status`"),
        (FILE, "kind: agencies", "sort: agencies", "extra fields"),
        (FILE, "  sw: ", "  xx: ", "missing language sw"),
        (FILE, "format: {", "format: [", "not valid YAML"),
        (FILE, "Ministry of Labour Jamaica", "Bộ Lao động ộ", "outside GSM-7: ộ (U+1ED9), đ (U+0111)"),
        (FILE, "undated: true ", "language: xx #", '"xx" is no language'),
        (FILE, "max_age_days: 90", "max_age_days: 0", "greater than or equal to 1"),
        (SHIPPED, "ug_cancelled_2021-06-28.csv", "nowhere.csv", "does not exist"),
        (SHIPPED, "published: 2021-06-28", "published: 2031-06-28", "in the future"),
        (SHIPPED, "printed as) (.+)", "printed as) .+", "groups"),
    ],
)
def test_what_is_broken_is_named_with_file_and_line(content_dir, tmp_path, file, old, new, message):
    copy = shutil.copytree(content_dir, tmp_path / "content")
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [p for p in lint(copy, TODAY) if p.is_error and message in p.message]
    assert found, [str(p) for p in lint(copy, TODAY) if p.is_error]
    assert found[0].file == copy / file


def test_a_broken_description_stops_a_command_in_one_line_each(content_dir, tmp_path):
    copy = shutil.copytree(content_dir, tmp_path / "content")
    (copy / FILE).write_text("id: [", encoding="utf-8")
    with pytest.raises(SourceError, match=r"jm_employment_agencies\.yml:\d+"):
        load_sources(copy)
