"""Edits of real files change what they must and nothing else."""

import datetime as dt
import difflib

import pytest
import yaml

from bot.editing.yaml_edit import EditFailed, leaves, set_values


def changed_lines(old, new):
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and not line.startswith(("+++", "---"))]


@pytest.fixture
def topic(content_dir):
    return (content_dir / "faq/recruitment/recruitment_fees.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("languages", "en", "title"), "Fees: who pays?"),
        (("languages", "fr", "title"), "L'agence"),
        (("languages", "sw", "sms"), 'Usilipe "ada": 100% # bure'),
        (("languages", "pt", "answer"), "Uma linha.\n\n- Um ponto: nunca pague.\n- Outro #2.\n\nFim."),
        (("languages", "en", "answer"), "One line only, but long enough to be an answer: yes, really, it is: long."),
        (("reviewed_on",), dt.date(2026, 12, 1)),
        (("buttons",), ["receipts", "get_refund"]),
        (("facts",), None),
        (("languages", "en", "questions"), ["who pays?", "is it: legal", "- dash", "yes", "1500"]),
        (("sources",), [{"name": "ILO: fees", "short": "ILO", "url": "https://ilo.org", "date": "2019"}]),
        (("languages", "sw", "translation"), "reviewed"),
        (("sources", 0, "short"), "ILO 2021"),
        (("sources", 1, "short"), None),
        (("sources", 1, "type"), "official"),
    ],
)
def test_an_edit_of_a_topic_changes_that_value_and_no_other_line(topic, place, value):
    edited = set_values(topic, {place: value})
    wanted = yaml.safe_load(topic)
    node = wanted
    for key in place[:-1]:
        node = node[key]
    before = node.get(place[-1])
    if value is None:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    assert yaml.safe_load(edited) == wanted
    most = len(str(before).splitlines()) + len(str(value).splitlines())
    if isinstance(before, (list, dict)) or "\n" in str(before):
        most = max(80, len(before or "") + len(value or ""))
    assert 0 < len(changed_lines(topic, edited)) <= max(2, most)


def test_the_same_values_change_nothing(content_dir):
    for path in [*content_dir.glob("faq/*/*.yml"), *content_dir.glob("countries/*.yml")][:8]:
        text = path.read_text(encoding="utf-8")
        data = yaml.safe_load(text)
        assert set_values(text, dict(leaves(data))) == text


def test_every_scalar_of_every_kind_of_file_can_be_edited(content_dir):
    for name in ("countries/KE.yml", "centres/TZ.yml", "responses/emergency.yml", "responses/channels.yml"):
        text = (content_dir / name).read_text(encoding="utf-8")
        for place, value in leaves(yaml.safe_load(text))[:25]:
            if not isinstance(value, str):
                continue
            new = value + ' — "new": yes, {a}'
            edited = set_values(text, {place: new})
            assert dict(leaves(yaml.safe_load(edited)))[place] == new
            assert 0 < len(changed_lines(text, edited)) <= 10, (name, place)


def test_comments_and_other_languages_stay(topic):
    commented = topic.replace("languages:\n", "# checked by Asha\nlanguages:\n", 1)
    edited = set_values(commented, {("sources", 1, "date"): "2024"})
    assert changed_lines(commented, edited) == ["-    date: n.d.", "+    date: '2024'"]


def test_what_cannot_be_edited_is_refused(topic):
    with pytest.raises(EditFailed):
        set_values(topic, {("languages", "xx", "title"): "x"})
