"""What is known of a customer from their contacts, each tag with the contacts it rests on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol, TypeAlias

HALF_LIFE_DAYS = 30.0
"""A contact counts half after so many days."""
REPEAT_DAYS = 7.0
FELT_FROM = 0.05
"""Sentiment nearer to zero is neutral."""
SHIFT_FROM = 0.25
NEWEST = 3
"""Contacts that make the present mood."""

Kind: TypeAlias = Literal["reason", "sentiment", "sentiment_course", "repeat_contact"]


class ContactFacts(Protocol):
    """What tags need of one contact; ``reason_id`` is None where no reason fitted."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """``strength`` is 0–1: 1 − ½ to the power of the contacts behind it, each decayed by its age."""

    kind: Kind
    key: str
    """Stable over time: a reason's id, or the name of the course."""
    label: str
    strength: float
    count: int
    first_seen: dt.datetime
    last_seen: dt.datetime
    evidence: tuple[uuid.UUID, ...]
    """The contacts it rests on, the newest first."""


def customer_tags(contacts: Sequence[ContactFacts], now: dt.datetime) -> list[Tag]:
    """The tags of one customer as of ``now``, the strongest first; contacts after that do not count."""
    past = sorted(
        (contact for contact in contacts if contact.started_at <= now),
        key=lambda contact: (contact.started_at, str(contact.interaction_id)),
    )
    found = [*_reasons(past, now), *_repeats(past, now), *_mood(past, now), *_course(past, now)]
    return sorted(found, key=lambda tag: (-tag.strength, tag.kind, tag.key))


def decayed(contacts: Iterable[ContactFacts], now: dt.datetime) -> float:
    """How many contacts these are, each halved with every half-life since it began."""
    ages = ((now - contact.started_at).total_seconds() / 86_400 for contact in contacts)
    return float(sum(0.5 ** (age / HALF_LIFE_DAYS) for age in ages))


def _reasons(contacts: Sequence[ContactFacts], now: dt.datetime) -> list[Tag]:
    return [_tag("reason", key, members[-1].reason_name or key, members, now) for key, members in _by_reason(contacts)]


def _repeats(contacts: Sequence[ContactFacts], now: dt.datetime) -> list[Tag]:
    """Contacts that came back for the same reason within days: the first one did not settle it."""
    found = []
    for key, members in _by_reason(contacts):
        again = {
            contact.interaction_id
            for before, after in pairwise(members)
            if after.started_at - before.started_at <= dt.timedelta(days=REPEAT_DAYS)
            for contact in (before, after)
        }
        if again:
            held = [contact for contact in members if contact.interaction_id in again]
            label = f"Came back about {members[-1].reason_name or key}"
            found.append(_tag("repeat_contact", key, label, held, now))
    return found


def _mood(contacts: Sequence[ContactFacts], now: dt.datetime) -> list[Tag]:
    """How the newest contacts felt, all in all."""
    felt = _felt(contacts)[-NEWEST:]
    if not felt:
        return []
    mean = sum(value for _, value in felt) / len(felt)
    if abs(mean) < FELT_FROM:
        return []
    mood = "positive" if mean > 0 else "negative"
    return [_tag("sentiment", mood, f"Recently {mood}", [contact for contact, _ in felt], now)]


def _course(contacts: Sequence[ContactFacts], now: dt.datetime) -> list[Tag]:
    """Whether the later half of the contacts felt better or worse than the earlier one."""
    felt = _felt(contacts)
    half = len(felt) // 2
    if not half:
        return []
    earlier = sum(value for _, value in felt[:half]) / half
    later = sum(value for _, value in felt[-half:]) / half
    if abs(later - earlier) < SHIFT_FROM:
        return []
    course = "improving" if later > earlier else "worsening"
    return [_tag("sentiment_course", course, f"Sentiment {course}", [contact for contact, _ in felt], now)]


def _by_reason(contacts: Sequence[ContactFacts]) -> list[tuple[str, list[ContactFacts]]]:
    found: defaultdict[str, list[ContactFacts]] = defaultdict(list)
    for contact in contacts:
        if contact.reason_id is not None:
            found[contact.reason_id].append(contact)
    return sorted(found.items())


def _felt(contacts: Sequence[ContactFacts]) -> list[tuple[ContactFacts, float]]:
    return [(contact, contact.sentiment) for contact in contacts if contact.sentiment is not None]


def _tag(kind: Kind, key: str, label: str, contacts: Sequence[ContactFacts], now: dt.datetime) -> Tag:
    return Tag(
        kind=kind,
        key=key,
        label=label,
        strength=round(1.0 - 0.5 ** decayed(contacts, now), 4),
        count=len(contacts),
        first_seen=contacts[0].started_at,
        last_seen=contacts[-1].started_at,
        evidence=tuple(contact.interaction_id for contact in reversed(contacts)),
    )
