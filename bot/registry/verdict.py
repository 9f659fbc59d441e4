"""What may be said of a recruiter, from what the lists say: pure rules, never more certain than the data.

A name is called valid only when it is the listed name itself (case, accents, punctuation, blanks and legal form
aside), or when the licence or phone number is the listed one. Whatever is only alike is shown for comparison.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from rapidfuzz.distance import OSA

from bot.registry import names
from bot.registry.source import Kind, Source, Status

SIMILAR = {Kind.AGENCIES: 0.80, Kind.STRUCK_OFF: 0.80, Kind.EMPLOYERS: 0.86}
"""From which score on a name is told as similar; employers' lists are so long that much is a little alike."""
SURELY_SAME = 0.93
"""From which score on a struck-off name speaks against a valid one of nearly the same name."""
CLOSE = 0.05
"""Names within this of the best one are alike: the person must choose."""
EMPLOYER_BEHIND = 0.06
OTHER_FIRM = 0.75
"""Below this, the name given with a licence number is not that of the licence's holder."""
MAX_CHOICES = 5
BAD = (Status.CANCELLED, Status.SUSPENDED, Status.EXPIRED)


class Ruling(str, Enum):
    """The verdicts, as `salama registry check --json` names them."""

    VALID = "valid"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PENDING = "pending"
    AMBIGUOUS = "ambiguous"
    IMITATION = "imitation"
    OTHER_HOLDER = "other_holder"
    SEVERAL = "several"
    NOT_FOUND = "not_found"
    STALE = "stale"


class How(str, Enum):
    """By what an entry was found; all but `SIMILAR` are exact."""

    CHOSEN = "chosen"
    LICENCE = "licence"
    PHONE = "phone"
    NAME = "name"
    SIMILAR = "similar"


@dataclass(frozen=True)
class Hit:
    """An entry that answers a query. `as_of` is the day of its word: the row's own, else the list's."""

    entry_id: int
    source: Source
    identity: str
    name: str
    key: str
    licence: str
    status: Status
    as_of: dt.date | None
    listed: bool
    city: str
    score: float
    how: How

    def status_on(self, today: dt.date, expires: dt.date | None) -> Hit:
        """The hit with its status as it is on a day: a licence that has run out is expired."""
        if self.status in (Status.VALID, Status.PENDING) and expires is not None and expires < today:
            return replace(self, status=Status.EXPIRED)
        return self


@dataclass(frozen=True)
class Verdict:
    """The ruling, what it rests on (`matches`, best first), what was said before, and the lists looked at.

    `country` is the one asked about. `named` are the firms of a message that names several, each (beside the one
    ruled on) to be asked for by itself.
    """

    ruling: Ruling
    query: str
    matches: tuple[Hit, ...] = ()
    history: tuple[Hit, ...] = ()
    consulted: tuple[tuple[Source, dt.date | None], ...] = ()
    country: str | None = None
    named: tuple[str, ...] = ()

    @property
    def countries(self) -> list[str]:
        """The countries of the matches, in order."""
        return list(dict.fromkeys(hit.source.country for hit in self.matches))


def decide(
    query: str,
    hits: Iterable[Hit],
    today: dt.date,
    named: str = "",
    consulted: tuple[tuple[Source, dt.date | None], ...] = (),
    country: str | None = None,
) -> Verdict:
    """Rule on what was found.

    Args:
        hits: entries found exactly or by similarity, current and former ones.
        named: the words of the name in the query when it holds a licence or phone number beside it.
    """
    hits = list(hits)
    current = [hit for hit in hits if hit.listed]
    verdict = Verdict(Ruling.NOT_FOUND, query, consulted=consulted, country=country)
    exact = _most_telling([hit for hit in current if hit.how is not How.SIMILAR])
    if exact:
        return _on_exact(verdict, exact, hits, today, named)
    gone = tuple(hit for hit in hits if not hit.listed and hit.how is not How.SIMILAR)
    return replace(_on_similar(verdict, current), history=_newest_first(gone))


