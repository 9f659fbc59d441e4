"""A verdict, a watch or a question of the report form as a reply, out of reviewed texts."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.knowledge import countries
from bot.knowledge.answers import Composer, Places, payload
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.segments import fold, septets
from bot.registry.lookup import CHOSEN
from bot.registry.names import fold as transliterated
from bot.registry.query import quoted
from bot.registry.source import Kind, Source, Status
from bot.registry.told_early import sum_told
from bot.registry.verdict import BAD, Hit, Ruling, Verdict

_LINK = re.compile(r"(?<=\w\w)\.(?=\w\w)")
"""The dots of an address, which a phone would make a link of: nobody's but ours may be tapped."""
MAX_NAME = 44
MAX_NAME_SMS = 34
MAX_NAME_COMPARED = 160
"""Letters of a name that a person is asked to compare letter by letter."""
SMS_SEPTETS = 2 * 153 - 60
"""What two SMS hold, less room for the choice that the text tells, and for the word that brings the rest."""
MAX_LISTS = 2
COUNTRY_CHOICE = "/inform_country"
_RESPONSES = {
    Ruling.VALID: "utter_registry_valid",
    Ruling.SUSPENDED: "utter_registry_struck",
    Ruling.CANCELLED: "utter_registry_struck",
    Ruling.EXPIRED: "utter_registry_struck",
    Ruling.PENDING: "utter_registry_pending",
    Ruling.STALE: "utter_registry_stale",
    Ruling.AMBIGUOUS: "utter_registry_ambiguous",
    Ruling.IMITATION: "utter_registry_imitation",
    Ruling.OTHER_HOLDER: "utter_registry_other_holder",
    Ruling.SEVERAL: "utter_registry_several",
    Ruling.NOT_FOUND: "utter_registry_not_found",
}
REPORT_CHOICES = {
    "report_what": ("report_money_taken", "report_no_job", "report_papers", "report_false_papers", "report_threats"),
    "report_who": ("report_skip",),
    "report_where": ("report_skip",),
    "report_money": ("report_none", "report_skip"),
    "report_contact": ("report_anonymous", "report_answer_here"),
}
REPORT_GO_ON = "report_go_on"
"""The wish to take up a stopped report, whoever was looked up meanwhile."""
REPORT_CHECKED = "report_checked"
"""Picks, as the answer to "who", the recruiter looked up last or named in what happened."""
REPORT_TOLD = "report_told"
"""Picks, as the answer to "how much", the sum in what happened."""


GONE = "gone"
"""What a watch holds when its entry is no longer on the list."""


@dataclass(frozen=True)
class WatchedChange:
    """What became of a watched entry, by the list of `as_of`; `before` and `now` are values of `Status`, or `GONE`."""

    source: Source
    entry_id: int
    name: str
    before: str
    now: str
    as_of: dt.date | None


def reply(composer: Composer, verdict: Verdict, places: Places | None = None) -> Reply:
    """The verdict in words, with the choices that go on from it."""
    response = _RESPONSES[verdict.ruling]
    if verdict.ruling is Ruling.NOT_FOUND:
        kinds = {source.kind for source, _ in verdict.consulted}
        if not kinds:
            response = "utter_registry_no_list"
        elif kinds == {Kind.STRUCK_OFF}:
            response = "utter_registry_not_struck_off"
        # who licenses there is told for the country asked about, else for the person's own
        places = Places(origin=verdict.country) if verdict.country else places
    values = _values(composer, verdict, places)
    if verdict.ruling is Ruling.IMITATION and composer.sms:
        values["elsewhere"] = ""  # the choice needs the room, and the authority's name tells the country
    said = composer.response(response, places, _countries_of_lists(verdict), **values)
    if verdict.ruling is Ruling.IMITATION:
        whole = composer.response(response, places, **{**values, "name": _compared(composer, verdict.matches[0])})
        said = whole if not composer.sms or (septets(fold(whole.text)) or SMS_SEPTETS + 1) <= SMS_SEPTETS else said
    # by SMS the country's office is left to a choice: the verdict itself must fit
    if composer.sms:
        text = said.text.partition("\n\n")[0]
        # the countries belong to the question that was cut off; written, a country is understood all the same
        further = tuple(choice for choice in said.choices if not choice.payload.startswith(COUNTRY_CHOICE))
        return Reply(text, _choices(composer, verdict) + further, response)
    return Reply(said.text, _choices(composer, verdict) + said.choices, response)


