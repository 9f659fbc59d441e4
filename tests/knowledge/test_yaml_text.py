import datetime as dt

import pytest
import yaml

from bot.knowledge.lint import lint_one
from bot.knowledge.yaml_text import UnsafeYaml, compose_yaml, is_unsafe, parse_yaml

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 9))
UNSAFE = {
    "brackets": "[" * 40_000,
    "braces": "{a: " * 40_000,
    "dashes": "- " * 40_000,
    "keys": "? " * 40_000,
    "lines": "".join(f"{' ' * n}a:\n" for n in range(400)),
    "alias bomb": BOMB,
    "alias of itself": "a: &a [*a]",
    "anchor alone": "a: &a b",
    "tag": "a: !!binary aGVsbG8=",
    "long number": "a: 0x" + "f" * 9_000,
    "number in base 60": "a: 1" + ":59" * 9_000,
}


@pytest.mark.parametrize("text", UNSAFE.values(), ids=UNSAFE)
def test_what_would_stop_the_process_is_refused_with_its_line(text):
    for reader in (parse_yaml, compose_yaml):
        with pytest.raises(UnsafeYaml) as refused:
            reader(text)
        assert refused.value.problem_mark.line < 25
    assert is_unsafe(text)


@pytest.mark.parametrize(
    "text", ["a: [", "a: 2026-13-01", "- '*a' # &b\n- 5 & 6\n- x!", "a: " + "[" * 15 + "]" * 15, ""]
)
def test_plain_mistakes_and_the_same_signs_in_texts_may_be_kept(text):
    assert not is_unsafe(text)


def test_data_is_that_of_the_safe_loader():
    text = "a: 1\nb: [2026-01-02, 'é']"
    assert parse_yaml(text) == yaml.safe_load(text)


def test_the_check_of_a_text_names_it_as_a_problem(content_dir):
    path = "responses/desk.yml"
    _, problems = lint_one(content_dir, dt.date(2026, 11, 25), {path: "[" * 40_000}, path)
    assert "nested more than 20" in problems[0].message
