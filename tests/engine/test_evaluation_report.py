import re

from bot.engine.evaluation import Row
from bot.engine.evaluation_report import confusion_picture, html

ROWS = [
    Row("<script>alert(1)</script>", "en", "receipts", "get_refund", 0.9, "wrong"),
    Row("msaada", "sw", "emergency", "menu", 0.4, "abstained"),
    Row("who pays", "en", "recruitment_fees", "recruitment_fees", 0.9, "right"),
]


def test_the_page_stands_alone_and_shows_messages_harmlessly():
    page = html(ROWS, "Understanding")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r'(src|href)="(?!#|data:)', page)


def test_a_missed_emergency_comes_before_every_other_mistake():
    page = html(ROWS, "Understanding")
    assert page.index("msaada") < page.index("&lt;script&gt;")


def test_the_picture_holds_the_confused_topics_only():
    picture = confusion_picture(ROWS)
    assert "receipts" in picture
    assert "get_refund" in picture
    assert "recruitment_fees" not in picture
    assert confusion_picture(ROWS[2:]) == ""
