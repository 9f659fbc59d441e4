import pytest

from bot.teaching.choice import choose, kept, read_choice
from bot.teaching.runs import TeachingError, go_back


@pytest.fixture
def models(tmp_path):
    for name in "abc":
        (tmp_path / name).touch()
    return tmp_path


def test_the_last_choice_is_in_force_and_the_one_before_it_kept(models):
    assert read_choice(models) is None
    choose(models, "a", "1")
    choose(models, "b", "1")
    choice = choose(models, "b", "1")
    assert read_choice(models) == choice
    assert (choice.model, choice.previous) == ("b", "a")
    assert kept(models) == {"a", "b"}
    assert sorted(path.name for path in models.iterdir()) == ["a", "b", "c", "current"]


def test_going_back_twice_is_going_forth(models):
    with pytest.raises(TeachingError) as error:
        go_back(models)
    assert error.value.code == "no_previous"
    choose(models, "a", "1")
    choose(models, "b", "1")
    assert go_back(models).model == "a"
    assert go_back(models).model == "b"


def test_there_is_no_going_back_behind_an_upgrade_nor_to_what_is_gone(models):
    choose(models, "a", "1")
    choose(models, "b", "2")
    with pytest.raises(TeachingError):
        go_back(models)
    choose(models, "c", "2")
    (models / "b").unlink()
    with pytest.raises(TeachingError):
        go_back(models)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model": "gone", "previous": null, "shipped": "1"}', '{"other": 1}'])
def test_a_choice_that_cannot_be_read_is_none(models, text):
    (models / "current").write_text(text)
    assert read_choice(models) is None


def test_two_who_go_back_at_once_do_not_go_forth(models):
    choose(models, "a", "s")
    choose(models, "b", "s")
    assert go_back(models, seen="b").model == "a"
    with pytest.raises(TeachingError, match="since"):
        go_back(models, seen="b")
