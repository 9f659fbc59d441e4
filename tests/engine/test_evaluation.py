import pytest

from bot.engine.evaluation import EvaluationError, evaluate, read_questions, report


class Fixed:
    """Understands what the text names."""

    async def understand(self, text):
        return {"intent": {"name": text, "confidence": 0.8}}


def row(text, expected, note=""):
    return {"text": text, "language": "en", "expected": expected, "note": note}


async def test_shares_are_of_in_scope_messages_and_abstaining_is_neither_right_nor_wrong():
    rows = await evaluate(
        Fixed(),
        [
            row("receipts", "receipts"),
            row("get_refund", "receipts"),
            row("get_refund", "receipts", "also:get_refund"),
            row("nlu_fallback", "receipts"),
            row("thank", "smalltalk"),
            row("emergency", "emergency"),
            row("locked_in", "emergency"),
            row("nlu_fallback", "out_of_scope"),
            row("receipts", "out_of_scope"),
            row("emergency", "receipts"),
        ],
    )
    summary = report(rows)["summary"]
    assert [r.outcome for r in rows[:5]] == ["right", "wrong", "right", "abstained", "right"]
    assert (summary["right"], summary["wrong"], summary["abstained"]) == (0.5, 0.3333, 0.1667)
    assert summary["emergency_recall"] == 0.5
    assert summary["out_of_scope_refused"] == 0.5
    assert summary["emergency_false_alarms"] == 0.125
    assert set(summary["by_topic"]) == {"receipts", "smalltalk", "emergency", "out_of_scope"}


@pytest.mark.parametrize("content", [b"", b"text,language\nhi,en\n", b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_used_is_named(tmp_path, content):
    path = tmp_path / "questions.csv"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match=r"questions\.csv"):
        read_questions(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(EvaluationError, match="does not exist"):
        read_questions(tmp_path / "none.csv")