def prefer(there: Verdict, everywhere: Verdict, hits: Iterable[Hit]) -> Verdict:
    """The verdict for the country named, with what other countries say against a firm of that name.

    Never less than without the country, which may be a word of the name, or where the work is; but an employer abroad
    whose name is only alike says nothing of a firm here.
    """
    abroad = replace(everywhere, country=there.country)
    if not there.matches:
        return there if all(map(_is_alike_employer, everywhere.matches)) else abroad
    found = there
    if not _is_exact(there) and _is_exact(everywhere):
        found = abroad
    if found.matches[0].status in BAD and found.ruling is not Ruling.AMBIGUOUS:
        return found
    against = [hit for hit in hits if hit.listed and hit.status in BAD and hit.how is How.NAME]
    known = {hit.entry_id for hit in (*found.matches, *found.history)}
    other = [firm[0] for firm in _firms(against) if known.isdisjoint(hit.entry_id for hit in firm)]
    if not _is_exact(found) or found.matches[0].source.kind is Kind.EMPLOYERS:
        bad = [hit for hit in everywhere.matches if hit.status in BAD and hit.entry_id not in known]
        other += [hit for hit in bad if hit not in other]
    if not other:
        return found
    kept = found.matches if found.ruling is Ruling.AMBIGUOUS else found.matches[:1]
    matches = (*kept[: max(1, MAX_CHOICES - len(other))], *other)[:MAX_CHOICES]
    return replace(found, ruling=Ruling.AMBIGUOUS, matches=matches, history=())


def _is_alike_employer(hit: Hit) -> bool:
    return hit.source.kind is Kind.EMPLOYERS and hit.how is How.SIMILAR


def _is_exact(verdict: Verdict) -> bool:
    return any(hit.how is not How.SIMILAR for hit in verdict.matches)


def _on_exact(verdict: Verdict, exact: list[Hit], hits: list[Hit], today: dt.date, named: str) -> Verdict:
    firms = _firms(exact)
    if len(firms) > 1 and any(firm[0].source.kind is not Kind.EMPLOYERS for firm in firms):
        # agencies come before employers that happen to have their name
        firms = [firm for firm in firms if firm[0].source.kind is not Kind.EMPLOYERS]
    if firms[0][0].how is How.NAME and all(hit.source.kind is Kind.EMPLOYERS for firm in firms for hit in firm):
        # an employer of that name must not hide an agency that was struck off under nearly the same one
        alike = _firms([hit for hit in hits if _is_struck_off_alike(hit)])
        firms = [*alike[: MAX_CHOICES - 1], *firms]
    if len(firms) > 1:
        spokesmen = _spokesmen(firms[:MAX_CHOICES], hits)
        return replace(verdict, ruling=Ruling.AMBIGUOUS, matches=spokesmen)
    firm = firms[0]
    by_number = firm[0].how in (How.LICENCE, How.PHONE)
    if by_number and named and max(_alike(named, hit.name) for hit in firm) < OTHER_FIRM:
        struck = [hit for hit in hits if hit.listed and hit.how is How.NAME and hit.status in BAD]
        if struck:  # worse than another's number is to be struck off oneself
            return _on_firm(verdict, _firms(struck)[0], hits, today)
        return replace(verdict, ruling=Ruling.OTHER_HOLDER, matches=tuple(firm[:1]))
    if by_number and named and firm[0].status not in BAD and not any(_is_called(hit, named) for hit in firm):
        return replace(verdict, ruling=Ruling.IMITATION, matches=tuple(firm[:1]))
    return _on_firm(verdict, firm, hits, today)


def _is_called(hit: Hit, named: str) -> bool:
    """Whether `named` is the name that the number belongs to, but for a slip or a common word: not "Royal Moon"."""
    mine, theirs = (names.core(names.parse(name).words) for name in (hit.name, named))
    return OSA.distance("".join(mine), "".join(theirs), score_cutoff=1) <= 1


def _is_struck_off_alike(hit: Hit) -> bool:
    bad = hit.listed and hit.status in BAD and hit.source.kind is not Kind.EMPLOYERS
    return bad and hit.how is How.SIMILAR and hit.score >= SIMILAR[hit.source.kind]


def _on_firm(verdict: Verdict, firm: list[Hit], hits: list[Hit], today: dt.date) -> Verdict:
    told = _told(firm, hits)
    first = told[0]
    former = [hit for hit in hits if not hit.listed and hit.how is not How.SIMILAR and hit.source.id == first.source.id]
    history = (*told[1:], *_newest_first(former))
    ruling = Ruling(first.status.value)
    if first.status not in BAD and first.source.is_stale(first.as_of, today):
        ruling = Ruling.STALE
    return replace(verdict, ruling=ruling, matches=told, history=history)