def report_question(composer: Composer, slot: str, recruiter: str | None = None, happened: str = "") -> Reply:
    """One question of the report form; everything can be answered by digit.

    Args:
        recruiter: the one looked up last, who is the first choice for "who"; later the one reported, named at the end.
        happened: the answer to "what happened"; a sum in it is the first choice for "how much".
    """
    said = composer.response(f"utter_ask_{slot}")
    choices: tuple[Choice, ...]
    if slot == "report_confirm":
        choices = (Choice(_label(composer, "yes"), payload("affirm")), Choice(_label(composer, "no"), payload("deny")))
        if recruiter and recruiter not in REPORT_CHOICES["report_who"]:
            about = f"{_label(composer, 'report_about')}: {_shown(composer, recruiter)}"
            said = replace(said, text=f"{about}\n{said.text}")
    else:
        choices = tuple(
            Choice(_label(composer, id), payload("report_answer", report_answer=id)) for id in REPORT_CHOICES[slot]
        )
        if slot == "report_who" and recruiter:
            found = Choice(_shown(composer, recruiter), payload("report_answer", report_answer=REPORT_CHECKED))
            choices = (found, *choices)
        if slot == "report_money" and (amount := sum_told(happened)):
            told = Choice(_shown(composer, amount), payload("report_answer", report_answer=REPORT_TOLD))
            choices = (told, *choices)
    return Reply(said.text, choices, f"utter_ask_{slot}")


def watch(composer: Composer, hit: Hit | None, places: Places | None = None) -> Reply:
    """Confirms that changes of what is said of `hit` will be told, or (without one) none any more."""
    if hit is None:
        return composer.response("utter_watch_off")
    said = composer.response(
        "utter_watch_on",
        name=_shown(composer, hit.name),
        status=_status(composer, hit) + _doubts(composer, hit),
        elsewhere=_elsewhere(composer, hit.source, None, places),
        list=hit.source.authority,
        date=_date(composer, hit),
    )
    stop = Choice(_label(composer, "registry_unwatch"), payload("unwatch_recruiter", recruiter=_ref(hit)))
    return Reply(said.text, (stop, *said.choices), "utter_watch_on")


def watched_change(composer: Composer, change: WatchedChange) -> Reply:
    """Tells somebody who watches an agency what the list says of it now; the list's word, never more."""
    kind = "gone" if change.now == GONE else "worse" if Status(change.now) in BAD else "changed"
    said = composer.response(
        f"utter_watch_{kind}",
        name=_shown(composer, change.name),
        list=change.source.authority,
        date=change.as_of.isoformat() if change.as_of else _label(composer, "registry_undated"),
        before=_word(composer, change.source, change.before),
        status=_word(composer, change.source, change.now),
    )
    entry = f"{CHOSEN}{change.entry_id}"
    stop = Choice(_label(composer, "registry_unwatch"), payload("unwatch_recruiter", recruiter=entry))
    return Reply(said.text, (*said.choices, stop), said.content_id)


def _word(composer: Composer, source: Source, status: str) -> str:
    if status == GONE:
        return _label(composer, "registry_not_listed")
    if source.kind is Kind.EMPLOYERS and status == Status.VALID.value:
        return _label(composer, "registry_employer")
    return _label(composer, f"registry_status_{status}")


def _values(composer: Composer, verdict: Verdict, places: Places | None) -> dict[str, str]:
    values = {
        "name": _shown(composer, verdict.query),
        "asked": _shown(composer, verdict.query),
        "lists": _lists(composer, verdict),
        "history": _history(composer, verdict),
    }
    if not verdict.matches:
        return values
    first = verdict.matches[0]
    site = first.source.register_url
    return {
        **values,
        "name": _shown(composer, first.name) + _licence(first),
        "list": first.source.authority,
        "date": _date(composer, first),
        "means": first.source.means[composer.language],
        "status": _status(composer, first),
        "compare": _label(composer, "registry_compare_licence" if first.licence else "registry_compare_name"),
        "elsewhere": _elsewhere(composer, first.source, verdict.country, places),
        "site": urlsplit(site).netloc.removeprefix("www.") if composer.sms else site,
    }


def _doubts(composer: Composer, hit: Hit) -> str:
    """Words behind a status that a list too old to rely on gives; a bad one needs none."""
    doubtful = hit.status not in BAD and hit.source.is_stale(hit.as_of, composer.today)
    return f", {_label(composer, 'registry_old_list')}" if doubtful else ""


def _elsewhere(composer: Composer, source: Source, country: str | None, places: Places | None) -> str:
    """That the list is of another country than was asked about, or the person's own; but sponsors are always abroad."""
    own = places.origin if places else None
    asked = country or (None if source.kind is Kind.EMPLOYERS else own)
    if asked is None or source.country in (asked, own):
        return ""
    there, here = (countries.name(code, composer.language) for code in (source.country, asked))
    label = "registry_elsewhere_sms" if composer.sms else "registry_elsewhere"
    return _label(composer, label).format(there=there, asked=here)


def _licence(hit: Hit) -> str:
    return f" ({hit.licence})" if hit.licence and len(hit.licence) <= 12 else ""


def _compared(composer: Composer, hit: Hit) -> str:
    """A name to compare letter by letter: hence whole."""
    return _shown(composer, hit.name, MAX_NAME_COMPARED) + _licence(hit)


