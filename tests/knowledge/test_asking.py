"""Where a message is cut before its second question, and which messages are follow-ups."""

import pytest

from bot.knowledge.reading import load


@pytest.fixture(scope="module")
def knowledge(content_dir):
    return load(content_dir)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how much can they charge and do I need a visa?", ("how much can they charge", "do I need a visa?")),
        ("How much is it here? Where do I get a passport?", ("How much is it here?", "Where do I get a passport?")),
        ("I am from Kenya. how do I go? what must I carry", ("I am from Kenya. how do I go?", "what must I carry")),
        (
            "COMBIEN dois-je payer, et où faire un passeport ?",
            ("COMBIEN dois-je payer", "où faire un passeport ?"),
        ),
        ("quanto pode cobrar e como tiro o visto", ("quanto pode cobrar", "como tiro o visto")),
        ("atanitoza pesa ngapi na je nahitaji visa", ("atanitoza pesa ngapi", "je nahitaji visa")),
        ("My madam keeps my passport. What can I do?", None),
        ("I paid the agent and he left.", None),
        ("why? how?", None),
        ("how much", None),
        ("", None),
        ("???", None),
        ("😀 and 😀", None),
    ],
)
def test_a_message_is_cut_before_its_second_question(knowledge, text, parts):
    assert knowledge.questions.parts(text) == parts


@pytest.mark.parametrize(
    "text", ["How much?", "and how much is it", "ET COMBIEN ?", "e quanto custa?", "na ni bei gani"]
)
def test_a_follow_up_is_known_in_any_spelling(knowledge, text):
    assert knowledge.follow_up_finder.find(text) is knowledge.follow_ups.kinds["how_much"]


@pytest.mark.parametrize("text", ["how much can an agent charge me", "and", "", "where is the embassy of Kenya"])
def test_a_question_of_its_own_is_no_follow_up(knowledge, text):
    assert knowledge.follow_up_finder.find(text) is None


@pytest.mark.parametrize("kind", ["how_much", "where", "who_helps", "why", "and_then"])
def test_every_kind_has_an_answer_after_every_topic(knowledge, kind):
    for topic in knowledge.topics.values():
        ids = knowledge.follow_ups.kinds[kind].answer(topic)
        assert ids
        assert all(knowledge.title(id, "en") for id in ids)
