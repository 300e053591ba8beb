"""What rises and what falls: a period against what was usual before it, or against another period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from classify.trends import Change, Changes, compare_counts, compare_means
from data.calendar import DAY, Span, midnight
from data.errors import PeriodInvalid
from data.stores import Stores
from data.trend_facts import ANALYSED, Facts
from data.trend_tally import Tally, tally
from data.trends import (
    COMPLETE_SHARE,
    Coverage,
    Dimension,
    Measure,
    Trend,
    TrendQuery,
    behind,
    category_labels,
    coverage,
    named,
    reason_names,
)
from data.types import Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERIOD_DAYS = 7
"""A whole week, so that weekdays weigh the same on both sides."""
USUAL_WINDOWS = 8
"""Earlier periods of the same weekdays, at most, that say what is usual."""
YEAR = 52 * 7 * DAY
"""A year back to the same weekday."""

Against: TypeAlias = Literal["usual", "previous", "year"]
COUNTS: tuple[Measure, ...] = ("contacts", "customers", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is drawn (``query``), and what of it is compared with what.

    ``days``: the length of the compared period where the filter has no begin. ``against`` may be a span of days;
    ``usual`` is up to eight earlier periods of the same weekdays.
    """

    query: TrendQuery
    measure: Measure = "contacts"
    against: Against | Span = "usual"
    days: int = PERIOD_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Each group's measure from ``since`` to before ``until``, and in the ``windows`` before it."""

    question: Question
    since: dt.date
    until: dt.date
    windows: tuple[Span, ...]
    """What it is compared with, the latest first. Periods that are not analysed yet are left out."""
    changes: Changes
    coverage: Coverage
    """Of the compared period. Under 95 % analysed nothing of it is judged."""
    names: Mapping[str, str]
    zone: ZoneInfo

    @property
    def by(self) -> tuple[Dimension, ...]:
        return self.question.query.by

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def last(self) -> dt.date:
        """The last day of the period."""
        return self.until - DAY

    @property
    def risers(self) -> list[Change]:
        """Those that rose beyond chance, the surest first."""
        return self.changes.risers

    @property
    def fallers(self) -> list[Change]:
        return self.changes.fallers

    def name(self, key: Sequence[str]) -> str:
        """A group as people read it."""
        return ", ".join(self.names.get(value, value) for value in key)

    def behind(self, key: Sequence[str]) -> Filter:
        """The filter that lists exactly the contacts which the period counts of this group."""
        wanted = replace(self.question.query.wanted, since=None, until=None)
        return behind(wanted, self.by, key, (self.since, self.until), self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    trend: Trend
    comparison: Comparison | None
    """None without contacts."""


def answer(stores: Stores, question: Question, *, today: dt.date | None = None) -> Answer:
    """The trend and its comparison, from one reading of the contacts. Raises MasterKeyMissing (permanent).

    ``today`` is still running: it is drawn, and compared only where nothing came before it.
    """
    asked, plan = _planned(stores, question, today)
    facts = stores.trends.facts(asked.query, plan.back_to if plan else None)
    return Answer(
        trend=stores.trends.trend_of(facts, asked.query),
        comparison=_compared(facts, asked, plan) if plan else None,
    )


def comparison(stores: Stores, question: Question | None = None, *, today: dt.date | None = None) -> Comparison | None:
    """The latest days that have contacts, up to the filter's end, against those before; None without contacts.

    The filter's begin bounds what is compared, not what it is compared with. Raises MasterKeyMissing (permanent).
    """
    asked, plan = _planned(stores, question or Question(query=TrendQuery(by=("reason",))), today)
    if plan is None:
        return None
    latest = replace(asked.query, wanted=replace(asked.query.wanted, since=plan.back_to))
    return _compared(stores.trends.facts(latest), asked, plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The days that are compared. ``usual`` are those that tell how much counts vary."""

    span: Span
    windows: tuple[Span, ...]
    usual: tuple[Span, ...]
    zone: ZoneInfo

    @property
    def back_to(self) -> dt.datetime:
        return midnight(min(begin for begin, _ in (self.span, *self.windows, *self.usual)), self.zone)


def _planned(stores: Stores, question: Question, today: dt.date | None) -> tuple[Question, Plan | None]:
    """The question with its measure among those that are counted, and the days to compare."""
    measures = dict.fromkeys((*question.query.measures, question.measure))
    asked = replace(question, query=replace(question.query, measures=tuple(measures)))
    extent = stores.trends.extent()
    if extent is None:
        return asked, None
    zone = ZoneInfo(stores.tenants.get().time_zone)
    first, last = (moment.astimezone(zone).date() for moment in extent)
    span = _period(asked, zone, first, last, today)
    if span is None:
        return asked, None
    usual = _usual(span, first)
    return asked, Plan(span=span, windows=_windows(asked.against, span, usual), usual=usual, zone=zone)


def _period(question: Question, zone: ZoneInfo, first: dt.date, last: dt.date, today: dt.date | None) -> Span | None:
    wanted, until = question.query.wanted, last + DAY
    if today is not None and first < today:
        until = min(until, today)
    if wanted.until is not None:
        until = min(until, wanted.until.astimezone(zone).date())
    since = wanted.since.astimezone(zone).date() if wanted.since else until - question.days * DAY
    return (since, until) if since < until else None


def _usual(span: Span, first: dt.date) -> tuple[Span, ...]:
    """Earlier periods of the same weekdays since the first contact, the latest first; at least the one before."""
    step = -(-(span[1] - span[0]).days // 7) * 7 * DAY
    back = [(span[0] - number * step, span[1] - number * step) for number in range(1, USUAL_WINDOWS + 1)]
    return tuple(window for window in back if window[0] >= first) or (_before(span),)


def _before(span: Span) -> Span:
    return span[0] - (span[1] - span[0]), span[0]


def _windows(against: Against | Span, span: Span, usual: tuple[Span, ...]) -> tuple[Span, ...]:
    """Raises PeriodInvalid (permanent)."""
    if against == "usual":
        return usual
    if against == "previous":
        return (_before(span),)
    if against == "year":
        return ((span[0] - YEAR, span[1] - YEAR),)
    if not against[0] < against[1] <= span[0]:
        raise PeriodInvalid(f"{against[0]} to {against[1]} against {span[0]} to {span[1]}")
    return (against,)


def _compared(facts: Facts, question: Question, plan: Plan) -> Comparison:
    """What is usual is told by what was analysed; what someone asks for is taken as it is."""
    windows = plan.windows
    if question.against == "usual":
        windows = _analysed(facts, windows) or windows
    counted = tally(facts, question.query.by, [*reversed(windows), plan.span], measures=(question.measure,))
    return Comparison(
        question=question,
        since=plan.span[0],
        until=plan.span[1],
        windows=windows,
        changes=_changes(facts, question, plan, counted),
        coverage=coverage(counted.states[-1].sum(axis=0)),
        names=_names(facts, counted, question.query.by),
        zone=plan.zone,
    )


def _names(facts: Facts, counted: Tally, by: Sequence[Dimension]) -> Mapping[str, str]:
    return named(reason_names(facts, counted.labels, by), category_labels(facts, counted.labels, by))


def _analysed(facts: Facts, windows: Sequence[Span]) -> tuple[Span, ...]:
    counted = tally(facts, (), list(reversed(windows)))
    states = list(reversed(counted.states.sum(axis=1)))
    return tuple(window for window, states_ in zip(windows, states, strict=True) if coverage(states_).complete)


def _changes(facts: Facts, question: Question, plan: Plan, counted: Tally) -> Changes:
    states = counted.states[-1][counted.covered]
    complete = states[:, ANALYSED] >= COMPLETE_SHARE * states.sum(axis=1)
    if question.measure not in COUNTS:
        sums = counted.sums[question.measure]
        now, before = (tuple(part[-1] for part in sums), tuple(part[:-1].sum(axis=0) for part in sums))
        return compare_means(counted.labels, now, before, complete=complete)
    counts, out_of = _counts(question.measure, counted)
    history = None
    if question.against != "usual":
        history = _history(facts, question, plan, counted)
    changes = compare_counts(
        counted.labels,
        counts[-1],
        counts[:-1],
        exposure=out_of[-1],
        exposures=out_of[:-1],
        history=history,
        complete=complete,
    )
    if question.measure != "share":
        return changes
    return replace(changes, current=changes.current / out_of[-1], expected=changes.expected / out_of[-1])


def _counts(measure: Measure, counted: Tally) -> tuple[NDArray[Any], NDArray[Any]]:
    """Counts by span, and what they are out of: days; of a share, all contacts, or by category the evaluated ones."""
    if measure == "share":
        return counted.contacts, np.maximum(counted.totals if counted.evaluated is None else counted.evaluated, 0.5)
    counts = counted.sums["customers"][1].astype(np.int64) if measure == "customers" else counted.contacts
    return counts, np.array([(end - begin).days for begin, end in counted.spans], dtype=np.float64)


def _history(facts: Facts, question: Question, plan: Plan, counted: Tally) -> tuple[NDArray[Any], NDArray[Any]]:
    """The usual periods' counts of the same groups."""
    before = tally(facts, question.query.by, list(reversed(plan.usual)), measures=(question.measure,))
    counts, out_of = _counts(question.measure, before)
    place = {label: at for at, label in enumerate(before.labels)}
    order = [place.get(label, -1) for label in counted.labels]
    ordered = _padded(counts, 0)[:, order]
    return ordered, _padded(out_of, 0.5)[:, order] if out_of.ndim == 2 else out_of


def _padded(columns: NDArray[Any], value: float) -> NDArray[Any]:
    """With a last column for the groups that did not occur."""
    return np.pad(columns, ((0, 0), (0, 1)), constant_values=value)


def today_in(zone: ZoneInfo) -> dt.date:
    return dt.datetime.now(zone).date()
