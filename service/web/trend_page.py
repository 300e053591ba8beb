"""The first page: which reasons rise, fall or are new, and the contacts behind each point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from data.filters import UNASSIGNED
from data.trends import Dimension, Grain, Trend, TrendPoint, TrendQuery
from data.types import Filter
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import FilterParameters
from service.trends import Comparison, comparison, totals
from service.web.choices import choices
from service.web.rendering import page, url

router = APIRouter()
LINES = 8
"""More lines than this cannot be told apart; the table below the chart has them all."""
COMPLETE_SHARE = 0.95


class TrendQuestion(FilterParameters):
    grain: Grain = "day"
    by: Dimension = "reason"


@router.get("/")
def trend_page(
    request: Request, principal: Reader, runtime: TheRuntime, asked: Annotated[TrendQuestion, Query()]
) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        wanted = asked.filter(zone_of(stores))
        trend = stores.trends.series(TrendQuery(grain=asked.grain, by=(asked.by,), wanted=wanted))
        whole = stores.trends.series(TrendQuery(grain=asked.grain, wanted=wanted))
        compared = comparison(stores, asked.by, wanted)
        offered = choices(stores)
        quotes = {str(reason.id): reason.quotes for reason in stores.reasons.list(wanted, quotes=1)}
    return page(
        "trends.html",
        principal,
        section="/",
        asked=asked,
        choices=offered,
        figures=_figures(whole),
        progress=url("/coverage", **asked.model_dump(exclude={"by"}, exclude_none=True)),
        compared=compared,
        rows=_rows(trend, compared, asked, quotes),
        chart=_chart(trend, compared, asked),
        dimensions=[(name, name.replace("_", " ")) for name in get_args(Dimension)],
    )


@router.get("/coverage")
def coverage(principal: Reader, runtime: TheRuntime, asked: Annotated[TrendQuestion, Query()]) -> Response:
    """The part of the page that says how much is analysed; once all is, the page comes anew with the whole."""
    with runtime.database.tenant(principal.tenant) as stores:
        wanted = asked.filter(zone_of(stores))
        figures = _figures(stores.trends.series(TrendQuery(grain=asked.grain, wanted=wanted)))
    headers = {} if figures["pending"] else {"HX-Refresh": "true"}
    progress = url("/coverage", **asked.model_dump(exclude={"by"}, exclude_none=True))
    return page("coverage.html", principal, headers=headers, figures=figures, progress=progress)


def _figures(whole: Trend) -> dict[str, float | None]:
    points = whole.points
    felt = [(point.sentiment, point.contacts) for point in points if point.sentiment is not None]
    contacts = sum(point.contacts for point in points)
    weight = sum(count for _, count in felt)
    return {
        "contacts": contacts,
        "analysed": sum(point.coverage.analysed for point in points),
        "pending": sum(point.coverage.pending for point in points),
        "quarantined": sum(point.coverage.quarantined for point in points),
        "sentiment": sum(value * count for value, count in felt) / weight if weight else None,
    }


def _rows(
    trend: Trend, compared: Comparison | None, asked: TrendQuestion, quotes: Mapping[str, Sequence[Any]]
) -> list[dict[str, Any]]:
    changes = {change.key: change for change in compared.changes} if compared else {}
    counted = totals(trend)
    most = max(counted.values(), default=1)
    return [
        {
            "value": value,
            "name": trend.reason_names.get(value, value),
            "contacts": contacts,
            "width": round(100 * contacts / most, 1),
            "change": changes.get(value),
            "quote": next(iter(quotes.get(value, ())), None),
            "href": url("/interactions", **_given(asked), **{asked.by: value}),
        }
        for (value,), contacts in counted.items()
    ]


def _chart(trend: Trend, compared: Comparison | None, asked: TrendQuestion) -> dict[str, Any]:
    rising = {change.key for change in compared.risers} if compared else set()
    at = {(point.values[0], point.bucket): point for point in trend.points}
    shown = [value for (value,) in totals(trend) if value != UNASSIGNED][:LINES]
    return {
        "buckets": [f"{bucket.day} {bucket:%b}" for bucket in trend.buckets],
        "series": [
            {
                "name": trend.reason_names.get(value, value),
                "rising": value in rising,
                "points": [_point(trend, at.get((value, bucket))) for bucket in trend.buckets],
            }
            for value in shown
        ],
    }


def _point(trend: Trend, point: TrendPoint | None) -> dict[str, Any]:
    if point is None:
        return {"contacts": 0, "complete": True, "href": None}
    coverage = point.coverage
    return {
        "contacts": point.contacts,
        "complete": coverage.analysed >= COMPLETE_SHARE * coverage.accepted,
        "href": f"/interactions?{urlencode(_parameters(trend.behind(point)))}",
    }


def _parameters(wanted: Filter) -> dict[str, str]:
    """A filter as the address of its list."""
    names = ("reason", "channel", "queue", "team", "agent", "language", "customer_segment", "customer", "state")
    given = {name: getattr(wanted, name) for name in names}
    found = {name: str(value) for name, value in given.items() if value is not None}
    for name in ("since", "until"):
        moment: dt.datetime | None = getattr(wanted, name)
        if moment is not None:
            found[name] = moment.isoformat()
    return found


def _given(asked: TrendQuestion) -> dict[str, object]:
    return asked.model_dump(exclude={"grain", "by", asked.by}, exclude_none=True)
