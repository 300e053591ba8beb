"""A metric of the query language as SQL: its value, NULL where it was not measured, and how it compares."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, case, cast, func, literal, null
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION

from data.tables import InteractionRow
from data.types import METRICS, Measure, Metric, Operator, Role

Value: TypeAlias = ColumnElement[float]

COMPARE: Mapping[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

COLUMNS: Mapping[str, Any] = {
    "sentiment": InteractionRow.sentiment,
    "sentiment_shift": InteractionRow.sentiment_shift,
    "duration_s": InteractionRow.duration_s,
    "hold_s": InteractionRow.hold_s,
    "after_call_s": InteractionRow.after_call_s,
    "csat": InteractionRow.csat,
    "nps": InteractionRow.nps,
    "ces": InteractionRow.ces,
    "turns": InteractionRow.turn_count,
    "words": InteractionRow.word_count,
}
"""Metrics that have a column; the others are in ``metrics``."""
COUNTED = ("turns", "words")
"""Columns that are 0 until an interaction is analysed."""


def measured(asked: Measure) -> ColumnElement[bool]:
    """NULL where the interaction has no such value."""
    return COMPARE[asked.operator](_value(asked), literal(asked.value, DOUBLE_PRECISION))


def _value(asked: Measure) -> Value:
    name, metric = asked.metric, METRICS[asked.metric]
    if name == "handle_time_s":
        return _handle_time()
    if asked.role is not None:
        return _of_role(name, asked.role)
    if metric.over_roles != "own":
        return _over_roles(name, metric)
    if name in COUNTED:
        return case((InteractionRow.text_config.is_not(None), COLUMNS[name]), else_=null())
    return COLUMNS[name] if name in COLUMNS else _stored(name)


def _of_role(name: str, role: Role) -> Value:
    if name == "sentiment":
        return cast(InteractionRow.sentiments["by_role"][role.value].astext, DOUBLE_PRECISION)
    return _stored(f"{name}.{role.value}")


def _over_roles(name: str, metric: Metric) -> Value:
    """Of the roles that have one; NULL where none does."""
    values = [_of_role(name, role) for role in Role]
    if metric.over_roles == "greatest":
        return func.greatest(*values)
    total = sum((func.coalesce(value, 0.0) for value in values), literal(0.0, DOUBLE_PRECISION))
    return case((func.coalesce(*values).is_not(None), total), else_=null())


def _stored(name: str) -> Value:
    return cast(InteractionRow.metrics[name].astext, DOUBLE_PRECISION)


def _handle_time() -> Value:
    """Duration, hold and after-call work, as far as the source gives them."""
    parts = (InteractionRow.duration_s, InteractionRow.hold_s, InteractionRow.after_call_s)
    total = sum((func.coalesce(part, 0.0) for part in parts), literal(0.0, DOUBLE_PRECISION))
    return case((func.coalesce(*parts).is_not(None), total), else_=null())
