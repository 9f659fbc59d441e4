"""What the tests of all lints share: a copy of the content to break, and the check that a break is named."""

import datetime as dt
import shutil

import pytest

from bot.knowledge.lint import lint


@pytest.fixture
def copy(content_dir, tmp_path):
    return shutil.copytree(content_dir, tmp_path / "content")


@pytest.fixture
def broken(copy):
    """Replaces text in a file of the copy; the lint must say so, naming the file and a line of it."""

    def check(file, old, new, message):
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        found = [p for p in lint(copy, dt.date(2026, 11, 24)) if p.is_error and message in p.message]
        assert found, f"no problem says {message!r}"
        assert path in [p.file for p in found]
        assert all(1 <= p.line <= text.count("\n") + 2 for p in found)
        return found

    return check
