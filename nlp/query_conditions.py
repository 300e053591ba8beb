"""Conditions of a query: a field or a metric, a comparison, and a value that is valid for it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import get_args

from data.errors import CustomerRefInvalid, QueryInvalid
from data.types import METRICS, Channel, Condition, CustomerRef, Measure, Metric, Operator, Role, State

NAMED = re.compile(r"([A-Za-z_]+)(?:\.([A-Za-z]+))?(:|<=|>=|<|>|=)")
NUMBER = re.compile(r"([+-]?\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|%)?")
SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
UNITS: Mapping[str, Mapping[str, float]] = {
    "seconds": SECONDS,
    "share": {"": 1.0, "%": 0.01},
    "score": {"": 1.0},
    "count": {"": 1.0},
    "wpm": {"": 1.0},
}
EXAMPLES = {"seconds": "10s, 5m or 1h", "share": "0.6 or 60%", "score": "-0.3", "count": "3", "wpm": "160"}


def condition(name: str, value: str, name_at: int, value_at: int) -> Condition | Measure:
    """What ``queue:``, ``date>=`` or ``silence>`` and the value after it say.

    Raises QueryInvalid (permanent) at the position of the name or of the value, whichever is wrong.
    """
    named = NAMED.fullmatch(name)
    assert named is not None
    field, role, operator = named[1].lower(), named[2], _operator(named[3])
    if metric := ALIASES.get(field):
        return _measure(metric, role, operator, value, name_at, value_at)
    if role is not None or field not in FIELDS:
        raise QueryInvalid(_unknown(field, role), name_at)
    if operator != "=" and field != "date":
        raise QueryInvalid(f"{field} can only be equal: write {field}:value", name_at)
    return Condition(field=field, operator=operator, value=_valid(FIELDS[field], value, value_at), at=name_at)  # type: ignore[arg-type]  # checked above


def _operator(sign: str) -> Operator:
    sign = sign.replace(":", "=")
    assert sign in get_args(Operator)
    return sign  # type: ignore[return-value]  # checked above


def _unknown(field: str, role: str | None) -> str:
    if field in ("first", "last"):
        return f"write {field}:30s( … ) or {field}:10%( … )"
    known = ", ".join([*FIELDS, *sorted(ALIASES)])
    return f"there is no field {field + (f'.{role}' if role else '')}: put text in quotes; fields are {known}"


def _valid(check: Callable[[str], str], value: str, at: int) -> str:
    try:
        if not value:
            raise QueryInvalid("a value was expected")
        return check(value)
    except QueryInvalid as error:
        raise QueryInvalid(error.detail, at) from None


# Facts


def _one_of(values: type[Channel] | type[State]) -> Callable[[str], str]:
    def check(value: str) -> str:
        try:
            return values(value.lower()).value
        except ValueError:
            raise QueryInvalid(f"one of {', '.join(values)} was expected") from None

    return check


def _date(value: str) -> str:
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        raise QueryInvalid("a date as in 2026-10-01 was expected") from None


def _customer(value: str) -> str:
    try:
        return str(CustomerRef.parse(value))
    except CustomerRefInvalid as error:
        raise QueryInvalid(error.message) from None


FIELDS: dict[str, Callable[[str], str]] = {
    "channel": _one_of(Channel),
    "queue": str,
    "team": str,
    "agent": str,
    "reason": str,
    "category": str,
    "language": str,
    "segment": str,
    "customer": _customer,
    "state": _one_of(State),
    "date": _date,
}


# Measures


def _aliases() -> dict[str, str]:
    """What people may write for a metric: its name with or without its unit, and what is usual in the field."""
    usual = {
        "silence": "longest_silence_s",
        "monologue": "longest_monologue_s",
        "handle_time": "handle_time_s",
        "aht": "handle_time_s",
        "shift": "sentiment_shift",
        "speed": "talk_speed_wpm",
        "talk_speed": "talk_speed_wpm",
    }
    return {**{name: name for name in METRICS}, **{name.removesuffix("_s"): name for name in METRICS}, **usual}


ALIASES = _aliases()


def _measure(name: str, role: str | None, operator: Operator, value: str, name_at: int, value_at: int) -> Measure:
    metric = METRICS[name]
    whose = _whose(name, metric, role, name_at)
    return Measure(metric=name, role=whose, operator=operator, value=_number(metric, value, value_at))


def _whose(name: str, metric: Metric, role: str | None, at: int) -> Role | None:
    if role is None:
        if metric.over_roles is None:
            raise QueryInvalid(f"{name} is of one role: write {name}.agent or {name}.customer", at)
        return None
    if not metric.of_role:
        raise QueryInvalid(f"{name} is of the whole contact: write it without .{role}", at)
    try:
        return Role(role.lower())
    except ValueError:
        raise QueryInvalid(f"one of {', '.join(Role)} was expected after {name}.", at) from None


def _number(metric: Metric, value: str, at: int) -> float:
    number = NUMBER.fullmatch(value)
    factor = UNITS[metric.unit].get(number[2] or "") if number else None
    if number is None or factor is None:
        raise QueryInvalid(f"a number as in {EXAMPLES[metric.unit]} was expected", at)
    return round(float(number[1]) * factor, 9)
