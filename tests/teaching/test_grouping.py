import datetime as dt

from bot.teaching.grouping import grouped
from bot.teaching.missed import Missed, hash_of

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.timezone.utc)
TAX = (("wages_deductions", 0.3), ("social_security", 0.2), ("send_money_home", 0.1))


def missed(text, language="en", times=1, nearest=(), suggested=None):
    return Missed(hash_of(text), text, language, times, NOW, nearest, suggested)


def texts(groups):
    return [[question.text for question in group.questions] for group in groups]


def test_nearly_the_same_words_are_one_group_most_asked_first():
    groups = grouped(
        [
            missed("can i bring my dog"),
            missed("do i pay tax in qatar", times=2),
            missed("in qatar do i pay taxes"),
            missed("what is the weather there", times=2),
        ]
    )
    assert texts(groups) == [
        ["do i pay tax in qatar", "in qatar do i pay taxes"],
        ["what is the weather there"],
        ["can i bring my dog"],
    ]
    assert groups[0].times == 3


def test_the_same_question_in_two_languages_is_one_group_by_its_nearest_topics():
    groups = grouped(
        [
            missed("do i pay tax abroad", "en", nearest=TAX),
            missed("nalipa kodi nje", "sw", times=3, nearest=(("wages_deductions", 0.28), ("social_security", 0.21))),
            missed("naweza kupata mbwa", "sw", nearest=(("wages_deductions", 0.03), ("what_to_pack", 0.02))),
            missed("is there a union", "en", nearest=(("unions_and_associations", 0.4), ("wages_deductions", 0.3))),
        ]
    )
    assert texts(groups)[0] == ["nalipa kodi nje", "do i pay tax abroad"]
    assert groups[0].languages == ("sw", "en")
    assert groups[0].nearest[0] == "wages_deductions"
    assert len(groups) == 3


def test_alike_words_of_two_languages_are_no_reason_to_join():
    assert len(grouped([missed("salama ni nini", "sw"), missed("salama ni nini?", "pt")])) == 2


def test_what_colleagues_named_the_same_topic_for_is_one_group():
    groups = grouped(
        [
            missed("no paper for my money", suggested="receipts"),
            missed("sina karatasi", "sw", suggested="receipts"),
            missed("no paper for my money please"),
        ]
    )
    assert sorted(map(len, texts(groups))) == [1, 2]
    assert [group.suggested for group in groups if len(group.questions) == 2] == ["receipts"]
