"""Commands as their user types them: what goes wrong is one line on stderr and a non-zero exit."""

import json
import os
import shutil
import subprocess
import sys

import pytest


def salama(*arguments, said=None, **environment):
    environment = {**os.environ, **{k: str(v) for k, v in environment.items()}, "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments], env=environment, capture_output=True, text=True, input=said
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (["run"], {"SALAMA_PORT": "many"}, "SALAMA_PORT"),
        (["run"], {"SALAMA_DATABASE_URL": "mysql://x/y"}, "SALAMA_DATABASE_URL"),
        (["run"], {"SALAMA_SECRET": "short"}, "SALAMA_SECRET"),
        (["run"], {"SALAMA_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x", "SALAMA_PORT": "18099"}, "127.0.0.1"),
        (["content", "lint"], {"SALAMA_CONTENT_DIR": "/nowhere"}, "/nowhere"),
        (["evaluate", "/nowhere.csv"], {}, "/nowhere.csv"),
        (["nlu-benchmark", "--train", "/nowhere.csv", "--test", "/nowhere.csv"], {}, "/nowhere.csv"),
        (["process", "cook"], {}, "cook"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_wrong_is_named_in_one_line(tmp_path, arguments, environment, message):
    ran = salama(*arguments, **{"SALAMA_VAR_DIR": tmp_path, **environment})
    assert ran.returncode == 1
    assert message in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr
    assert "a fault in Salama itself" not in ran.stderr


def test_without_a_model_ask_says_what_to_do(tmp_path):
    ran = salama("ask", "hello", SALAMA_VAR_DIR=tmp_path)
    assert ran.returncode == 1
    assert "salama train" in ran.stderr


def test_broken_content_is_named_with_file_and_line(tmp_path, content_dir):
    copy = shutil.copytree(content_dir, tmp_path / "content")
    (copy / "faq/recruitment/receipts.yml").write_text("id: receipts\nbuttons: [", encoding="utf-8")
    for command in (["content", "lint"], ["train"]):
        ran = salama(*command, SALAMA_CONTENT_DIR=copy, SALAMA_VAR_DIR=tmp_path)
        assert ran.returncode == 1
        assert "receipts.yml:" in ran.stderr + ran.stdout
        assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("channel", "shown"), [("web", "  1 "), ("sms", "Reply MORE"), ("whatsapp", "1 "), ("telegram", "  1 ")]
)
def test_ask_prints_the_reply_as_the_channel_shows_it(model_settings, channel, shown):
    ran = salama("ask", "how much can an agent charge me?", "--channel", channel, SALAMA_VAR_DIR=model_settings.var_dir)
    assert ran.returncode == 0, ran.stderr
    assert "ILO" in ran.stdout
    assert any(line.startswith(shown) for line in ran.stdout.splitlines())


def test_chat_by_sms_cuts_long_replies_and_brings_the_rest_on_request(model_settings):
    said = "how much can an agent charge me?\nmore\n"
    ran = salama("chat", "--channel", "sms", said=said, SALAMA_VAR_DIR=model_settings.var_dir)
    assert ran.returncode == 0, ran.stderr
    assert "Reply MORE" in ran.stdout
    first, rest = ran.stdout.split("Reply MORE", 1)
    assert "Which country" in first
    assert "1 " not in first
    assert "\n1 " in rest
    assert "(3 SMS segments)" not in ran.stderr


def test_chat_says_what_it_cannot_keep_of_a_promise(model_settings):
    said = "hello\nis Skill Dove Ltd licensed?\n1\nreport a recruiter\n1\n1\n1\n1\n2\n1\n"
    ran = salama("chat", said=said, SALAMA_VAR_DIR=model_settings.var_dir)
    assert ran.returncode == 0, ran.stderr
    assert "I will tell you here when" in ran.stdout
    assert ran.stderr.count("(not stored: in a terminal nobody can be told of changes later)") == 1
    assert "Your report is stored" in ran.stdout
    assert ran.stderr.count("(stored as anonymous: in a terminal staff cannot answer)") == 1


def test_ask_in_a_language_speaks_it(model_settings):
    ran = salama("ask", "?", "--language", "sw", SALAMA_VAR_DIR=model_settings.var_dir)
    assert ran.returncode == 0, ran.stderr
    unknown = salama("ask", "?", "--language", "xx", SALAMA_VAR_DIR=model_settings.var_dir)
    assert unknown.returncode == 1
    assert "xx" in unknown.stderr


def test_evaluate_writes_the_promised_json(model_settings, tmp_path):
    questions = tmp_path / "q.csv"
    questions.write_text("text,language,expected,note\nhow much can an agent charge me?,en,recruitment_fees,\n")
    ran = salama("evaluate", str(questions), "--json", str(tmp_path / "o.json"), SALAMA_VAR_DIR=model_settings.var_dir)
    assert ran.returncode == 0, ran.stderr
    report = json.loads((tmp_path / "o.json").read_text())
    assert {"right", "wrong", "abstained", "emergency_recall", "out_of_scope_refused"} <= set(report["summary"])
    assert set(report["rows"][0]) == {"text", "language", "expected", "predicted", "confidence", "outcome"}


def test_doctor_finds_a_fresh_machine_wanting_and_a_set_up_one_well(tmp_path, model_settings):
    ran = salama("doctor", SALAMA_VAR_DIR=tmp_path, SALAMA_PORT="18098")
    assert ran.returncode == 1
    assert "salama train" in ran.stdout
