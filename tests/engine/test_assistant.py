import dataclasses
import subprocess
import sys

import pytest

from bot.conversations.turn import Question
from bot.engine.assistant import Assistant, AssistantError
from bot.engine.dialogue_state import Memory
from bot.engine.selfcheck import check
from bot.engine.training import TrainingError, fresh_model, usable_model
from bot.knowledge.reply import Reply
from bot.settings import load_settings


def test_the_self_check_passes_and_names_a_missing_response(assistant, monkeypatch):
    check(assistant)
    store = assistant.agent.nlg.store
    responses = {k: v for k, v in store.current.responses.items() if k != "utter_thank"}
    monkeypatch.setattr(store, "_knowledge", dataclasses.replace(store.current, responses=responses))
    with pytest.raises(AssistantError, match="utter_thank"):
        check(assistant)


async def test_what_may_be_a_call_for_help_is_answered_with_a_way_to_help(assistant):
    question = Question("c1", "web", "is the visa fee mine to pay", False, None)
    plain = (await assistant.answer(question)).replies[-1].choices
    assert not any(choice.payload == "/emergency" for choice in plain)
    ranking = [{"name": "locked_in", "confidence": 0.6}, {"name": "emergency", "confidence": 0.1}]
    understood = {"intent": {"name": "locked_in", "confidence": 0.6}, "intent_ranking": ranking}
    memory = Memory(None)
    memory.understood, memory.language = understood, "en"
    (reply,) = assistant._with_way_to_help([Reply("Keep calm.", (), "locked_in")], memory)
    assert [choice.payload for choice in reply.choices] == ["/emergency"]
    assert assistant._with_way_to_help([reply], memory) == [reply]  # offered once


async def test_words_of_danger_in_a_sentence_about_something_else_alarm_nobody_but_offer_help(assistant):
    text = "My salary has been held hostage by HR until I finish my contract. How do I get it released?"
    turn = await assistant.answer(Question("c1", "web", text, False, None))
    assert turn.intent == "unpaid_wages"
    assert any(choice.payload == "/emergency" for choice in turn.replies[-1].choices)
    held = await assistant.answer(Question("c1", "web", "they hold me hostage until my family pays", False, None))
    assert held.intent == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "what does the visa cost and who pays the ticket, nataka kujinyonga",
        "what does the visa cost and who pays the ticket nataka kujinyonga",
        "How many hours may they ask, is that the law in Qatar? He has a knife. What must the ticket cost?",
        "Is the fee legal? my boss wants to kill me",
        "Is Falcon Manpower good? he raped me",
        "Is Falcon Manpower real, I am locked in",
        "is Falcon Manpower valid my boss wants to kill me",
        "Talent Gateway est-elle agréée ? au secours on m'a enfermée",
        "A Talent Gateway é licenciada? ele bate-me",
        "Je Talent Gateway ni halali? nataka kujiua",
    ],
)
async def test_a_cry_for_help_is_not_lost_in_a_long_question_about_something_else(assistant, text):
    assert (await assistant.answer(Question("c1", "web", text, False, None))).intent == "emergency"


def test_a_missing_model_says_what_to_do(tmp_path):
    with pytest.raises(TrainingError, match="salama train"):
        usable_model(load_settings(var_dir=tmp_path))


def test_a_broken_model_says_what_to_do(tmp_path, model_settings):
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no model")
    with pytest.raises(AssistantError, match="salama train"):
        Assistant(broken, model_settings)


def test_a_trained_model_is_fresh_until_content_changes(model_settings, tmp_path, content_dir):
    import shutil

    assert fresh_model(model_settings)
    copy = shutil.copytree(content_dir, tmp_path / "content")
    path = copy / "faq/recruitment/receipts.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# a note\n", encoding="utf-8")
    assert fresh_model(model_settings.copy(update={"content_dir": copy})) is None


def test_the_engine_runs_without_tensorflow():
    code = "import bot.engine.assistant, sys; print(hasattr(sys.modules['tensorflow'], '__version__'))"
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True)
    assert ran.stdout.strip() == "False", ran.stderr


async def test_an_action_that_fails_still_gives_a_reply(assistant, monkeypatch, caplog):
    from actions.topics import ActionMenu
    from bot.conversations.turn import Question

    def broken(self, say, tracker):
        raise ValueError("the person wrote +254700000001")

    monkeypatch.setattr(ActionMenu, "respond", broken)
    turn = await assistant.answer(Question("person", "web", "menu"))
    assert "utter_error" in [reply.content_id for reply in turn.replies]
    assert "254700" not in caplog.text
