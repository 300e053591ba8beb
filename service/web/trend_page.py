"""The first page: what rises, falls or is new, how it went over time, and the contacts behind each point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, Field

from classify.trends import Change
from data.filters import UNASSIGNED
from data.stores import Stores
from data.trends import Dimension, Measure, Trend, TrendQuery
from data.types import Filter
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import FilterParameters
from service.api.trends import TrendParameters
from service.category_view import narrowing
from service.estimates import Estimate, estimates
from service.trends import Answer, Comparison, answer, today_in
from service.web.alert_pages import shown
from service.web.choices import choices
from service.web.rendering import list_of, page, url

router = APIRouter()
LINES = 8
"""More lines than this cannot be told apart; the table below the chart has the largest of all."""
ROWS = 100
RISERS = 2
PERCENT = ("share", "csat", "repeat_contact_rate", "junk_share")


def _one(value: object) -> object:
    return value[-1] if isinstance(value, list) else value


class TrendQuestion(TrendParameters):
    by: Annotated[Dimension, BeforeValidator(_one)] = "reason"  # type: ignore[assignment]  # a page shows one, or two
    also: Annotated[Dimension | None, BeforeValidator(lambda value: _one(value) or None)] = Field(None)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return tuple(dict.fromkeys(name for name in (self.by, self.also) if name))

    def query(self, wanted: Filter) -> TrendQuery:
        return TrendQuery(
            grain=self.grain,
            by=self.dimensions,
            wanted=wanted,
            measures=("sentiment",),
            level=self.level,
            limit=ROWS,
        )


@router.get("/")
def trend_page(
    request: Request, principal: Reader, runtime: TheRuntime, asked: Annotated[TrendQuestion, Query()]
) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        zone = zone_of(stores)
        wanted = asked.filter(zone)
        found = answer(stores, asked.question(asked.query(wanted)), today=today_in(zone))
        offered = choices(stores)
        quotes = {str(reason.id): reason.quotes for reason in stores.reasons.list(wanted, quotes=1)}
        figures = _figures(stores, wanted)
        alerts = shown(stores, zone)
        narrowed = narrowing(stores, wanted)
    return page(
        "trends.html",
        principal,
        section="/",
        asked=asked,
        choices=offered,
        figures=figures,
        alerts=alerts,
        categories=narrowed,
        progress=url("/coverage", **_given(asked)),
        compared=found.comparison,
        changed=_changed(found.comparison, asked),
        rows=_rows(found, asked, quotes),
        left_out=found.trend.left_out,
        chart=_chart(found, asked),
        dimensions=[(name, name.replace("_", " ")) for name in get_args(Dimension)],
        measures=[(name, MEASURES[name]) for name in get_args(Measure)],
        measure=MEASURES[asked.measure],
    )


MEASURES: Mapping[Measure, str] = {
    "contacts": "contacts",
    "customers": "different customers",
    "share": "share of contacts",
    "handle_time_s": "handle time, s",
    "sentiment": "sentiment",
    "repeat_contact_rate": "repeat contacts",
    "csat": "satisfied (CSAT)",
    "nps": "promoters − detractors (NPS)",
    "ces": "effort (CES)",
    "junk_share": "answers that say nothing",
}


@router.get("/coverage")
def coverage(principal: Reader, runtime: TheRuntime, asked: Annotated[FilterParameters, Query()]) -> Response:
    """The part of the page that says how much is analysed; once all is, the page comes anew with the whole."""
    with runtime.database.tenant(principal.tenant) as stores:
        figures = _figures(stores, asked.filter(zone_of(stores)))
    headers = {} if figures["pending"] else {"HX-Refresh": "true"}
    return page(
        "coverage.html", principal, headers=headers, figures=figures, progress=url("/coverage", **_given(asked))
    )


def _figures(stores: Stores, wanted: Filter) -> dict[str, float | None]:
    whole = stores.trends.series(TrendQuery(grain="month", wanted=wanted, measures=("sentiment",)))
    felt = [point.sums["sentiment"] for point in whole.points]
    weight = sum(one.n for one in felt)
    return {
        "contacts": sum(point.contacts for point in whole.points),
        "analysed": whole.coverage.analysed,
        "pending": whole.coverage.pending,
        "quarantined": whole.coverage.quarantined,
        "sentiment": sum(one.total for one in felt) / weight if weight else None,
    }


def _rows(found: Answer, asked: TrendQuestion, quotes: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    trend, compared = found.trend, found.comparison
    changes: dict[tuple[str, ...], Change] = {}
    if compared is not None:
        changes = {one.key: one for one in compared.changes}
    most = max(trend.groups.values(), default=1)
    return [
        {
            "name": _name(trend, values),
            "contacts": contacts,
            "width": round(100 * contacts / most, 1),
            "change": changes.get(values),
            "quote": next(iter(quotes.get(values[0], ())), None),
            "href": url("/interactions", **_given(asked) | _chosen(trend, values)),
        }
        for values, contacts in trend.groups.items()
    ]


def _changed(compared: Comparison | None, asked: TrendQuestion) -> list[dict[str, Any]]:
    """The surest risers, each with the contacts behind it."""
    if compared is None:
        return []
    return [
        {
            "name": compared.name(change.key),
            "change": change,
            "href": list_of(compared.behind(change.key)),
        }
        for change in compared.risers[:RISERS]
    ]


def _chosen(trend: Trend, values: Sequence[str]) -> dict[str, object]:
    return dict[str, object](zip(trend.query.by, values, strict=True))


def _name(trend: Trend, values: Sequence[str]) -> str:
    return " · ".join(trend.names.get(value, value) for value in values)


def _chart(found: Answer, asked: TrendQuestion) -> dict[str, Any]:
    trend = found.trend
    rising = {change.key for change in found.comparison.risers} if found.comparison else set()
    at = {(point.values, point.bucket): number for number, point in enumerate(trend.points)}
    measured = estimates(asked.measure, trend.points)
    shown = [values for values in trend.groups if UNASSIGNED not in values][:LINES]
    return {
        "buckets": [_bucket(bucket, asked.grain) for bucket in trend.buckets],
        "percent": asked.measure in PERCENT,
        "counts": asked.measure in ("contacts", "customers"),
        "unit": MEASURES[asked.measure],
        "series": [
            {
                "name": _name(trend, values),
                "rising": values in rising,
                "points": [_point(trend, measured, at.get((values, bucket)), asked) for bucket in trend.buckets],
            }
            for values in shown
        ],
    }


def _bucket(begin: dt.date, grain: str) -> str:
    return f"{begin:%b %Y}" if grain == "month" else f"{begin.day} {begin:%b}"


def _point(trend: Trend, measured: Sequence[Estimate], number: int | None, asked: TrendQuestion) -> dict[str, Any]:
    if number is None:
        nothing = 0 if asked.measure in ("contacts", "customers", "share") else None
        return {"value": nothing, "contacts": 0, "complete": True, "href": None}
    point, estimate = trend.points[number], measured[number]
    return {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "contacts": point.contacts,
        "complete": point.coverage.complete,
        "analysed": point.coverage.analysed,
        "accepted": point.coverage.accepted,
        "href": list_of(trend.behind(point)),
    }


def _given(asked: FilterParameters) -> dict[str, object]:
    """The filter alone, as a list or the coverage takes it."""
    return asked.model_dump(include=set(FilterParameters.model_fields), exclude_none=True)