def _told(firm: list[Hit], hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """All words about a firm, the newest first."""
    # an employers' list does not take back what the authority said of an agency
    words = [hit for hit in firm if hit.source.kind is not Kind.EMPLOYERS] or firm
    return _newest_first([*words, *_struck_off_alike(words, hits)])


def _spokesmen(firms: Iterable[list[Hit]], hits: list[Hit]) -> tuple[Hit, ...]:
    """For each firm the newest word about it, whichever list was imported first; each word once."""
    newest = (_told(firm, hits)[0] for firm in firms)
    return tuple({hit.entry_id: hit for hit in newest}.values())


def _struck_off_alike(firm: Sequence[Hit], hits: Iterable[Hit]) -> list[Hit]:
    """Bad words about nearly the same name in the same country: better a warning too many."""
    mine = {hit.entry_id for hit in firm}
    cores = {"".join(names.core(names.parse(hit.name).words)) for hit in firm}
    return [
        hit
        for hit in hits
        if hit.listed
        and hit.entry_id not in mine
        and hit.source.kind is Kind.STRUCK_OFF
        and hit.source.country == firm[0].source.country
        and hit.status in BAD
        and (hit.score >= SURELY_SAME or "".join(names.core(names.parse(hit.name).words)) in cores)
    ]


def _on_similar(verdict: Verdict, current: list[Hit]) -> Verdict:
    alike = [hit for hit in current if hit.score >= SIMILAR[hit.source.kind]]
    firms = _firms(sorted(alike, key=lambda hit: -_rank(hit)))
    if not firms:
        return verdict
    close = [firm for firm in firms if _rank(firm[0]) >= _rank(firms[0][0]) - CLOSE][:MAX_CHOICES]
    matches = _spokesmen(close, current)
    return replace(verdict, ruling=Ruling.IMITATION if len(matches) == 1 else Ruling.AMBIGUOUS, matches=matches)


def _rank(hit: Hit) -> float:
    """People ask about agencies; an employer of a like name comes after."""
    return hit.score - (EMPLOYER_BEHIND if hit.source.kind is Kind.EMPLOYERS else 0.0)


def _most_telling(exact: list[Hit]) -> list[Hit]:
    """What the strongest evidence found: a choice beats a number, a number a name."""
    for how in (How.CHOSEN, How.LICENCE, How.PHONE, How.NAME):
        found = [hit for hit in exact if hit.how is how]
        if how is How.CHOSEN and found:
            keys = {(hit.key, hit.source.country) for hit in found}
            chosen = {hit.entry_id for hit in found}
            licences = {(hit.source.id, hit.licence) for hit in found if hit.licence}
            same = [h for h in exact if (h.key, h.source.country) in keys and _other_list(h, found)]
            return [*found, *(h for h in same if h.entry_id not in chosen or (h.source.id, h.licence) in licences)]
        if how in (How.LICENCE, How.PHONE) and found:
            keys = {(hit.key, hit.source.country) for hit in found}
            more = [
                h for h in exact if h.how is not how and (h.key, h.source.country) in keys and _other_list(h, found)
            ]
            return [*found, *more]
        if found:
            return found
    return []


def _other_list(hit: Hit, found: list[Hit]) -> bool:
    return all(hit.source.id != other.source.id for other in found)


def _firms(hits: list[Hit]) -> list[list[Hit]]:
    """Hits put together by firm: one country, one name, and within a list one licence number."""
    firms: list[list[Hit]] = []
    for hit in hits:
        for firm in firms:
            if all(_one_firm(hit, other) for other in firm):
                firm.append(hit)
                break
        else:
            firms.append([hit])
    return firms


def _one_firm(a: Hit, b: Hit) -> bool:
    if a.source.country != b.source.country:
        return False
    if a.source.id == b.source.id and a.licence != b.licence:
        return False
    if a.entry_id == b.entry_id or a.key == b.key:
        return True
    return a.how is not How.SIMILAR and b.how is How.NAME and a.how is How.NAME and a.source.id != b.source.id


def _newest_first(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """By day, the newest first; on one day the worse word first; without a day last."""
    worst = {status: rank for rank, status in enumerate((*BAD, Status.PENDING, Status.VALID))}
    oldest = dt.date.min
    return tuple(sorted(hits, key=lambda hit: (-(hit.as_of or oldest).toordinal(), worst[hit.status])))


def _alike(spelled: str, name: str) -> float:
    from bot.registry.index import similarity
    from bot.registry.sounds import sound

    other = names.parse(name).spelled
    return float(similarity(names.parse(spelled).spelled, [other], [sound(other)])[0])
