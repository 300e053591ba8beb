"""``evaluate trends``: how long a trend of two dimensions takes over many contacts; see docs/evaluate.md."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from data import embedded
from data.category_matches import Rule
from data.database import Database
from data.keys import MasterKey
from data.simulated import DAYS, simulate
from data.trend_groups import CATEGORY
from data.trends import Dimension, Measure, TrendQuery
from data.types import Channel, Filter, State
from service.categories import read_rule
from service.evaluate.harness import PeakMemory, say
from service.trends import Against, Answer, Question, answer

TENANTS = ("first", "second")
FIRST = dt.date(2025, 1, 6)
WEEKS = (13, 26, 52)
ROUND = 25_000
CONTACTS_EACH = 5
"""Of a customer in the year."""
GROUPS = 50
"""Groups with points in an answer, as the API gives them; all groups are counted and compared."""
MEASURES: tuple[Measure, ...] = ("contacts", "share", "handle_time_s", "sentiment", "csat", "customers")
AGAINST: tuple[Against, ...] = ("usual", "previous", "year")
CATEGORIES = (*(f'queue:"queue {number}" sentiment<0' for number in range(8)), "duration>8m", "csat<3")
"""Held against all contacts: one in twenty-four each, one in six, and one that four in five say nothing of."""
CHECKED = 60
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    tenant: str
    question: Question
    weeks: int


def ours(interactions: int) -> dict[str, Any]:
    """Figures over a throwaway database of its own, through the stores, as role ``app`` under row-level security."""
    with tempfile.TemporaryDirectory(prefix="reasonance-") as folder:
        place = Path(folder)
        database = Database(embedded.server(place).url, master_key=MasterKey(bytes(32)))
        try:
            with PeakMemory() as memory:
                figures = _figures(database, interactions)
        finally:
            database.dispose()
            embedded.destroy(place)
    return {**figures, "rss_mb": memory.mb}


def _figures(database: Database, interactions: int) -> dict[str, Any]:
    setup_s = _timed(lambda: _fill(database, interactions))[1]
    refresh_s = _timed(lambda: _refreshed(database))[1]
    asked = list(_mix())
    say(f"asking {len(asked)} trends …")
    for one in asked[:3]:
        _ask(database, one)
    times = [(one, _timed(lambda one=one: _ask(database, one))[1]) for one in asked]
    say("asking again, each after a contact has changed …")
    written = [_after_write(database, one) for one in asked[:: len(TENANTS) * 2]]
    checked = _drill_down(database, asked)
    return {
        **_percentiles([seconds for _, seconds in times]),
        "rows": interactions,
        "queries": len(times),
        "by_weeks": {str(weeks): _percentiles([s for one, s in times if one.weeks == weeks]) for weeks in WEEKS},
        "by_category": _percentiles([s for one, s in times if CATEGORY in one.question.query.by]),
        "by_measure": _by_measure(times),
        "after_write": _percentiles(written),
        "drilldown": checked,
        "setup_s": round(setup_s, 1),
        "refresh_s": round(refresh_s, 1),
    }


def _fill(database: Database, interactions: int) -> None:
    """In rounds over the tenants, as contacts come: the database's statistics know all of them then."""
    database.upgrade()
    for tenant in TENANTS:
        with database.tenant(tenant) as stores:
            stores.tenants.ensure()
            stores.tenants.set_calendar(time_zone="Europe/Berlin", first_weekday=1)
    each = interactions // len(TENANTS)
    for begin in range(0, each, ROUND):
        say(f"simulating contacts, {begin} of {each} in each of {len(TENANTS)} tenants …")
        for tenant in TENANTS:
            with database.tenant(tenant) as stores:
                simulate(stores, min(ROUND, each - begin), customers=each // CONTACTS_EACH, first=FIRST)
    for tenant in TENANTS:
        say(f"holding {len(CATEGORIES)} categories against the contacts of {tenant} …")
        with database.tenant(tenant) as stores:
            for text in CATEGORIES:
                made = stores.categories.publish(stores.categories.create(text, text, author="evaluate").id)
                stores.category_matches.apply(Rule(category_id=made.id, version=1, query=read_rule(text)))


def _refreshed(database: Database) -> None:
    say("laying them out by column …")
    for tenant in TENANTS:
        with database.tenant(tenant) as stores:
            stores.trends.refresh()


def _mix() -> Iterator[Asked]:
    """Every two dimensions over every length, in both tenants; measures, filters and periods in turn, at random."""
    draw = random.Random(SEED)  # noqa: S311  # no secret
    until = dt.datetime.combine(FIRST + dt.timedelta(days=DAYS), dt.time(), dt.UTC)
    for tenant, weeks, by in itertools.product(TENANTS, WEEKS, itertools.combinations(get_args(Dimension), 2)):
        wanted = Filter(since=until - dt.timedelta(weeks=weeks)) if weeks < max(WEEKS) else Filter()
        if draw.random() < 1 / 3:
            wanted = replace(wanted, channel=Channel.VOICE)
        query = TrendQuery(grain="week", by=by, wanted=replace(wanted, since=None), limit=GROUPS)
        drawn = replace(query, wanted=wanted)
        measure = draw.choice(MEASURES)
        yield Asked(
            tenant=tenant, question=Question(query=drawn, measure=measure, against=draw.choice(AGAINST)), weeks=weeks
        )


def _ask(database: Database, asked: Asked) -> Answer:
    with database.tenant(asked.tenant) as stores:
        found = answer(stores, asked.question)
        if found.comparison is not None:
            found.comparison.changes.first(GROUPS)
        return found


def _after_write(database: Database, asked: Asked) -> float:
    """Seconds of the question where the newest day has just changed, and so is counted anew."""
    with database.tenant(asked.tenant) as stores:
        newest = stores.interactions.list(Filter(), limit=1).items[0]
        other = State.PENDING if newest.state is State.ANALYSED else State.ANALYSED
        stores.interactions.set_state(newest.id, other)
    return _timed(lambda: _ask(database, asked))[1]


def _drill_down(database: Database, asked: list[Asked]) -> dict[str, int]:
    """Points whose list has exactly as many contacts as they count, of a sample."""
    draw = random.Random(SEED)  # noqa: S311  # no secret
    counts = {"checked": 0, "equal": 0}
    for one in draw.sample(asked, min(CHECKED // 3, len(asked))):
        with database.tenant(one.tenant) as stores:
            trend = stores.trends.series(one.question.query)
            for point in draw.sample(trend.points, min(3, len(trend.points))):
                listed = stores.interactions.list(trend.behind(point), limit=1).total
                counts["checked"] += 1
                counts["equal"] += listed == point.contacts
    return counts


def _by_measure(times: list[tuple[Asked, float]]) -> dict[str, dict[str, float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for one, seconds in times:
        found[one.question.measure].append(seconds)
    return {name: _percentiles(seconds) for name, seconds in sorted(found.items())}


def _percentiles(seconds: list[float]) -> dict[str, float]:
    low, high = np.percentile(np.array(seconds) * 1000, [50, 95]) if seconds else (0.0, 0.0)
    return {"p50_ms": round(float(low), 1), "p95_ms": round(float(high), 1)}


def _timed(step: Any) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = step()
    return found, time.perf_counter() - begin
