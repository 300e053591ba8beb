"""What is known of a customer from their contacts, each tag with the contacts it rests on.

A kind of tag is a function from what is known to sightings (``Sighting``). Categories are such a kind too, and
products and competitors may be: whoever finds them hands their sightings to ``customer_tags``, and strength, first
and last seen and evidence come the same way for all.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, TypeAlias

from classify.customer_value import VALUE_STEPS, YEAR_DAYS, Segment, Worth, segment
from classify.leaving import leaving, names_leaving

HALF_LIFE_DAYS = 30.0
"""A contact counts half after so many days."""
REPEAT_DAYS = 7.0
UNRESOLVED = 3
"""Contacts of one episode from which on it is told as unresolved: the customer came back twice or more."""
FELT_FROM = 0.05
"""Sentiment nearer to zero is neutral."""
SHIFT_FROM = 0.25
NEWEST = 3
"""Contacts that make the present mood."""
SENTENCE_END = re.compile(r"[.!?](?=\s|$)\s*|[。！？\n]\s*")
QUOTED_CHARS = 160
"""Quoted on either side of what was found, at most."""
LOOKED_S = 10.0
"""A page that was left sooner tells of no interest; how long a page was looked at may be unknown."""


class ContactFacts(Protocol):
    """What tags need of one contact; ``reason_id`` is None where no reason fitted, ``page`` unless it is a click."""

    @property
    def interaction_id(self) -> uuid.UUID: ...
    @property
    def started_at(self) -> dt.datetime: ...
    @property
    def reason_id(self) -> str | None: ...
    @property
    def reason_name(self) -> str | None: ...
    @property
    def sentiment(self) -> float | None: ...
    @property
    def page(self) -> str | None: ...
    @property
    def dwell_s(self) -> float | None: ...


class Said(Protocol):
    """A turn of the customer."""

    @property
    def interaction_id(self) -> uuid.UUID: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def turn(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def begin_ms(self) -> int | None: ...
    @property
    def end_ms(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A contact that a tag rests on; with a quote, where in it, by turn, characters and time.

    The time is that of the words which say it, where they are told apart, and else of their turn.
    """

    interaction_id: uuid.UUID
    at: dt.datetime
    quote: str | None = None
    turn: int | None = None
    char_begin: int | None = None
    char_end: int | None = None
    begin_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A contact that says something of its customer. ``key`` is stable over time; the newest ``label`` is shown."""

    kind: str
    key: str
    label: str
    evidence: Evidence
    version: int | None = None
    """Of the rule that found it, where rules have versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """``strength`` is 0–1: 1 − ½ to the power of the contacts behind it, each decayed by its age."""

    kind: str
    key: str
    label: str
    strength: float
    count: int
    """Contacts."""
    first_seen: dt.datetime
    last_seen: dt.datetime
    evidence: tuple[Evidence, ...]
    """One for each contact, the newest first."""
    version: int | None = None
    """As the newest sighting's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Of one customer, up to a moment: contacts and turns the oldest first."""

    now: dt.datetime
    contacts: Sequence[ContactFacts]
    said: Sequence[Said] = ()
    outcomes: Sequence[Worth] = ()
    value_steps: tuple[float, float] = VALUE_STEPS
    talks: Sequence[ContactFacts] = field(init=False)
    """The contacts without clicks."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "talks", [contact for contact in self.contacts if contact.page is None])


TagKind: TypeAlias = Callable[[Known], Iterable[Sighting]]


def customer_tags(
    contacts: Sequence[ContactFacts],
    now: dt.datetime,
    *,
    said: Sequence[Said] = (),
    outcomes: Sequence[Worth] = (),
    value_steps: tuple[float, float] = VALUE_STEPS,
    further: Iterable[Sighting] = (),
) -> list[Tag]:
    """The tags of one customer as of ``now``, the strongest first; what is later does not count.

    ``further`` are sightings of kinds that are found elsewhere.
    """
    known = Known(
        now=now,
        contacts=sorted((one for one in contacts if one.started_at <= now), key=_age),
        said=[turn for turn in said if turn.at <= now],
        outcomes=[outcome for outcome in outcomes if outcome.at <= now],
        value_steps=value_steps,
    )
    grouped: defaultdict[tuple[str, str], list[Sighting]] = defaultdict(list)
    for find in KINDS:
        for sighting in find(known):
            grouped[sighting.kind, sighting.key].append(sighting)
    for sighting in further:
        if sighting.evidence.at <= now:
            grouped[sighting.kind, sighting.key].append(sighting)
    tags = [_tag(sightings, now) for sightings in grouped.values()]
    return sorted(tags, key=lambda tag: (-tag.strength, tag.kind, tag.key))


def rfv(known: Known) -> Segment | None:
    """Recency, frequency and value; None without a contact."""
    return segment([one.started_at for one in known.talks], known.outcomes, known.now, known.value_steps)


def decayed(moments: Iterable[dt.datetime], now: dt.datetime) -> float:
    """How many contacts these are, each halved with every half-life since it began."""
    ages = ((now - at).total_seconds() / 86_400 for at in moments)
    return float(sum(0.5 ** (age / HALF_LIFE_DAYS) for age in ages))


def _reasons(known: Known) -> Iterator[Sighting]:
    for key, members in _by_reason(known.talks):
        for contact in members:
            yield _of(contact, "reason", key, contact.reason_name or key)


def _repeats(known: Known) -> Iterator[Sighting]:
    """Contacts that came back for the same reason within days: the first one did not settle it."""
    for key, members in _by_reason(known.talks):
        for chain in _chains(members):
            if len(chain) > 1:
                for contact in chain:
                    yield _of(contact, "repeat_contact", key, f"Came back about {contact.reason_name or key}")


def _mood(known: Known) -> Iterator[Sighting]:
    """How the newest contacts felt, all in all."""
    felt = _felt(known.talks)[-NEWEST:]
    mean = _mean(felt)
    if felt and abs(mean) >= FELT_FROM:
        mood = "positive" if mean > 0 else "negative"
        for contact in felt:
            yield _of(contact, "sentiment", mood, f"Recently {mood}")


def _course(known: Known) -> Iterator[Sighting]:
    """Whether the later half of the contacts felt better or worse than the earlier one."""
    felt = _felt(known.talks)
    half = len(felt) // 2
    if half and abs(shift := _mean(felt[-half:]) - _mean(felt[:half])) >= SHIFT_FROM:
        course = "improving" if shift > 0 else "worsening"
        for contact in felt:
            yield _of(contact, "sentiment_course", course, f"Sentiment {course}")


def _speaks_of_leaving(known: Known) -> Iterator[Sighting]:
    """In the customer's own words, or because the contact's reason is a cancellation."""
    quoted = set()
    for turn in known.said:
        for begin, end in leaving(turn.text):
            if turn.interaction_id not in quoted:
                quoted.add(turn.interaction_id)
                yield _churn("cancellation", "Speaks of leaving", quote(turn, begin, end))
    for contact in known.talks:
        named = contact.reason_name is not None and names_leaving(contact.reason_name)
        if named and contact.interaction_id not in quoted:
            yield _churn("cancellation", "Speaks of leaving", _whole(contact))


def _unresolved(known: Known) -> Iterator[Sighting]:
    for _, members in _by_reason(known.talks):
        for chain in _chains(members):
            if len(chain) >= UNRESOLVED:
                for contact in chain:
                    yield _churn("unresolved_repeats", "Came back again and again", _whole(contact))


def _falling(known: Known) -> Iterator[Sighting]:
    """The newest contacts felt bad, and clearly worse than those before."""
    felt = _felt(known.talks)
    newest, before = felt[-NEWEST:], felt[:-NEWEST]
    if len(before) > 1 and _mean(newest) <= -FELT_FROM and _mean(newest) - _mean(before) <= -SHIFT_FROM:
        for contact in newest:
            yield _churn("falling_sentiment", "Sentiment falls", _whole(contact))


def _interests(known: Known) -> Iterator[Sighting]:
    for contact in known.contacts:
        if contact.page is not None and (contact.dwell_s is None or contact.dwell_s >= LOOKED_S):
            yield _of(contact, "interest", contact.page, f"Looked at {contact.page}")


def _segment(known: Known) -> Iterator[Sighting]:
    found = rfv(known)
    if found is not None:
        for contact in known.talks:
            if known.now - contact.started_at <= dt.timedelta(days=YEAR_DAYS) or contact is known.talks[-1]:
                yield _of(contact, "rfv", found.key, found.label)


KINDS: tuple[TagKind, ...] = (
    *(_reasons, _repeats, _mood, _course),
    *(_speaks_of_leaving, _unresolved, _falling),
    *(_interests, _segment),
)


def _by_reason(contacts: Sequence[ContactFacts]) -> list[tuple[str, list[ContactFacts]]]:
    found: defaultdict[str, list[ContactFacts]] = defaultdict(list)
    for contact in contacts:
        if contact.reason_id is not None:
            found[contact.reason_id].append(contact)
    return sorted(found.items())


def _chains(members: Sequence[ContactFacts]) -> list[list[ContactFacts]]:
    """Episodes: each contact within days of the one before."""
    chains = [[members[0]]]
    for before, after in pairwise(members):
        if after.started_at - before.started_at <= dt.timedelta(days=REPEAT_DAYS):
            chains[-1].append(after)
        else:
            chains.append([after])
    return chains


def _felt(contacts: Sequence[ContactFacts]) -> list[ContactFacts]:
    return [contact for contact in contacts if contact.sentiment is not None]


def _mean(felt: Sequence[ContactFacts]) -> float:
    return sum(contact.sentiment or 0.0 for contact in felt) / len(felt) if felt else 0.0


def _age(contact: ContactFacts) -> tuple[dt.datetime, str]:
    return contact.started_at, str(contact.interaction_id)


def _of(contact: ContactFacts, kind: str, key: str, label: str) -> Sighting:
    return Sighting(kind=kind, key=key, label=label, evidence=_whole(contact))


def _churn(key: str, label: str, evidence: Evidence) -> Sighting:
    return Sighting(kind="churn_signal", key=key, label=label, evidence=evidence)


def _whole(contact: ContactFacts) -> Evidence:
    return Evidence(interaction_id=contact.interaction_id, at=contact.started_at)


def quote(turn: Said, begin: int, end: int) -> Evidence:
    """The sentence around these characters, so that who reads it can judge it; the times are the turn's."""
    first = max((stop.end() for stop in SENTENCE_END.finditer(turn.text, 0, begin)), default=0)
    stop = SENTENCE_END.search(turn.text, end)
    last = stop.start() + (stop[0][0] != "\n") if stop else len(turn.text)
    begin, end = max(first, begin - QUOTED_CHARS), min(last, end + QUOTED_CHARS)
    return Evidence(
        interaction_id=turn.interaction_id,
        at=turn.at,
        quote=turn.text[begin:end],
        turn=turn.turn,
        char_begin=begin,
        char_end=end,
        begin_ms=turn.begin_ms,
        end_ms=turn.end_ms,
    )


def _tag(sightings: Sequence[Sighting], now: dt.datetime) -> Tag:
    """A contact that is sighted more than once for the same tag counts once; its quote is kept."""
    newest = sorted(sightings, key=lambda one: (one.evidence.at, str(one.evidence.interaction_id)), reverse=True)
    held: dict[uuid.UUID, Evidence] = {}
    for sighting in newest:
        known = held.get(sighting.evidence.interaction_id)
        if known is None or (known.quote is None and sighting.evidence.quote is not None):
            held[sighting.evidence.interaction_id] = sighting.evidence
    evidence = tuple(held.values())
    return Tag(
        kind=newest[0].kind,
        key=newest[0].key,
        label=newest[0].label,
        strength=round(1.0 - 0.5 ** decayed((one.at for one in evidence), now), 4),
        count=len(evidence),
        first_seen=evidence[-1].at,
        last_seen=evidence[0].at,
        evidence=evidence,
        version=newest[0].version,
    )
