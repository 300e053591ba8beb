"""A query's tree as SQL: its words go to the search functions, its facts become conditions on the interaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from sqlalchemy import CTE, ColumnElement, Select, and_, any_, cast, exists, false, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import Text, Uuid

from data.errors import NotFound
from data.filters import UNASSIGNED, current_assignment, of_customer, with_category, with_reason
from data.ids import parse_id
from data.keys import TenantKeys
from data.meaning import Alike, without_vectors
from data.search_measures import measured
from data.search_period import ALWAYS, Period, days_of, is_date, moment, within_dates
from data.sounds import sounding, without_sounds
from data.tables import AssignmentRow, InteractionRow, ReasonRow
from data.types import (
    AllOf,
    AnyOf,
    Condition,
    CustomerRef,
    JSONValue,
    Like,
    Measure,
    Near,
    Not,
    Phrase,
    QueryNode,
    Role,
    SaidBy,
    Sounds,
    Term,
    Within,
    is_spoken,
    walk,
)

VECTORS = ("customer", "agent", "other")
"""A tsvector each, as the function ``search_role`` sorts the roles."""

TEXT_FIELDS = {"queue": "queue", "team": "team", "agent": "agent", "segment": "customer_segment"}

Bound: TypeAlias = Literal["surely", "possibly"]
"""A condition that holds where a query is matched, or where it is not ruled out. NOT turns one into the other, and what
lies between the two is not evaluated: Kleene's logic of ``Verdict``, in SQL."""

