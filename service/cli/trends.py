"""``reasonance trends``: how often and how, by day, week or month; and what rises and falls."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.cli.filters import AS_JSON, TENANT, filtered, read_filter
from service.cli.show import line, table

if TYPE_CHECKING:
    from classify.trends import Change
    from data.trends import Measure, Sums, Trend
    from service.trends import Comparison

DIMENSIONS = ("reason", "category", "channel", "queue", "team", "agent", "language", "customer_segment")
MEASURES = (
    "contacts",
    "customers",
    "share",
    "handle_time_s",
    "sentiment",
    "repeat_contact_rate",
    "csat",
    "nps",
    "ces",
    "junk_share",
)
PERCENT = ("share", "csat", "repeat_contact_rate", "junk_share")
LEVELS = ("group", "reason", "detail")
SHOWN = 20


class Period(click.ParamType[Any]):
    """A named period, or its first and last day."""

    name = "usual|previous|year|FIRST..LAST"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in ("usual", "previous", "year") or not isinstance(value, str):
            return value
        first, _, last = value.partition("..")
        try:
            return dt.date.fromisoformat(first), dt.date.fromisoformat(last) + dt.timedelta(days=1)
        except ValueError:
            self.fail(f"{value!r} is none of {self.name}, with days as 2026-10-01", param, ctx)


@click.command()
@click.option("--by", type=click.Choice(DIMENSIONS), multiple=True, default=("reason",), show_default=True)
@click.option("--measure", type=click.Choice(MEASURES), default="contacts", show_default=True)
@click.option("--grain", type=click.Choice(["day", "week", "month"]), default="week", show_default=True)
@click.option("--level", type=click.Choice(LEVELS), default="reason", show_default=True, help="Of the reasons.")
@click.option(
    "--against", type=Period(), default="usual", show_default=True, help="What the latest days are set against."
)
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How many, without --since.")
@click.option("--limit", type=click.IntRange(1), default=SHOWN, show_default=True, help="Groups shown, the largest.")
@filtered
@TENANT
@AS_JSON
def trends(measure: Any, grain: Any, level: Any, against: Any, days: int, limit: int, **given: Any) -> None:
    """Show counts or measures over time, and what rises and falls in the latest week against what is usual.

    --by may be given several times; a contact counts for each category that matches it. A riser or faller is called
    so at a false discovery rate of 5 %.
    """
    from zoneinfo import ZoneInfo

    from data.trends import TrendQuery
    from service.runtime import open_runtime
    from service.trends import Question, answer, today_in

    by, tenant, as_json = tuple(dict.fromkeys(given.pop("by"))), given.pop("tenant"), given.pop("as_json")
    with open_runtime(settings.load()) as runtime, runtime.database.tenant(tenant) as stores:
        zone = ZoneInfo(stores.tenants.ensure().time_zone)
        query = TrendQuery(grain=grain, by=by, wanted=read_filter(stores, given), level=level, limit=limit)
        question = Question(query=query, measure=measure, against=against, days=days)
        found = answer(stores, question, today=today_in(zone))
    if as_json:
        told = {"trend": _plain_trend(found.trend), "comparison": _plain(found.comparison)}
        click.echo(json.dumps(told, default=str))
        return
    _print_trend(found.trend, measure)
    if found.comparison:
        _print_changes(found.comparison)


def _plain_trend(trend: Trend) -> dict[str, Any]:
    """JSON's names are text, and a group is called by several values."""
    groups = [{"values": values, "contacts": contacts} for values, contacts in trend.groups.items()]
    return {**asdict(trend), "groups": groups}


def _plain(compared: Comparison | None) -> Any:
    if compared is None:
        return None
    named = {"since": compared.since, "until": compared.until, "windows": compared.windows}
    changes = [{**asdict(change), "name": compared.name(change.key)} for change in compared.changes]
    return {**named, "coverage": asdict(compared.coverage), "changes": changes}


def _print_trend(trend: Trend, measure: Measure) -> None:
    at = {(point.values, point.bucket): point for point in trend.points}
    names = trend.names
    rows = []
    for values, total in trend.groups.items():
        points = [at.get((values, bucket)) for bucket in trend.buckets]
        shown = [_value(measure, point.sums[measure]) if point else "" for point in points]
        rows.append((", ".join(names.get(value, value) for value in values), *shown, total))
    title = f"{measure.replace('_', ' ').capitalize()} by {trend.query.grain}"
    table((", ".join(trend.query.by), *(bucket.isoformat() for bucket in trend.buckets), "contacts"), rows, title=title)
    if trend.left_out[0]:
        line(f"and {trend.left_out[0]} smaller groups with {trend.left_out[1]} contacts")
    if not trend.coverage.complete:
        covered = trend.coverage
        line(f"Only {covered.analysed} of {covered.accepted} contacts are analysed: counts say little yet.")


def _value(measure: Measure, sums: Sums) -> str:
    if measure in ("contacts", "customers"):
        return f"{sums.total:.0f}"
    if (mean := sums.mean) is None:
        return "–"
    return f"{mean:.0%}" if measure in PERCENT else f"{mean:.3g}"


def _print_changes(compared: Comparison) -> None:
    changed = [*compared.risers, *compared.fallers]
    windows = len(compared.windows)
    against = f"{windows} earlier periods of {compared.days} days" if windows > 1 else _span(*compared.windows[0])
    period = f"{compared.since} to {compared.last} against {against}"
    line()
    if not changed:
        line(f"Nothing rises or falls beyond chance: {period}.")
        return
    ratio = compared.changes.neutral == 1
    rows = [
        (
            change.direction,
            compared.name(change.key),
            f"{change.expected:.3g}",
            f"{change.current:.3g}",
            _effect(change, ratio=ratio),
            f"{change.q_value:.2g}",
        )
        for change in changed
    ]
    headings = ("", ", ".join(compared.by), "expected", "now", "ratio (95 %)" if ratio else "difference (95 %)", "q")
    table(headings, rows, title=period)


def _effect(change: Change, *, ratio: bool) -> str:
    if ratio:
        return f"× {change.effect:.1f} ({change.low:.1f}–{change.high:.1f})"
    return f"{change.effect:+.3g} ({change.low:+.3g} to {change.high:+.3g})"


def _span(since: dt.date, until: dt.date) -> str:
    return f"{since} to {until - dt.timedelta(days=1)}"
