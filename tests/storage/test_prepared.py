import errno
import logging
import os
import time

import numpy as np
import pytest

from bot.storage import prepared as module
from bot.storage.prepared import keep_in, prepared


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_directory", None)  # and put back after the test
    keep_in(tmp_path / "prepared")
    return tmp_path / "prepared"


class Maker:
    """Makes a value, and counts how often."""

    def __init__(self, value="made"):
        self.value, self.times = value, 0

    def __call__(self):
        self.times += 1
        return self.value


def twice(make, first=b"a", second=b"a"):
    return [prepared("thing", [part].copy, make) for part in (first, second)]


def test_what_was_prepared_is_not_made_again(directory):
    make = Maker({"of": ["many", "parts"]})
    assert twice(make) == [make.value, make.value]
    assert make.times == 1


def test_it_is_made_anew_from_something_else_and_the_former_goes(directory):
    make = Maker()
    twice(make, b"a", b"b")
    assert make.times == 2
    assert len(list(directory.iterdir())) == 1


def test_it_is_made_anew_by_other_code(directory, monkeypatch):
    make = Maker()
    twice(make)
    monkeypatch.setattr(module, "_code", lambda: b"other code")
    twice(make)
    assert make.times == 2


def test_arrays_come_back_as_they_were_and_are_mapped(directory):
    make = Maker({"odd": np.arange(7, dtype=np.uint8), "table": np.arange(12.0).reshape(3, 4)})
    _, kept = twice(make)
    assert make.times == 1
    for name, array in make.value.items():
        np.testing.assert_array_equal(kept[name], array)
        assert kept[name].flags.aligned
        assert not kept[name].flags.writeable


@pytest.mark.parametrize("kept_bytes", [0, 20, 40, 100, 200])
def test_a_file_that_was_cut_off_is_made_anew(directory, kept_bytes):
    make = Maker({"table": np.arange(100.0)})
    twice(make)
    (file,) = directory.iterdir()
    file.write_bytes(file.read_bytes()[:kept_bytes])
    _, again = twice(make)
    np.testing.assert_array_equal(again["table"], make.value["table"])
    assert make.times == 2


def test_it_is_not_kept_when_its_sources_change_while_it_is_made(directory):
    make, versions = Maker(), iter([b"before", b"after", b"after", b"after"])
    for _ in range(2):
        prepared("thing", lambda: [next(versions)], make)
    assert make.times == 2


def test_where_nothing_can_be_kept_it_is_made_all_the_same(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("no directory")
    monkeypatch.setattr(module, "_directory", tmp_path / "file")
    with caplog.at_level(logging.WARNING):
        assert twice(Maker()) == ["made", "made"]
    assert "cannot be kept" in caplog.text


def test_a_process_that_names_no_directory_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_directory", None)
    make = Maker()
    twice(make)
    assert make.times == 2


def test_a_full_disk_leaves_no_half(directory, monkeypatch, caplog):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    assert prepared("thing", list, Maker()) == "made"
    assert "No space left" in caplog.text
    assert list(directory.iterdir()) == []


def test_halves_of_the_killed_go_and_one_that_is_being_written_stays(directory):
    directory.mkdir()
    for name, age in (("thing.pickle-old", 3600), ("thing.pickle-now", 1)):
        (directory / name).write_bytes(b"half")
        os.utime(directory / name, (time.time() - age,) * 2)
    prepared("thing", list, Maker())
    assert sorted(file.name for file in directory.iterdir()) == ["thing.pickle", "thing.pickle-now"]