OTHER: Mapping[Bound, Bound] = {"surely": "possibly", "possibly": "surely"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What must be said, for the search functions; ``leaves`` are what a hit is located and ranked by.

    What began outside of ``period`` need not be looked into.
    """

    tree: JSONValue
    leaves: tuple[dict[str, JSONValue], ...]
    period: Period = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Speakers:
    """Whose words count: the vectors that hold them, and the role where its vector holds others' words too."""

    said_by: tuple[str, ...] = VECTORS
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How a tenant's values are found and its days counted, whose words count, and where in an interaction.

    ``besides`` is what else must be said there: no other interaction need be looked into. ``among``: the few
    interactions that are asked about, found by their ids instead of their words; None: all.
    """

    tenant: str
    keys: TenantKeys | None
    time_zone: str
    speakers: Speakers = field(default_factory=Speakers)
    part: Within | None = None
    besides: tuple[JSONValue, ...] = ()
    among: tuple[uuid.UUID, ...] | None = None
    heard: dict[str, CTE] = field(default_factory=dict)
    """What was looked for in parts of interactions: where both bounds stand in one statement, it is looked for once."""
    alike: Mapping[str, Alike] = field(default_factory=dict)
    """By text, what means the same."""
    embedder: str = ""


def speakers(role: Role | None) -> Speakers:
    if role is None:
        return Speakers()
    if role in (Role.CUSTOMER, Role.AGENT):
        return Speakers(said_by=(role.value,))
    return Speakers(said_by=("other",), role=role.value)


def split(
    root: QueryNode | None, scope: Scope, bound: Bound = "surely"
) -> tuple[Words | None, ColumnElement[bool] | None]:
    """The words that must hold, and the rest as a condition: an interaction matches where both do."""
    parts = root.nodes if isinstance(root, AllOf) else () if root is None else (root,)
    spoken = [node for node in parts if is_spoken(node)]
    narrowed = replace(scope, besides=tuple(_tree(node, scope.speakers, "possibly") for node in spoken))
    rest = [_condition(node, narrowed, bound) for node in parts if not is_spoken(node)]
    words = replace(_words(spoken, scope, bound), period=within_dates(parts, scope.time_zone)) if spoken else None
    return words, and_(*rest) if rest else None


def is_said_when(root: QueryNode | None) -> bool:
    """Whether it asks for nothing but what must be said, and in which days."""
    parts = root.nodes if isinstance(root, AllOf) else () if root is None else (root,)
    return all(is_spoken(part) or is_date(part) for part in parts)


def is_plain(root: QueryNode | None) -> bool:
    """Whether all that it can leave open is what is said in contacts that are not analysed.

    Nothing in it can be unmeasured, and what must be said stands apart from the facts.
    """
    parts = root.nodes if isinstance(root, AllOf) else () if root is None else (root,)
    return not any(isinstance(node, Sounds | Like | Measure | Within) for part in parts for node in walk(part)) and all(
        is_spoken(part) or not any(map(is_spoken, walk(part))) for part in parts
    )


def leaves_of(root: QueryNode | None, whose: Speakers) -> tuple[dict[str, JSONValue], ...]:
    """The words and phrases that a hit may hold, each with its part; what must be absent is nowhere to be found."""
    match root:
        case Term() | Phrase() | Near():
            return (_leaf(root, whose),)
        case SaidBy(role=role, node=node):
            return leaves_of(node, speakers(role))
        case Within(node=node):
            return tuple({**leaf, "part": part_of(root)} for leaf in leaves_of(node, whose))
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            return tuple(leaf for node in nodes for leaf in leaves_of(node, whose))
        case _:
            return ()


def sounds_of(root: QueryNode | None) -> tuple[Sounds, ...]:
    """What a hit may sound like."""
    match root:
        case Sounds():
            return (root,)
        case SaidBy(node=node):
            return sounds_of(node)
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            return tuple(found for node in nodes for found in sounds_of(node))
        case _:
            return ()


def likes_of(root: QueryNode | None) -> tuple[str, ...]:
    """The texts whose meaning a hit may hold."""
    match root:
        case Like(text=text):
            return (text,)
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            return tuple(text for node in nodes for text in likes_of(node))
        case _:
            return ()


def without_likes(root: QueryNode | None) -> tuple[QueryNode | None, bool]:
    """What must hold besides that something means a text, and whether anything must mean one."""
    parts = root.nodes if isinstance(root, AllOf) else () if root is None else (root,)
    others = tuple(part for part in parts if not isinstance(part, Like))
    rest = AllOf(nodes=others) if len(others) > 1 else next(iter(others), None)
    return rest, len(others) < len(parts)


def uuids(some: Iterable[uuid.UUID]) -> ColumnElement[Any]:
    """As one text, which takes a tenth of the time that a list of a thousand does."""
    return cast(literal("{" + ",".join(map(str, some)) + "}", Text()), ARRAY(Uuid()))


def part_of(within: Within) -> dict[str, JSONValue]:
    return {"edge": within.edge, "amount": within.amount, "unit": within.unit}


def search_function(words: Words) -> TableValuedAlias:
    call = func.search_interactions(cast(words.tree, JSONB), moment(words.period.since), moment(words.period.until))
    return call.table_valued("interaction_id", "started_at").alias("found")


def saying(words: Words, scope: Scope) -> Select[uuid.UUID]:
    """The interactions in which they are said."""
    if scope.among is None:
        return select(search_function(words).c.interaction_id)
    call = func.search_among(cast(words.tree, JSONB), cast(list(scope.among), ARRAY(Uuid())))
    return select(call.table_valued("interaction_id").alias("found").c.interaction_id)


def _words(nodes: Sequence[QueryNode], scope: Scope, bound: Bound) -> Words:
    root = nodes[0] if len(nodes) == 1 else AllOf(nodes=tuple(nodes))
    return Words(tree=_tree(root, scope.speakers, bound), leaves=leaves_of(root, scope.speakers))


def _tree(node: QueryNode, whose: Speakers, bound: Bound) -> JSONValue:
    match node:
        case AllOf(nodes=nodes):
            return {"is": "all", "nodes": [_tree(child, whose, bound) for child in nodes]}
        case AnyOf(nodes=nodes):
            return {"is": "any", "nodes": [_tree(child, whose, bound) for child in nodes]}
        case Not(node=child):
            return {"is": "not", "node": _tree(child, whose, OTHER[bound])}
        case SaidBy(role=role, node=child):
            return _tree(child, speakers(role), bound)
        case Term() | Phrase() | Near():
            return _leaf(node, whose)
        case _:
            raise TypeError(f"{type(node).__name__} is no spoken word")


def _leaf(node: Term | Phrase | Near, whose: Speakers) -> dict[str, JSONValue]:
    return {"is": "leaf", **_sought(node), "said_by": list(whose.said_by), "role": whose.role}


def _sought(node: Term | Phrase | Near) -> dict[str, JSONValue]:
    match node:
        case Near(left=left, right=right):
            sides: dict[str, JSONValue] = {"left": [*map(_sought, left)], "right": [*map(_sought, right)]}
            return {**sides, "distance": node.distance, "in_order": node.in_order}
        case Term(prefix=prefix):
            return {"text": node.text, "prefix": prefix}
        case Phrase():
            return {"text": node.text, "prefix": False}


# Conditions


def _condition(node: QueryNode, scope: Scope, bound: Bound) -> ColumnElement[bool]:
    if _is_leaf(node) and scope.part is not None:
        return _said_there(node, scope, scope.part, bound)
    if is_spoken(node) and scope.part is None:
        return _said(node, scope, bound)
    match node:
        case SaidBy(role=role, node=child):
            return _condition(child, replace(scope, speakers=speakers(role)), bound)
        case Within(node=child):
            return _condition(child, replace(scope, part=node), bound)
        case AllOf(nodes=nodes):
            return and_(*(_condition(child, scope, bound) for child in nodes))
        case AnyOf(nodes=nodes):
            return or_(*(_condition(child, scope, bound) for child in nodes))
        case Not(node=child):
            # What is not known is not so: a call without a queue is not in the queue.
            return ~func.coalesce(_condition(child, scope, OTHER[bound]), false())
        case _:
            return _asked(node, scope, bound)


def _asked(node: QueryNode, scope: Scope, bound: Bound) -> ColumnElement[bool]:
    match node:
        case Condition():
            return _fact(node, scope)
        case Sounds():
            found = sounding(node, scope.tenant, scope.speakers.said_by)
            return found if bound == "surely" else or_(found, without_sounds())
        case Like(text=text):
            return _meant(scope.alike[text], scope.embedder, bound)
        case Measure():
            return func.coalesce(measured(node), false() if bound == "surely" else true())
        case _:
            raise TypeError(f"{type(node).__name__} is no condition")


def _is_leaf(node: QueryNode) -> bool:
    """A word or phrase, or a choice of them, which is looked for in one go."""
    leaves = node.nodes if isinstance(node, AnyOf) else (node,)
    return all(isinstance(leaf, Term | Phrase | Near) for leaf in leaves)


def _said_there(node: QueryNode, scope: Scope, part: Within, bound: Bound) -> ColumnElement[bool]:
    """In a part: first those that say it anywhere, and of them those that say it there."""
    tree: JSONValue = {"is": "all", "nodes": [*scope.besides, _tree(node, scope.speakers, "possibly")]}
    anywhere = saying(Words(tree=tree, leaves=()), scope)
    there = _heard(anywhere, [*leaves_of(node, scope.speakers)], part, scope)
    if bound == "surely":
        return InteractionRow.id.in_(select(there.c.interaction_id).where(there.c.stands))
    open_ = select(there.c.interaction_id).where(there.c.stands.is_not(False))
    return or_(InteractionRow.id.in_(open_), InteractionRow.text_config.is_(None))


def _heard(anywhere: Select[uuid.UUID], leaves: list[JSONValue], part: Within, scope: Scope) -> CTE:
    asked = json.dumps([leaves, part_of(part)], sort_keys=True)
    if asked not in scope.heard:
        candidates = func.array(anywhere.scalar_subquery(), type_=ARRAY(Uuid()))
        call = func.search_in_part(candidates, cast(leaves, JSONB), cast(part_of(part), JSONB))
        there = call.table_valued("interaction_id", "stands")
        found = select(there.c.interaction_id, there.c.stands)
        scope.heard[asked] = found.cte(f"heard_{len(scope.heard)}")
    return scope.heard[asked]


def _said(node: QueryNode, scope: Scope, bound: Bound) -> ColumnElement[bool]:
    said = InteractionRow.id.in_(saying(_words([node], scope, bound), scope))
    # Before it is analysed, nobody can tell what an interaction says.
    return said if bound == "surely" else or_(said, InteractionRow.text_config.is_(None))


def _meant(alike: Alike, embedder: str, bound: Bound) -> ColumnElement[bool]:
    meant = InteractionRow.id == any_(uuids(alike.turns))
    return meant if bound == "surely" else or_(meant, without_vectors(embedder))


def _fact(asked: Condition, scope: Scope) -> ColumnElement[bool]:
    match asked.field:
        case "date":
            return _date(asked, scope)
        case "reason":
            return _reason(asked.value)
        case "category":
            return with_category(asked.value)
        case "customer":
            return of_customer(CustomerRef.parse(asked.value), scope.keys)
        case "language":
            return _language(asked.value)
        case "channel" | "state":
            return _same(_column(asked.field), asked.value)
        case name:
            return _same(func.lower(_column(TEXT_FIELDS[name])), asked.value.lower())


def _column(name: str) -> ColumnElement[str]:
    column: ColumnElement[str] = getattr(InteractionRow, name)
    return column


def _same(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    return column == value


def _language(value: str) -> ColumnElement[bool]:
    """``en`` is every English, ``en-GB`` only that one."""
    known = func.lower(InteractionRow.language)
    return (known if "-" in value else func.split_part(known, "-", 1)) == value.lower()


def _date(asked: Condition, scope: Scope) -> ColumnElement[bool]:
    period = days_of(asked, scope.time_zone)
    started = InteractionRow.started_at
    since = () if period.since is None else (started >= period.since,)
    until = () if period.until is None else (started < period.until,)
    return and_(*since, *until)


def _reason(value: str) -> ColumnElement[bool]:
    """By id, by name in any case, or ``unassigned``."""
    if value.lower() == UNASSIGNED:
        return with_reason(UNASSIGNED)
    try:
        return with_reason(str(parse_id(value)))
    except NotFound:
        return exists(
            select(AssignmentRow.id)
            .join(ReasonRow, and_(ReasonRow.tenant == AssignmentRow.tenant, ReasonRow.id == AssignmentRow.reason_id))
            .where(current_assignment(), func.lower(ReasonRow.name) == value.lower())
            .correlate(InteractionRow)
        )
