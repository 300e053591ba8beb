"""``/v1/trends``: how often, of whom and how, by day, week or month; and what rises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator

from data.calendar import Grain
from data.trend_facts import Level
from data.trends import Dimension, Measure, Trend, TrendPoint, TrendQuery
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import FilterParameters
from service.api.schemas import Answer, CategoryLabelOut
from service.category_view import narrowing
from service.estimates import Estimate, estimates
from service.trends import PERIOD_DAYS, Against, Comparison, Question, answer, today_in

router = APIRouter(tags=["trends"])
GROUPS = 50
CHANGES = 100


class TrendParameters(FilterParameters):
    """What the page, the API and its clients ask of trends alike."""

    grain: Grain = "day"
    by: list[Dimension] = Field(["reason"], max_length=3, description="Up to three dimensions.")
    measure: Measure = Field("contacts", description="What is compared; it is among `measures` of each point.")
    level: Level = Field("reason", description="Of the reasons: their groups, themselves, their details.")
    against: Against = Field("usual", description="Up to eight earlier periods of the same weekdays, or one period.")
    against_since: dt.date | None = Field(None, description="With `against_until` the first day to compare with.")
    against_until: dt.date | None = Field(None, description="The last day to compare with.")
    days: int = Field(PERIOD_DAYS, ge=1, le=366, description="The length of the compared period without `since`.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.against_since is None) != (self.against_until is None):
            raise ValueError("against_since and against_until belong together")
        return self

    def question(self, query: TrendQuery) -> Question:
        against: Against | tuple[dt.date, dt.date] = self.against
        if self.against_since and self.against_until:
            against = (self.against_since, self.against_until + dt.timedelta(days=1))
        return Question(query=query, measure=self.measure, against=against, days=self.days)


class ApiTrendParameters(TrendParameters):
    measures: list[Measure] = Field([], description="Further measures of each point.")
    groups: int = Field(GROUPS, ge=1, le=10_000, description="How many groups have points, the largest first.")


class CoverageOut(Answer):
    accepted: int
    analysed: int
    pending: int
    quarantined: int
    complete: bool = Field(description="At least 95 % is analysed; otherwise a count says little yet.")


class EstimateOut(Answer):
    value: float | None
    low: float | None = Field(description="With `high` the 95 % interval; null where there is too little to tell.")
    high: float | None
    n: int = Field(description="Contacts that have a value; of a share, contacts that it is out of.")


class PointOut(BaseModel):
    bucket: dt.date = Field(description="The first day of the day, week or month.")
    values: dict[str, str] = Field(description="By dimension; a reason is its id or `unassigned`, a category its id.")
    contacts: int
    share: float
    measures: dict[Measure, EstimateOut]
    coverage: CoverageOut
    since: dt.datetime = Field(description="With `until` and `values` the filter that lists exactly these contacts.")
    until: dt.datetime


class GroupOut(BaseModel):
    values: dict[str, str]
    contacts: int


class ChangeOut(BaseModel):
    values: dict[str, str]
    name: str
    current: float | None = Field(description="Null where no contact has a value.")
    expected: float | None
    effect: float = Field(description="Of counts and shares a factor, smoothed by half a contact; else a difference.")
    low: float
    high: float | None = Field(description="With `low` a 95 % interval; null is without end.")
    p_value: float
    q_value: float = Field(description="Benjamini–Hochberg over all groups with enough contacts.")
    supported: bool = Field(description="Enough contacts to be judged, and at least 95 % of them analysed.")
    direction: Literal["rises", "falls", "steady"]


class PeriodOut(BaseModel):
    since: dt.date
    until: dt.date = Field(description="Exclusive.")


class ComparisonOut(BaseModel):
    measure: Measure
    by: list[Dimension]
    since: dt.date
    until: dt.date = Field(description="Exclusive.")
    windows: list[PeriodOut] = Field(description="The periods it is compared with.")
    coverage: CoverageOut
    compared: int = Field(description="How many groups are compared; the q-values are over those with support.")
    supported: int
    changes: list[ChangeOut] = Field(description=f"The surest {CHANGES}: rises first, falls last.")


class TrendAnswer(BaseModel):
    grain: Grain
    by: list[Dimension]
    level: Level
    time_zone: str
    first_weekday: int = Field(description="1 is Monday.")
    repeat_days: float = Field(description="Within which a contact counts as repeated.")
    buckets: list[dt.date]
    groups: list[GroupOut] = Field(description="Those with points, the largest first.")
    groups_left_out: int = Field(description="Smaller groups than those, which have no points here.")
    contacts_left_out: int
    points: list[PointOut]
    coverage: CoverageOut
    reason_names: dict[str, str]
    categories: list[CategoryLabelOut] = Field(description="Those of the dimension `category`, and of the filter.")
    comparison: ComparisonOut | None


@router.get("/trends", summary="What rises and what falls")
def trends(principal: Reader, runtime: TheRuntime, asked: Annotated[ApiTrendParameters, Query()]) -> TrendAnswer:
    """Counts and measures by day, week or month and any dimensions, within the filter, each with its interval.

    `comparison` sets the latest days against what was usual on the same weekdays before, or against one period.
    Every point says how much of its data is analysed. By `category` a contact counts for each that matches it, and
    a share is of the contacts that the category was evaluated for.
    """
    with runtime.database.tenant(principal.tenant) as stores:
        zone = zone_of(stores)
        query = TrendQuery(
            grain=asked.grain,
            by=tuple(dict.fromkeys(asked.by)),
            wanted=asked.filter(zone),
            measures=tuple(asked.measures),
            level=asked.level,
            limit=asked.groups,
        )
        found = answer(stores, asked.question(query), today=today_in(zone))
        narrowed = narrowing(stores, query.wanted)
    trend = found.trend
    named = dict.fromkeys((*narrowed, *trend.categories.values()))
    values = {name: estimates(name, trend.points) for name in trend.query.measures}
    return TrendAnswer(
        grain=asked.grain,
        by=list(query.by),
        level=asked.level,
        time_zone=trend.time_zone,
        first_weekday=trend.first_weekday,
        repeat_days=trend.query.repeat_days,
        buckets=list(trend.buckets),
        groups=[GroupOut(values=_named(trend, group), contacts=count) for group, count in trend.groups.items()],
        groups_left_out=trend.left_out[0],
        contacts_left_out=trend.left_out[1],
        points=[
            _point(trend, point, {name: values[name][at] for name in values}) for at, point in enumerate(trend.points)
        ],
        coverage=CoverageOut.model_validate(trend.coverage),
        reason_names=dict(trend.reason_names),
        categories=[CategoryLabelOut.model_validate(one) for one in named],
        comparison=_comparison(found.comparison) if found.comparison else None,
    )


def _named(trend: Trend, values: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(trend.query.by, values, strict=True))


def _point(trend: Trend, point: TrendPoint, values: Mapping[Measure, Estimate]) -> PointOut:
    behind = trend.behind(point)
    assert behind.since is not None
    assert behind.until is not None
    return PointOut(
        bucket=point.bucket,
        values=_named(trend, point.values),
        contacts=point.contacts,
        share=point.share,
        measures={name: EstimateOut.model_validate(value) for name, value in values.items()},
        coverage=CoverageOut.model_validate(point.coverage),
        since=behind.since,
        until=behind.until,
    )


def _comparison(found: Comparison) -> ComparisonOut:
    return ComparisonOut(
        measure=found.question.measure,
        by=list(found.by),
        since=found.since,
        until=found.until,
        windows=[PeriodOut(since=since, until=until) for since, until in found.windows],
        coverage=CoverageOut.model_validate(found.coverage),
        compared=len(found.changes),
        supported=int(found.changes.supported.sum()),
        changes=[
            ChangeOut(
                values=dict(zip(found.by, change.key, strict=True)),
                name=found.name(change.key),
                current=_known(change.current),
                expected=_known(change.expected),
                effect=change.effect,
                low=change.low,
                high=_known(change.high),
                p_value=change.p_value,
                q_value=change.q_value,
                supported=change.supported,
                direction=change.direction,
            )
            for change in found.changes.first(CHANGES)
        ],
    )


def _known(value: float) -> float | None:
    """JSON has no word for what is not a number, nor for what has no end."""
    return value if isfinite(value) else None
