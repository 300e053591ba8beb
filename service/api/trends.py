"""``/v1/trends``: how often, of whom and how, by day or week; and what rises."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from data.trends import Dimension, Grain, Trend, TrendPoint, TrendQuery
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import FilterParameters
from service.api.schemas import Answer
from service.trends import PERIOD_DAYS, Comparison, comparison

router = APIRouter(tags=["trends"])


class TrendParameters(FilterParameters):
    grain: Grain = "day"
    by: list[Dimension] = Field(["reason"], max_length=2, description="One dimension, or two.")
    days: int = Field(PERIOD_DAYS, ge=1, le=366, description="The length of the compared periods without `since`.")


class CoverageOut(Answer):
    accepted: int
    analysed: int
    pending: int
    quarantined: int


class PointOut(BaseModel):
    bucket: dt.date = Field(description="The first day of the day or week.")
    values: dict[str, str] = Field(description="By dimension; a reason is its id or `unassigned`.")
    contacts: int
    customers: int
    customer_unknown: int
    share: float
    handle_time_s: float | None
    sentiment: float | None
    coverage: CoverageOut = Field(description="Under 95 % analysed a count says little yet.")
    since: dt.datetime = Field(description="With `until` and `values` the filter that lists exactly these contacts.")
    until: dt.datetime


class ChangeOut(BaseModel):
    value: str
    name: str
    contacts: int
    contacts_before: int
    ratio: float = Field(description="Of the rates, smoothed by half a contact.")
    ratio_low: float
    ratio_high: float = Field(description="With `ratio_low` a 95 % interval.")
    q_value: float = Field(description="Benjamini–Hochberg over all values.")
    direction: Literal["rises", "falls", "steady"]


class ComparisonOut(BaseModel):
    dimension: Dimension
    since: dt.date
    until: dt.date = Field(description="Exclusive.")
    changes: list[ChangeOut] = Field(description="The surest rise first.")


class TrendAnswer(BaseModel):
    grain: Grain
    by: list[Dimension]
    time_zone: str
    first_weekday: int = Field(description="1 is Monday.")
    buckets: list[dt.date]
    points: list[PointOut]
    reason_names: dict[str, str]
    comparison: ComparisonOut | None


@router.get("/trends", summary="What rises and what falls")
def trends(principal: Reader, runtime: TheRuntime, asked: Annotated[TrendParameters, Query()]) -> TrendAnswer:
    """Counts by day or week and any dimension, within the filter. Every point says how much of its data is analysed.

    `comparison` sets the latest days of the first dimension against as many before.
    """
    with runtime.database.tenant(principal.tenant) as stores:
        wanted = asked.filter(zone_of(stores))
        trend = stores.trends.series(TrendQuery(grain=asked.grain, by=tuple(asked.by), wanted=wanted))
        compared = comparison(stores, asked.by[0] if asked.by else "reason", wanted, days=asked.days)
    return TrendAnswer(
        grain=asked.grain,
        by=asked.by,
        time_zone=trend.time_zone,
        first_weekday=trend.first_weekday,
        buckets=list(trend.buckets),
        points=[_point(trend, point) for point in trend.points],
        reason_names=dict(trend.reason_names),
        comparison=_comparison(compared) if compared else None,
    )


def _point(trend: Trend, point: TrendPoint) -> PointOut:
    behind = trend.behind(point)
    assert behind.since is not None
    assert behind.until is not None
    return PointOut(
        bucket=point.bucket,
        values=dict(zip(trend.query.by, point.values, strict=True)),
        contacts=point.contacts,
        customers=point.customers,
        customer_unknown=point.customer_unknown,
        share=point.share,
        handle_time_s=point.handle_time_s,
        sentiment=point.sentiment,
        coverage=CoverageOut.model_validate(point.coverage),
        since=behind.since,
        until=behind.until,
    )


def _comparison(found: Comparison) -> ComparisonOut:
    changes = [
        ChangeOut(
            value=change.key,
            name=found.name(change.key),
            contacts=change.current,
            contacts_before=change.previous,
            ratio=change.ratio,
            ratio_low=change.ratio_low,
            ratio_high=change.ratio_high,
            q_value=change.q_value,
            direction="rises" if change.rises else "falls" if change.falls else "steady",
        )
        for change in found.changes
    ]
    return ComparisonOut(dimension=found.dimension, since=found.since, until=found.until, changes=changes)
