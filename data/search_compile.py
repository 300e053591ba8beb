"""A query's tree as SQL: its words go to the search functions, its facts become conditions on the interaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, cast, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import TableValuedAlias

from data.errors import NotFound
from data.filters import UNASSIGNED, current_assignment, of_customer, with_reason
from data.ids import parse_id
from data.keys import TenantKeys
from data.tables import AssignmentRow, InteractionRow, ReasonRow
from data.types import (
    AllOf,
    AnyOf,
    Condition,
    CustomerRef,
    JSONValue,
    Not,
    Phrase,
    QueryNode,
    Role,
    SaidBy,
    Term,
)

VECTORS = ("customer", "agent", "other")
"""A tsvector each, as the function ``search_role`` sorts the roles."""

TEXT_FIELDS = {"queue": "queue", "team": "team", "agent": "agent", "segment": "customer_segment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What must be said, for the search functions; ``leaves`` are what a hit is located and ranked by."""

    tree: JSONValue
    leaves: tuple[JSONValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How a tenant's values are found and its days counted, and whose words count."""

    keys: TenantKeys | None
    time_zone: str
    said_by: tuple[str, ...] = VECTORS


def vectors_of(role: Role | None) -> tuple[str, ...]:
    if role is None:
        return VECTORS
    return (role.value,) if role in (Role.CUSTOMER, Role.AGENT) else ("other",)


def split(root: QueryNode | None, scope: Scope) -> tuple[Words | None, ColumnElement[bool] | None]:
    """The words that must hold, and the rest as a condition: an interaction matches where both do."""
    parts = root.nodes if isinstance(root, AllOf) else () if root is None else (root,)
    spoken = [node for node in parts if _is_spoken(node)]
    rest = [_condition(node, scope) for node in parts if not _is_spoken(node)]
    return _words(spoken, scope) if spoken else None, and_(*rest) if rest else None


def leaves_of(root: QueryNode | None, said_by: tuple[str, ...]) -> tuple[JSONValue, ...]:
    """The words and phrases that a hit may hold; what must be absent is nowhere to be found."""
    match root:
        case Term() | Phrase():
            return (_leaf(root, said_by),)
        case SaidBy(role=role, node=node):
            return leaves_of(node, vectors_of(role))
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            return tuple(leaf for node in nodes for leaf in leaves_of(node, said_by))
        case _:
            return ()


def search_function(words: Words, *, ranked: bool) -> TableValuedAlias:
    ranked_by = list(words.leaves) if ranked else []
    call = func.search_interactions(cast(words.tree, JSONB), cast(ranked_by, JSONB))
    return call.table_valued("interaction_id", "started_at", "rank").alias("found")


def _words(nodes: Sequence[QueryNode], scope: Scope) -> Words:
    root = nodes[0] if len(nodes) == 1 else AllOf(nodes=tuple(nodes))
    return Words(tree=_tree(root, scope.said_by), leaves=leaves_of(root, scope.said_by))


def _is_spoken(node: QueryNode) -> bool:
    """Whether it asks for nothing but what was said."""
    match node:
        case Condition():
            return False
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            return all(_is_spoken(child) for child in nodes)
        case Not(node=child):
            return _is_spoken(child)
        case _:
            return True


def _tree(node: QueryNode, said_by: tuple[str, ...]) -> JSONValue:
    match node:
        case AllOf(nodes=nodes):
            return {"is": "all", "nodes": [_tree(child, said_by) for child in nodes]}
        case AnyOf(nodes=nodes):
            return {"is": "any", "nodes": [_tree(child, said_by) for child in nodes]}
        case Not(node=child):
            return {"is": "not", "node": _tree(child, said_by)}
        case SaidBy(role=role, node=child):
            return _tree(child, vectors_of(role))
        case Term() | Phrase():
            return _leaf(node, said_by)
        case Condition():
            raise TypeError("a condition is no spoken word")


def _leaf(node: Term | Phrase, said_by: tuple[str, ...]) -> JSONValue:
    prefix = isinstance(node, Term) and node.prefix
    return {"is": "leaf", "text": node.text, "prefix": prefix, "said_by": list(said_by)}


# Conditions


def _condition(node: QueryNode, scope: Scope) -> ColumnElement[bool]:
    if _is_spoken(node):
        found = search_function(_words([node], scope), ranked=False)
        return InteractionRow.id.in_(select(found.c.interaction_id))
    match node:
        case AllOf(nodes=nodes):
            return and_(*(_condition(child, scope) for child in nodes))
        case AnyOf(nodes=nodes):
            return or_(*(_condition(child, scope) for child in nodes))
        case Not(node=child):
            # What is not known is not so: a call without a queue is not in the queue.
            return ~func.coalesce(_condition(child, scope), false())
        case Condition():
            return _fact(node, scope)
        case _:
            raise TypeError(f"{type(node).__name__} is no condition")


def _fact(asked: Condition, scope: Scope) -> ColumnElement[bool]:
    match asked.field:
        case "date":
            return _date(asked, scope)
        case "reason":
            return _reason(asked.value)
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
    """By the tenant's days, whatever the time of day."""
    zone = ZoneInfo(scope.time_zone)
    day = dt.date.fromisoformat(asked.value)
    begin = dt.datetime.combine(day, dt.time.min, zone)
    # The last day that a date can name has no day after it.
    end = dt.datetime.combine(min(day, dt.date.max - dt.timedelta(days=1)) + dt.timedelta(days=1), dt.time.min, zone)
    started = InteractionRow.started_at
    match asked.operator:
        case "<":
            return started < begin
        case "<=":
            return started < end
        case ">":
            return started >= end
        case ">=":
            return started >= begin
        case "=":
            return and_(started >= begin, started < end)


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
