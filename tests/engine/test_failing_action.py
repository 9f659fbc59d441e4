"""An action that fails: one apology, nothing repeated, no form left open that would call it again."""

import json
import logging

import pytest
from test_dialogue import Talk

from bot.knowledge.reply import Choice
from bot.registry.lookup import Registry


@pytest.mark.parametrize("opened", [None, "recruiter_form"])
async def test_a_registry_that_is_gone_costs_one_apology(assistant, monkeypatch, caplog, opened):
    def gone(*args, **kwargs):
        raise LookupError("no database")

    monkeypatch.setattr(Registry, "check", gone)
    talk = Talk(assistant)
    talk.state = json.dumps({"slots": {"language": "en"}, "form": None})
    if opened:
        talk.choices = (Choice("", "/check_recruiter"),)
        await talk.say("1")
    with caplog.at_level(logging.WARNING):
        await talk.say("is Sahara Recruitment licensed?")
    assert talk.said == ["utter_error"]
    assert '"form": null' in talk.state
    assert "Circuit breaker" not in caplog.text
    await talk.say("thank you")
    assert talk.said == ["utter_thank"]


async def test_a_form_whose_own_action_fails_is_left(assistant, monkeypatch, caplog):
    from actions.registry import ActionNoteRecruiter

    def broken(*args):
        raise LookupError("no database")

    monkeypatch.setattr(ActionNoteRecruiter, "respond", broken)
    talk = Talk(assistant)
    talk.state = json.dumps({"slots": {"language": "en"}, "form": None})
    talk.choices = (Choice("", "/check_recruiter"),)
    await talk.say("1")
    assert talk.said == ["utter_error"]
    assert '"form": null' in talk.state


@pytest.mark.parametrize("action", ["ActionAskCentrePlace", "ValidateCentreForm"])
async def test_a_part_of_a_form_that_fails_ends_the_form(assistant, monkeypatch, caplog, action):
    import actions.centres

    def broken(*args):
        raise LookupError("no content")

    talk = Talk(assistant)
    talk.state = json.dumps({"slots": {"language": "en"}, "form": None})
    talk.choices = (Choice("", "/find_mrc"),)
    if action == "ValidateCentreForm":
        await talk.say("1")
    monkeypatch.setattr(getattr(actions.centres, action), "respond", broken)
    with caplog.at_level(logging.WARNING):
        await talk.say("Mbeya" if action == "ValidateCentreForm" else "1")
    assert talk.said.count("utter_error") <= 1  # Rasa drops what a refused form says
    assert talk.turn.replies
    assert "Circuit breaker" not in caplog.text
    monkeypatch.undo()
    await talk.say("thank you")
    assert talk.said == ["utter_thank"]