def _choices(composer: Composer, verdict: Verdict) -> tuple[Choice, ...]:
    if verdict.ruling is Ruling.OTHER_HOLDER:
        return (_by_name(composer, verdict.query),)
    if verdict.ruling in (Ruling.AMBIGUOUS, Ruling.IMITATION):
        exactly = "registry_exactly_sms" if composer.sms else "registry_exactly"
        pattern = "{name}" if verdict.ruling is Ruling.AMBIGUOUS else _label(composer, exactly)
        about = {"country": verdict.country} if verdict.country else {}
        return tuple(
            Choice(
                pattern.format(name=_title(composer, hit, verdict)),
                payload("check_recruiter", recruiter=_ref(hit), **about),
            )
            for hit in verdict.matches
        )
    others = tuple(_by_name(composer, name) for name in verdict.named)
    if verdict.matches:
        title = _label(composer, "registry_watch")
        return (*others, Choice(title, payload("watch_recruiter", recruiter=_ref(verdict.matches[0]))))
    return others


def _countries_of_lists(verdict: Verdict) -> list[str]:
    """The countries of the lists looked at, those of recruiters' lists first: people ask where they leave from."""
    consulted = sorted(verdict.consulted, key=lambda pair: pair[0].kind is Kind.EMPLOYERS)
    return list(dict.fromkeys(source.country for source, _ in consulted))


def _by_name(composer: Composer, name: str) -> Choice:
    """Looks one name up, told whole: hence the quotation marks."""
    return Choice(_shown(composer, name.replace('"', " ")), payload("check_recruiter", recruiter=quoted(name)))


def _ref(hit: Hit) -> str:
    return f"{CHOSEN}{hit.entry_id}"


def _title(composer: Composer, hit: Hit, verdict: Verdict) -> str:
    """A choice: name, licence number, place, and a mark where the lists speak against it."""
    country, place = countries.name(hit.source.country, composer.language), _town(hit)
    is_abroad = len(verdict.countries) > 1 or verdict.country not in (None, hit.source.country)
    # a namesake may be of any country: what is only alike is told with its own
    is_told = is_abroad or not place or verdict.ruling is Ruling.IMITATION
    mark = _label(composer, "registry_not_valid") if hit.status in BAD else ""
    # the name that warns is told whole where it can be
    name = _shown(composer, hit.name, MAX_NAME if hit.status in BAD else None)
    parts = [name, hit.licence[:14], place, country if is_told else "", mark]
    return _plain(composer, ", ".join(part for part in parts if part))


def _town(hit: Hit) -> str:
    """The last piece of the address that may be a town's name: "Dhaka-1000", not "2nd"."""
    pieces = (piece.strip() for piece in reversed(hit.city.split(",")))
    return next((piece[:24] for piece in pieces if piece[:1].isalpha()), "")


def _shown(composer: Composer, name: str, longest: int | None = None) -> str:
    """A name for the reply: one line, no markup, cut; in SMS without letters that would double its price."""
    longest = longest or (MAX_NAME_SMS if composer.sms else MAX_NAME)
    text = " ".join("".join(c for c in name if c.isprintable() and c not in "<>{}[]@").split())
    text = _LINK.sub(". ", text.replace("://", " "))
    if text.startswith(CHOSEN):
        return "-"
    text = text if len(text) <= longest else text[: longest - 3].rstrip() + "..."
    return _plain(composer, text)


def _plain(composer: Composer, text: str) -> str:
    if not composer.sms or septets(fold(text)) is not None:
        return text
    return transliterated(text).upper()


def _status(composer: Composer, hit: Hit) -> str:
    return _word(composer, hit.source, hit.status.value)


def _date(composer: Composer, hit: Hit) -> str:
    return hit.as_of.isoformat() if hit.as_of else _label(composer, "registry_undated")


def _history(composer: Composer, verdict: Verdict) -> str:
    """What was said before, the newest of it; a valid word after a bad one tells the bad one."""
    now = verdict.matches[0].as_of if verdict.matches else None
    before = [hit for hit in verdict.history if hit.as_of is None or hit.as_of != now]
    if not before:
        return ""
    told = before[: 1 if composer.sms else 3]
    words = "; ".join(f"{_status(composer, hit)} ({_date(composer, hit)})" for hit in told)
    label = "registry_before" if verdict.matches else "registry_gone"
    return _label(composer, label).format(words=words)


def _lists(composer: Composer, verdict: Verdict) -> str:
    """The lists that a verdict rests on, with their dates."""
    if verdict.matches:
        pairs = dict.fromkeys((hit.source.authority, _date(composer, hit)) for hit in verdict.matches)
        return ", ".join(f"{authority} {day}" for authority, day in list(pairs)[:MAX_LISTS])
    undated = _label(composer, "registry_undated")
    if len(verdict.consulted) <= MAX_LISTS:
        return ", ".join(f"{s.authority} {day or undated}{_of_whom(composer, s)}" for s, day in verdict.consulted)
    days = sorted(day for _, day in verdict.consulted if day)
    if not days:
        return undated
    return _label(composer, "registry_lists").format(count=len(verdict.consulted), oldest=days[0], newest=days[-1])


def _of_whom(composer: Composer, source: Source) -> str:
    """A mark on a list of those who lost their licence: not to stand there proves nothing."""
    return f" ({_label(composer, 'registry_struck_off')})" if source.kind is Kind.STRUCK_OFF else ""


def _label(composer: Composer, id: str) -> str:
    return composer.knowledge.label(id, composer.language)
