import json
import logging

import pytest

from bot.logs import Lines


def record(**fields):
    made = logging.makeLogRecord({"msg": "delivered", "levelname": "INFO", "created": 0, **fields})
    return made


def test_a_line_has_its_fields():
    line = Lines("sender").format(record(message_id=12, channel="sms"))
    assert line == "1970-01-01T00:00:00.000+00:00 INFO sender: delivered message_id=12 channel=sms"


def test_json_has_them_too():
    line = json.loads(Lines("sender", as_json=True).format(record(message_id=12)))
    assert line == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "level": "INFO",
        "process": "sender",
        "event": "delivered",
        "message_id": 12,
    }


@pytest.mark.parametrize("as_json", [False, True])
def test_an_exceptions_text_is_never_written(as_json):
    try:
        raise ValueError("my number is +254700000001")
    except ValueError as error:
        line = Lines("x", as_json).format(record(exc_info=(type(error), error, error.__traceback__)))
    assert "ValueError" in line
    assert "254" not in line
