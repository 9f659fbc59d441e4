"""Each row breaks one thing in a copy of the real content; the lint must name the file and the line."""

import datetime as dt

import pytest

from bot.knowledge.lint import lint

TODAY = dt.date(2026, 11, 24)
TOPIC = "faq/recruitment/receipts.yml"


def test_the_real_content_has_no_errors(content_dir):
    assert [str(p) for p in lint(content_dir, TODAY) if p.is_error] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (TOPIC, "id: receipts", "id: receipt", 'id is "receipt"'),
        (TOPIC, "group: recruitment", "group: money", 'group is "money"'),
        (TOPIC, "pay_upfront", "no_such_topic", '"no_such_topic" leads nowhere'),
        (TOPIC, "pay_upfront", "receipts", "leads to itself"),
        (TOPIC, "review_by:", "reviewed_by:", "extra fields not permitted"),
        (TOPIC, "reviewed_on: 2026", "reviewed_on: 2036", "review_by is not after"),
        (TOPIC, "translation: drafted", "translation: perfect", "unexpected value"),
        (TOPIC, "  sw:\n", "  xx:\n", "missing language sw"),
        (TOPIC, "languages:\n", "languages: [\n", "not valid YAML"),
        ("responses/system.yml", "utter_erased:\n", "utter_erased:\n  buttons: [nowhere]\n", '"nowhere" leads nowhere'),
        ("responses/emergency.yml", "countries_first: [SA", "countries_first: [KSA", '"KSA" has no file in countries/'),
        ("danger_cues.yml", "life:\n", "life: [\n", "not valid YAML"),
        ("danger_cues.yml", 'em, "no", na,', "em, no, na,", "put it in quotes"),
        ("menus/main.yml", "- recruiters", "- nowhere", '"nowhere" leads nowhere'),
        ("responses/dialogue.yml", "I will remember: {country}.", "I will remember: {land}.", "placeholders"),
    ],
)
def test_what_is_broken_is_named_with_file_and_line(copy, broken, file, old, new, message):
    assert broken(file, old, new, message)[0].file == copy / file


def test_too_long_an_sms_is_an_error(copy):
    path = copy / TOPIC
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.strip().startswith("sms:"))
    path.write_text(text.replace(line, "    sms: " + "too long " * 40, 1), encoding="utf-8")
    assert any("sms" in p.message for p in lint(copy, TODAY) if p.is_error)


def test_characters_that_an_sms_cannot_carry_are_named(copy):
    path = copy / TOPIC
    text = path.read_text(encoding="utf-8").replace("    sms: ", f"    sms: {'Đ' * 20} ", 1)
    path.write_text(text.replace("short: ", "short: đ", 1), encoding="utf-8")
    found = [p.message for p in lint(copy, TODAY) if p.is_error]
    assert any("SMS segments" in message and "outside GSM-7: Đ (U+0110), đ (U+0111)" in message for message in found)
    assert "`short` has characters outside GSM-7: đ (U+0111)" in found


def test_a_topic_past_its_review_is_a_warning_not_an_error(copy):
    late = lint(copy, dt.date(2031, 1, 1))
    assert any("review was due" in p.message for p in late)
    assert not any(p.is_error for p in late if "review was due" in p.message)


def test_a_file_that_is_not_utf8_is_named(copy):
    (copy / TOPIC).write_bytes(b"id: caf\xe9")
    assert any("not UTF-8" in p.message for p in lint(copy, TODAY))


def test_a_missing_directory_is_one_clear_problem(tmp_path):
    assert "does not exist" in str(lint(tmp_path / "none", TODAY)[0])


@pytest.mark.parametrize("file", ["emergency/sw.yml", "gazetteer/sw.yml"])
def test_a_language_without_its_word_lists_is_an_error(copy, file):
    (copy / file).unlink()
    assert [p.file for p in lint(copy, TODAY) if p.is_error] == [copy / file]


def test_a_help_line_that_is_not_named_in_every_language_is_an_error(copy):
    path = copy / "countries/LB.yml"
    text = path.read_text(encoding="utf-8")
    start = text.index("  names:")
    path.write_text(text[:start] + text[text.index("  phone: '112'") :], encoding="utf-8")
    assert ["needs `names`" in p.message for p in lint(copy, TODAY) if p.is_error] == [True]
