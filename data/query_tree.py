"""The query language's syntax tree: parsed in ``nlp.query``, compiled to SQL in ``data.search_compile``.

``data.types`` offers all of it to the stage packages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as field_of
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from data.types import Role

Operator: TypeAlias = Literal["=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word in any of its forms; with ``prefix``, any word that begins so."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words one after the other within one turn."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """One of ``left`` and one of ``right`` within one turn, the second at most ``distance`` words on from the first.

    Neighbours are one word apart. ``in_order``: the left one comes first; else either does.
    """

    left: tuple[Term | Phrase, ...]
    right: tuple[Term | Phrase, ...]
    distance: int
    in_order: bool = False


NEAR_MAX = 16
"""The greatest distance: turns lie as far apart in the index, so that no pair reaches over the end of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A fact of the interaction, not of its words. ``value`` is valid for ``field``; only a date is compared."""

    field: Literal[
        "channel",
        "queue",
        "team",
        "agent",
        "reason",
        "category",
        "language",
        "segment",
        "customer",
        "state",
        "date",
    ]
    operator: Operator
    value: str
    at: int = field_of(default=0, compare=False, repr=False)
    """Where it begins in the text that it was read from, counted from 0; no part of what it asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number of the interaction, compared: not evaluated where it was not measured. ``value`` is in its unit."""

    metric: str
    """One of METRICS."""
    operator: Operator
    value: float
    role: Role | None = None
    """Whose; None: of the interaction, which for a metric of roles is METRICS' ``over_roles``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    unit: Literal["seconds", "share", "score", "count", "wpm"]
    of_role: bool = False
    """Whether each role has its own."""
    over_roles: Literal["sum", "greatest", "own"] | None = None
    """What it is where no role is named: a value of its own, the sum or the greatest of the roles'; None: nothing."""


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "sentiment": Metric(unit="score", of_role=True, over_roles="own"),
        "sentiment_shift": Metric(unit="score", over_roles="own"),
        "duration_s": Metric(unit="seconds", over_roles="own"),
        "handle_time_s": Metric(unit="seconds", over_roles="own"),
        "hold_s": Metric(unit="seconds", over_roles="own"),
        "after_call_s": Metric(unit="seconds", over_roles="own"),
        "longest_silence_s": Metric(unit="seconds", over_roles="own"),
        "non_talk_s": Metric(unit="seconds", over_roles="own"),
        "overtalk_s": Metric(unit="seconds", over_roles="own"),
        "interruptions": Metric(unit="count", of_role=True, over_roles="sum"),
        "talk_s": Metric(unit="seconds", of_role=True, over_roles="sum"),
        "talk_share": Metric(unit="share", of_role=True),
        "talk_speed_wpm": Metric(unit="wpm", of_role=True),
        "longest_monologue_s": Metric(unit="seconds", of_role=True, over_roles="greatest"),
        "response_time_s": Metric(unit="seconds", of_role=True),
        "first_speech_s": Metric(unit="seconds", of_role=True),
        "csat": Metric(unit="count", over_roles="own"),
        "nps": Metric(unit="count", over_roles="own"),
        "ces": Metric(unit="count", over_roles="own"),
        "turns": Metric(unit="count", over_roles="own"),
        "words": Metric(unit="count", over_roles="own"),
    }
)
"""What can be compared, by its name in the glossary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBy:
    """``node``, as far as this role said it."""

    role: Role
    node: QueryNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """``node``, as far as it is said at this edge of the interaction: a word counts if it begins there.

    Seconds are of the recording: where a turn has no time, it cannot be told. Per cent are of the recording's time, or,
    where turns have none, of their characters.
    """

    edge: Literal["first", "last"]
    amount: float
    unit: Literal["seconds", "percent"]
    node: QueryNode


SoundAlternative: TypeAlias = tuple[tuple[str, ...], ...]
"""A choice of phonetic keys for each of some words, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """Something that sounds like this text, however it was written down."""

    text: str
    keys: tuple[SoundAlternative, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """Something that means about the same as this text, whatever its words."""

    text: str
    at: int = field_of(default=0, compare=False, repr=False)
    """As a condition's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    node: QueryNode


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Each somewhere in the interaction, whoever said it."""

    nodes: tuple[QueryNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    nodes: tuple[QueryNode, ...]


QueryNode: TypeAlias = (
    "Term | Phrase | Near | Sounds | Like | Condition | Measure | SaidBy | Within | Not | AllOf | AnyOf"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as it was written, and what it means; no ``root`` where nothing was asked: everything matches."""

    text: str
    root: QueryNode | None


def walk(node: QueryNode) -> Iterator[QueryNode]:
    """The node and all below it."""
    yield node
    match node:
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            for child in nodes:
                yield from walk(child)
        case Not(node=child) | SaidBy(node=child) | Within(node=child):
            yield from walk(child)


def is_spoken(node: QueryNode) -> bool:
    """Whether it asks for nothing but what was said, and in no special part."""
    return not any(isinstance(part, Sounds | Like | Condition | Measure | Within) for part in walk(node))


class Verdict(StrEnum):
    """What a query says of one interaction: Kleene's three values, so that what is not known is never passed off.

    ``~`` is NOT, ``every`` is AND, ``some`` is OR. A search lists what is ``matched`` and counts what is not evaluated.
    """

    NOT_MATCHED = "not_matched"
    NOT_EVALUATED = "not_evaluated"
    MATCHED = "matched"

    def __invert__(self) -> Verdict:
        return _ORDER[len(_ORDER) - 1 - _ORDER.index(self)]


_ORDER = tuple(Verdict)
"""From false to true: AND is the least of its parts, OR the greatest."""


def every(verdicts: Iterable[Verdict]) -> Verdict:
    return min(verdicts, key=_ORDER.index, default=Verdict.MATCHED)


def some(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=_ORDER.index, default=Verdict.NOT_MATCHED)
