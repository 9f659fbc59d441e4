"""The emergency detector: it overrules the classifier, for a missed call for help is the worst mistake."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.dialogue_state import open_form
from bot.engine.nlu.recruiters import CHECK
from bot.knowledge.store import KnowledgeStore, shared_store
from bot.knowledge.understood import EMERGENCY, FALLBACK, OUT_OF_SCOPE
from bot.registry.at_hand import lists_say
from bot.safety.emergency import lexicon_of
from bot.settings import load_settings

SURE_OF_A_TOPIC = 0.75
"""The probability of being right: at 0.6 a wish to die behind two questions about fees is taken for a question."""
WORDS_OF_DANGER = "words_of_danger"
"""Set in the parse of a message that holds such words and is taken for something else."""
REPORT_FORM, RECRUITER_FORM, CENTRE_FORM, RISK_FORM = "report_form", "recruiter_form", "centre_form", "risk_form"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class EmergencyDetector(GraphComponent):
    """Makes the intent `emergency` when the lexicon says so, or when the classifier finds it likely enough.

    Words of danger do not count in a sentence that the classifier is sure is of another topic, and finds danger
    unthinkable in: "my salary is held hostage by HR".

    While a recruiter is being reported only the lexicon counts: what is told there is often of money and threats. So
    it does for a message that is a recruiter's listed name and nothing else, such as "The Gideon's Men".
    It stays out of models that were not trained on emergencies, such as those of a public benchmark.
    """

    def __init__(self, config: dict[str, Any], store: KnowledgeStore) -> None:
        self._likely, self._sure, self._unthinkable = (float(config[n]) for n in ("likely", "sure", "unthinkable"))
        self._store, self._lexicon = store, lexicon_of(store.current)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`likely`: the share that makes it an emergency; `sure`: where words deny it, or tell a place.

        At 0.4, 83 % of 1260 calls for help by authors new to the model are heard, most of them indirect, and 5 % of
        their 2780 other messages, half of them made to sound like one, are taken for one (0.3: 86 and 7 %; 0.35: 85
        and 6 %). Of 440 newer ones it heard 137 of 140 calls, as did 0.35, and took 24 others for one instead of 28.

        `unthinkable`: the share below which words of danger may mean something else. Of 640 calls for help and 1360
        other messages, by authors and new to the model, 0.05 lost no call and spared 6 of the 78 false alarms of 0.005.
        """
        return {"likely": 0.4, "sure": 0.9, "unthinkable": 0.05}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmergencyDetector:
        """Create the component with the lexicon in force."""
        return cls(config, shared_store(load_settings().content_dir))

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrule the intent where it is due."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            probability = next((r["confidence"] for r in ranking if r["name"] == EMERGENCY), None)
            if probability is None:
                continue
            intent, text = message.get(INTENT) or {}, message.get(TEXT) or ""
            calls = self._lexicon.calls_for_help(text)
            if calls and self._has_other_meaning(text, float(probability), intent):
                message.set(WORDS_OF_DANGER, True, add_to_output=True)
            elif calls or self._is_likely(message, text, float(probability)):
                message.set(INTENT, {"name": EMERGENCY, "confidence": 1.0}, add_to_output=True)
            elif intent.get("name") == EMERGENCY:
                message.set(INTENT, {"name": FALLBACK, "confidence": 0.0}, add_to_output=True)
        return messages

    def _has_other_meaning(self, text: str, probability: float, intent: dict[str, Any]) -> bool:
        """Whether words of danger stand in a sentence that is surely about something else."""
        return probability < self._unthinkable and _is_sure_of_a_topic(intent) and not self._lexicon.cries(text)

    def _is_place(self, name: str) -> bool:
        return self._store.current.places.exact(name) is not None

    def _is_likely(self, message: Message, text: str, probability: float) -> bool:
        """Whether the classifier finds danger, whatever the words."""
        form = open_form()
        knowledge = self._store.current
        # "niko Mbeya" answers where somebody is, "yes, they want 300" what is asked, in words of many a call for help
        answers = form == CENTRE_FORM or (form == RISK_FORM and knowledge.form_cues.yes_or_no_first(text))
        least = self._sure if answers or self._lexicon.denies(text) else self._likely
        if probability < least or form == REPORT_FORM or _is_a_recruiter(text):
            return False
        return not knowledge.danger_cues.says_nothing(text, message.get(ENTITIES) or (), self._is_place)


def _is_sure_of_a_topic(intent: dict[str, Any]) -> bool:
    """Whether it is one of ours; the classifier takes many a call in unheard words for none of our business.

    A look-up is none of those: a firm's name drowns what is said beside it.
    """
    is_topic = intent.get("name") not in (FALLBACK, OUT_OF_SCOPE, CHECK)
    return is_topic and intent.get("confidence", 0.0) >= SURE_OF_A_TOPIC


def _is_a_recruiter(text: str) -> bool:
    """Whether the message is a name of the lists: an agency's, or any when that was asked for."""
    return lists_say(lambda lists: lists.is_only_a_name(text, employers=open_form() == RECRUITER_FORM))
