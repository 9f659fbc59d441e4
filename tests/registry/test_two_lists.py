"""Lists that speak of the same firms: neither the order of import nor a writer changes what people are told."""

import pytest

from bot.registry.importing import import_file
from bot.registry.limits import sha256
from bot.registry.lookup import Registry
from bot.settings import ROOT
from bot.storage.database import Database
from tests.registry.conftest import NOW, SNAPSHOTS


@pytest.fixture(
    scope="module", params=[("ug_external_recruitment", "ug_cancelled"), ("ug_cancelled", "ug_external_recruitment")]
)
def ugandan(request, tmp_path_factory, sources):
    """A database of the Ugandan lists, imported in one order and in the other."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('order') / 'salama.db'}")
    database.migrate()
    for source in map(sources.get, request.param):
        path = SNAPSHOTS / source.shipped.file
        import_file(database, source, path, "test", NOW, source.shipped.published, known_hash=sha256(path))
    yield database
    database.close()


@pytest.fixture(scope="module")
def two_lists(ugandan):
    return Registry(ugandan, ROOT / "content")


@pytest.mark.parametrize(
    "name", ["Sahara Recruitment", "Sahara Recrutment Agency", "Forbes Enterprizes", "Fly Internatisnal Jobs"]
)
def test_a_near_name_of_a_struck_off_firm_is_never_told_as_licensed(two_lists, name):
    verdict = two_lists.check(name, NOW.date())
    assert verdict.matches
    assert "valid" not in {hit.status.value for hit in verdict.matches}, [(h.name, h.status) for h in verdict.matches]


def test_a_database_held_by_a_writer_keeps_no_list_from_being_read(ugandan):
    fresh = Registry(ugandan, ROOT / "content")
    with ugandan.transaction():
        assert fresh.check("Forbes Enterprises", NOW.date()).matches
