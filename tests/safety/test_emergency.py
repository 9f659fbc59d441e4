"""The emergency lexicon: calls for help in people's own words, and ordinary messages that come near them."""

from pathlib import Path

import pytest
import yaml

from bot.knowledge.reading import load
from bot.safety.emergency import EmergencyLexicon
from bot.settings import ROOT

HERE = Path(__file__).parent


def _messages(file):
    by_language = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    return [(language, text) for language, texts in by_language.items() for text in texts]


@pytest.fixture(scope="module")
def lexicon():
    return EmergencyLexicon(load(ROOT / "content").lexicons.values())


@pytest.mark.parametrize(("language", "message"), _messages("calls_for_help.yml"))
def test_a_call_for_help_is_recognised(lexicon, language, message):
    assert lexicon.calls_for_help(message)


@pytest.mark.parametrize(("language", "message"), _messages("ordinary.yml"))
def test_an_ordinary_message_is_no_call_for_help(lexicon, language, message):
    assert not lexicon.calls_for_help(message)


@pytest.mark.parametrize("word", ["help", "aide", "ajuda", "msaada"])
def test_a_bare_word_for_help_leads_to_the_menu(lexicon, word):
    assert not lexicon.calls_for_help(word)


def test_case_accents_and_marks_do_not_matter(lexicon):
    for message in ["URGENCE !!!", "emergencia", "Je suis EN DANGER.", "Niko hatarini!!", "i’m in danger"]:
        assert lexicon.calls_for_help(message)


def test_a_call_is_recognised_beside_another_matter(lexicon):
    message = "Thank you for the wages table. One more thing: he locked me in and I am afraid he will kill me tonight"
    assert lexicon.calls_for_help(message)


@pytest.mark.parametrize(
    "message",
    [
        "he is beating me, which number do I call",
        "nisaidie bosi ananipiga, namba gani nipige?",
        "i took poison what number do i call",
    ],
)
def test_a_question_beside_a_cry_takes_nothing_from_it(lexicon, message):
    assert lexicon.calls_for_help(message)


@pytest.mark.parametrize(
    "message", ["I am not in danger", "nobody beats me", "elle ne me frappe pas", "ele não me bate", "siko hatarini"]
)
def test_who_says_that_nobody_is_in_danger_is_believed(lexicon, message):
    assert not lexicon.calls_for_help(message)
