"""The lint names what is wrong with a course."""

import pytest

FILE = "courses/before_you_leave.yml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("topic: document_checklist", "topic: nothing", '"nothing" is no topic'),
        ("right: 1", "right: 3", "`right` is 3"),
        ("buttons: [document_checklist", "buttons: [before_you_leave", "leads nowhere"),
        ("buttons: [document_checklist", "buttons: [no_such_topic", "leads nowhere"),
        ("- id: copies", "- id: contract", "steps stand twice: contract"),
        ('sms: "Read the contract', 'sms: "' + "Read it well. " * 12 + "Read the contract", "3 SMS segments"),
        ("review_by: 2027-05-25", "review_by: 2026-01-01", "review_by is not after reviewed_on"),
        ('said: "It happens', 'unsaid: "It happens', "said"),
        ("text: Normal, said", "text: N, said", "at least 2 characters"),
    ],
)
def test_a_broken_course_is_named(broken, old, new, message):
    broken(FILE, old, new, message)


def test_a_follow_up_that_leads_nowhere_is_named(broken):
    broken("follow_ups.yml", "usual: migration_costs", "usual: nothing", '"nothing" leads nowhere')
    broken("follow_ups.yml", "after: {send_money_home:", "after: {no_topic:", '"no_topic" is no topic')


def test_a_follow_up_of_two_kinds_is_named(broken):
    broken("follow_ups.yml", '"pay or not"', '"who pays"', '"who pays" is of two kinds: who_pays and should_pay')
