"""The query language evaluated slowly and plainly over contacts held in memory: what the database must agree with.

Nothing here knows of an index, of SQL or of positions in a vector: every turn is read word by word.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from data.types import (
    AllOf,
    AnyOf,
    Channel,
    Condition,
    Measure,
    Near,
    Not,
    Operator,
    Phrase,
    QueryNode,
    Role,
    SaidBy,
    Term,
    Turn,
    Verdict,
    Within,
    every,
    some,
)

STEMS = {"cards": "card", "cancels": "cancel", "cancelled": "cancel", "cancelling": "cancel", "refunds": "refund"}
"""Of the words that the tests use; every other one is its own stem."""

COMPARED: Mapping[Operator, Callable[[float, float], bool]] = {
    "=": lambda one, other: one == other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    turns: tuple[Turn, ...] = ()
    subject: str | None = None
    channel: Channel = Channel.VOICE
    queue: str | None = None
    started_at: dt.datetime
    duration_s: float | None = None
    measures: Mapping[str, float] = field(default_factory=dict)
    is_analysed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    role: Role | None = None
    part: Within | None = None


@dataclass(frozen=True, slots=True)
class Token:
    stem: str
    word: str
    begin: int
    begin_ms: int | None


def verdict(root: QueryNode | None, contact: Contact) -> Verdict:
    return Verdict.MATCHED if root is None else _judge(root, contact, Scope())


def _judge(node: QueryNode, contact: Contact, scope: Scope) -> Verdict:
    match node:
        case AllOf(nodes=nodes):
            return every(_judge(child, contact, scope) for child in nodes)
        case AnyOf(nodes=nodes):
            return some(_judge(child, contact, scope) for child in nodes)
        case Not(node=child):
            return ~_judge(child, contact, scope)
        case SaidBy(role=role, node=child):
            return _judge(child, contact, replace(scope, role=role))
        case Within(node=child):
            return _judge(child, contact, replace(scope, part=node))
        case Condition():
            return _told(_fact(node, contact))
        case Measure():
            value = contact.measures.get(node.metric + (f".{node.role}" if node.role else ""))
            return Verdict.NOT_EVALUATED if value is None else _told(COMPARED[node.operator](value, node.value))
        case Term() | Phrase() | Near():
            return _said(node, contact, scope)


def _told(holds: bool) -> Verdict:
    return Verdict.MATCHED if holds else Verdict.NOT_MATCHED


def _fact(node: Condition, contact: Contact) -> bool:
    match node.field:
        case "channel":
            return contact.channel.value == node.value
        case "queue":
            return contact.queue is not None and contact.queue.lower() == node.value.lower()
        case "date":
            ordinals = contact.started_at.toordinal(), dt.date.fromisoformat(node.value).toordinal()
            return COMPARED[node.operator](*ordinals)
        case other:
            raise NotImplementedError(other)


def _said(leaf: Term | Phrase | Near, contact: Contact, scope: Scope) -> Verdict:
    if not contact.is_analysed:
        return Verdict.NOT_EVALUATED
    whole = [tokens(turn) for turn in contact.turns if scope.role in (None, turn.role)]
    if contact.subject is not None and scope.role in (None, Role.CUSTOMER):
        whole.append(tokens(Turn(position=0, role=Role.CUSTOMER, text=contact.subject)))
    if not any(places(leaf, turn) for turn in whole):
        return Verdict.NOT_MATCHED
    if scope.part is None:
        return Verdict.MATCHED
    is_timed = all(turn.begin_ms is not None for turn in contact.turns)
    if scope.part.unit == "seconds" and not is_timed:
        return Verdict.NOT_EVALUATED
    inside = _in_part(contact, scope.part, is_timed)
    return _told(any(places(leaf, own) for turn, own in inside if scope.role in (None, turn.role)))


def _in_part(contact: Contact, part: Within, is_timed: bool) -> Iterator[tuple[Turn, list[Token]]]:
    """Each turn with those of its words that begin in the part."""
    ends = [turn.end_ms or 0 for turn in contact.turns]
    lasts = (
        max(Fraction(contact.duration_s or 0) * 1000, *ends) if is_timed else sum(len(t.text) for t in contact.turns)
    )
    length = Fraction(part.amount) * 1000 if part.unit == "seconds" else lasts * Fraction(part.amount) / 100
    before = 0
    for turn in contact.turns:
        yield (
            turn,
            [
                token
                for token in tokens(turn)
                for at in [token.begin_ms if is_timed else before + token.begin]
                if at is not None and (at < length if part.edge == "first" else at >= lasts - length)
            ],
        )
        before += len(turn.text)


def tokens(turn: Turn) -> list[Token]:
    times = {word.char_begin: word.begin_ms for word in turn.words}
    found = re.finditer(r"\w+", turn.text.lower())
    return [Token(STEMS.get(w[0], w[0]), w[0], w.start(), times.get(w.start(), turn.begin_ms)) for w in found]


def places(leaf: Term | Phrase | Near, said: Sequence[Token]) -> list[tuple[int, int]]:
    """The first and last word of each place where it stands; of words near one another, of the two together."""
    match leaf:
        case Term(text=text, prefix=True):
            # A word that begins so, and the other forms of such a word.
            begun = {stem for word, stem in STEMS.items() if word.startswith(text.lower())}
            return [(n, n) for n, t in enumerate(said) if t.word.startswith(text.lower()) or t.stem in begun]
        case Term(text=text) | Phrase(text=text):
            wanted = [STEMS.get(word, word) for word in text.lower().split()]
            stems = [token.stem for token in said]
            return [
                (n, n + len(wanted) - 1)
                for n in range(len(stems) - len(wanted) + 1)
                if stems[n : n + len(wanted)] == wanted
            ]
        case Near():
            pairs = [
                (one, other)
                for left in leaf.left
                for right in leaf.right
                for one in places(left, said)
                for other in places(right, said)
            ]
            return [
                (min(one[0], other[0]), max(one[1], other[1]))
                for one, other in pairs
                if 1 <= other[0] - one[1] <= leaf.distance
                or (not leaf.in_order and 1 <= one[0] - other[1] <= leaf.distance)
            ]
