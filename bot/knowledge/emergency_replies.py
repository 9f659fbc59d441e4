"""Help in an emergency as replies, out of reviewed texts: what to do now, and whom to call in which country."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.answers import Composer, Places
from bot.knowledge.danger_cues import DANGER, OF_OTHERS
from bot.knowledge.model import FactKind
from bot.knowledge.reply import Reply

WHO_HELPS = "utter_talk_to_person"
AFTER_HELP = ("talk_to_person", "safe_now", "menu")
"""What can be chosen once the numbers were said."""


def emergency(
    composer: Composer,
    places: Places,
    id: str = DANGER,
    again: bool = False,
    violence: bool = False,
    unheard: bool = False,
) -> Reply:
    """Help at once: the lines of the person's countries and what to do now; else also which country it is.

    Args:
        id: one of HELP.
        again: whether it was said right before; the numbers are what is worth saying twice.
        violence: whether it is told now by who needed help against something else, whose numbers stay.
        unheard: whether the person said that they cannot speak on the phone.
    """
    lines = composer.knowledge.responses[id].facts
    here, home = places.destination, places.origin  # where somebody comes from is not where they are in danger
    found = composer.facts_block(here, lines, None, urgent=True) if here else ""
    # police at home cannot come; a line that is reached from abroad can help
    from_home = composer.facts_block(home, lines, None, from_abroad=True, urgent=True) if home else ""
    # says that there is none, and where to turn
    missing = _lines_or_none(composer, here, lines) if here and not found else ""
    first = composer.response_text(DANGER if violence else "utter_emergency_again" if again else id)
    if unheard:
        first += "\n\n" + composer.response_text("utter_cannot_call")
    if composer.sms:  # the number and what to do must be in the first message
        more = composer.response_text("utter_emergency_more") if id == DANGER and not again else ""
        blocks = [found, first, missing, from_home, more]
    else:
        blocks = [found, from_home, first, missing]
    # the country was perhaps only spoken of: the person must be able to say that it is another one
    blocks.append(composer.response_text(_which_country(id, here)))
    most_asked = composer.knowledge.responses[DANGER].countries_first
    choices = () if again and here else composer.country_choices(lines, but=here, first=(home, *most_asked))
    after = AFTER_HELP if again else AFTER_HELP[:1]
    return Reply("\n\n".join(filter(None, blocks)), choices + composer.choices(after), id)


def numbers(composer: Composer, help_id: str, country: str) -> Reply:
    """Whom to call in `country`, where only that was still to be said; `help_id` is one of HELP."""
    lines = _lines_or_none(composer, country, composer.knowledge.responses[help_id].facts)
    return Reply(lines, composer.choices(AFTER_HELP), "facts_emergency")


def person_in_danger(composer: Composer, places: Places, help_id: str) -> Reply:
    """How a person is reached by who asked for help right before: the lines of that help, and none for complaints.

    Args:
        help_id: one of HELP.
    """
    lines = composer.knowledge.responses[help_id].facts
    here = places.destination
    blocks = [composer.response_text(WHO_HELPS), _lines_or_none(composer, here, lines) if here else ""]
    return Reply("\n\n".join(filter(None, blocks)), composer.choices(AFTER_HELP[1:]), WHO_HELPS)


def _lines_or_none(composer: Composer, code: str, kinds: Iterable[FactKind]) -> str:
    """The lines of a country, or that none is known there and where to turn."""
    missing = composer.response_text("utter_emergency_no_number").format(country=composer.country(code))
    return composer.facts_block(code, kinds, None) or missing


def _which_country(help_id: str, here: str | None) -> str:
    """The question which country somebody is in danger in."""
    if here:
        return "utter_emergency_another_country"
    return "utter_emergency_choose_their_country" if help_id in OF_OTHERS else "utter_emergency_choose_country"
