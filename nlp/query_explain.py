"""A query said back in words, so that who wrote it sees what it asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.types import (
    AllOf,
    AnyOf,
    Condition,
    Like,
    Measure,
    Near,
    Not,
    Operator,
    Phrase,
    Query,
    QueryNode,
    Role,
    SaidBy,
    Sounds,
    Term,
    Within,
    walk,
)
from nlp.query_measures import length, measure_words, number

SPEAKERS: Mapping[Role | None, str] = {
    None: "someone",
    Role.CUSTOMER: "the customer",
    Role.AGENT: "the agent",
    Role.SUPERVISOR: "a supervisor",
    Role.SME: "an expert",
    Role.THIRDPARTY: "a third party",
    Role.SYSTEM: "the machine",
    Role.UNKNOWN: "an unknown speaker",
}
CHANNELS = {
    "voice": "by phone",
    "email": "by e-mail",
    "chat": "by chat",
    "note": "in notes",
    "survey": "in surveys",
    "web": "on the web",
}
STATES = {"pending": "still to be analysed", "analysed": "already analysed", "quarantined": "in quarantine"}
LANGUAGES = {"en": "English", "de": "German", "zh": "Chinese", "es": "Spanish", "fr": "French", "it": "Italian"}
DATES: Mapping[Operator, str] = {"=": "on", "<": "before", "<=": "up to", ">": "after", ">=": "since"}


def explain(query: Query) -> str:
    """One sentence without its full stop: which contacts are asked for."""
    if query.root is None:
        return "All contacts"
    return "Contacts " + _contacts(query.root)


def _contacts(node: QueryNode) -> str:
    """What can stand after the word "contacts"."""
    if _is_clause(node):
        return "in which " + _clause(node, NOBODY)
    match node:
        case AllOf(nodes=nodes):
            return ", ".join(_grouped(node, AnyOf) for node in _said_together(nodes))
        case AnyOf(nodes=nodes):
            return " or ".join(_grouped(node, AllOf) for node in nodes)
        case Not(node=child):
            return "not " + (f"({_contacts(child)})" if isinstance(child, AllOf | AnyOf) else _contacts(child))
        case Condition():
            return FACTS[node.field](node)
        case Like(text=text):
            return f"in which something like “{text}” is said, in whatever words"
        case Measure():
            return measure_words(node, SPEAKERS)
    raise TypeError(type(node).__name__)


def _said_together(nodes: Sequence[QueryNode]) -> list[QueryNode]:
    """All that must be said as one clause, before the facts."""
    spoken = tuple(node for node in nodes if _is_clause(node))
    facts = [node for node in nodes if not _is_clause(node)]
    return [*([AllOf(nodes=spoken)] if len(spoken) > 1 else spoken), *facts]


def _grouped(node: QueryNode, kind: type[AllOf] | type[AnyOf]) -> str:
    return f"({_contacts(node)})" if isinstance(node, kind) and not _is_clause(node) else _contacts(node)


# What is said


@dataclass(frozen=True, slots=True)
class Said:
    """By whom, and where in the contact."""

    role: Role | None = None
    window: Within | None = None

    def says(self, what: str) -> str:
        return f"{SPEAKERS[self.role]} says {what}{self._where()}"

    def denies(self, what: str) -> str:
        subject = "nobody says" if self.role is None else f"{SPEAKERS[self.role]} never says"
        return f"{subject} {what}{self._where()}"

    def _where(self) -> str:
        if self.window is None:
            return ""
        amount = self.window.amount
        return (
            f" in the {self.window.edge} {length(amount) if self.window.unit == 'seconds' else f'{number(amount)} %'}"
        )


NOBODY = Said()


def _is_clause(node: QueryNode) -> bool:
    """Whether all of it is about what is said."""
    return not any(isinstance(part, Like | Condition | Measure) for part in walk(node))


def _clause(node: QueryNode, said: Said) -> str:
    """A sentence about one speaker, or several joined."""
    if _is_heard(node):
        return said.says(_heard(node))
    match node:
        case SaidBy() | Within():
            return _clause(node.node, _inside(node, said))
        case Not(node=child):
            return _denied(child, said)
        case AllOf(nodes=nodes):
            return _joined(nodes, said, " and ")
        case AnyOf(nodes=nodes):
            return _joined(nodes, said, " or ")
    raise TypeError(type(node).__name__)


def _inside(node: SaidBy | Within, said: Said) -> Said:
    return replace(said, role=node.role) if isinstance(node, SaidBy) else replace(said, window=node)


def _denied(node: QueryNode, said: Said) -> str:
    if isinstance(node, SaidBy | Within):
        return _denied(node.node, _inside(node, said))
    if _is_heard(node) and not isinstance(node, AllOf):
        return said.denies(_heard(node))
    return f"it is not so that ({_clause(node, said)})"


def _joined(nodes: Sequence[QueryNode], said: Said, word: str) -> str:
    """Words of one speaker share its verb."""
    heard = tuple(node for node in nodes if _is_heard(node))
    rest = [node for node in nodes if not _is_heard(node)]
    kind = AllOf if word == " and " else AnyOf
    clauses = [_clause(kind(nodes=heard), said)] if heard else []
    for node in rest:
        clause = _clause(node, said)
        clauses.append(f"({clause})" if isinstance(node, AllOf | AnyOf) else clause)
    return word.join(clauses)


def _is_heard(node: QueryNode) -> bool:
    """Whether it can be the object of "says"."""
    match node:
        case Term() | Phrase() | Near() | Sounds():
            return True
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            return all(map(_is_heard, nodes))
        case _:
            return False


def _heard(node: QueryNode) -> str:
    match node:
        case Term(text=text, prefix=prefix):
            return f"“{text}…”" if prefix else f"“{text}”"
        case Phrase(text=text):
            return f"“{text}”"
        case Near():
            return _near(node)
        case Sounds(text=text):
            return f"what sounds like “{text}”"
        case AllOf(nodes=nodes):
            return " and ".join(_bracketed(child) for child in nodes)
        case AnyOf(nodes=nodes):
            return " or ".join(_bracketed(child) for child in nodes)
    raise TypeError(type(node).__name__)


def _bracketed(node: QueryNode) -> str:
    return f"({_heard(node)})" if isinstance(node, AllOf | AnyOf) else _heard(node)


def _near(node: Near) -> str:
    left, right = (_choice(side) for side in (node.left, node.right))
    words = f"{node.distance} word{'' if node.distance == 1 else 's'}"
    return f"{left} at most {words} before {right}" if node.in_order else f"{left} within {words} of {right}"


def _choice(nodes: Sequence[Term | Phrase]) -> str:
    return _heard(nodes[0]) if len(nodes) == 1 else f"({_heard(AnyOf(nodes=tuple(nodes)))})"


# Facts


def _date(fact: Condition) -> str:
    day = dt.date.fromisoformat(fact.value)
    return f"{DATES[fact.operator]} {day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

FACTS: Mapping[str, Callable[[Condition], str]] = {
    "channel": lambda fact: CHANNELS[fact.value],
    "queue": lambda fact: f"in the queue {fact.value}",
    "team": lambda fact: f"of the team {fact.value}",
    "agent": lambda fact: f"with the agent {fact.value}",
    "reason": lambda fact: "without a reason" if fact.value.lower() == "unassigned" else f"about “{fact.value}”",
    "category": lambda fact: f"of the category “{fact.value}”",
    "language": lambda fact: f"in {LANGUAGES.get(fact.value.lower(), 'the language ' + fact.value)}",
    "segment": lambda fact: f"of the customer segment {fact.value}",
    "customer": lambda fact: f"of the customer {fact.value}",
    "state": lambda fact: STATES[fact.value],
    "date": _date,
}
