"""Alerts: what rose beyond chance in the latest week, what comes up among the contacts without a reason, and categories
whose share crosses a bound.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from classify.alerts import Rise, news, rises
from classify.emerging import Emerging, emerging
from data.alerts import AlertRecord, NewAlert, Unassigned
from data.calendar import midnight
from data.errors import ReasonanceError
from data.filters import UNASSIGNED
from data.stores import Stores
from data.trends import Dimension, TrendQuery
from data.types import Filter
from service.category_alerts import CROSSES, bounds_crossed, category_contacts
from service.runtime import Runtime
from service.trends import Comparison, Question, comparison, today_in

RISES = "reason_rises"
EMERGES = "reason_emerges"
SEGMENTS: tuple[Dimension, ...] = ("channel", "queue", "customer_segment")
"""Within which a reason may rise though it does not as a whole."""
WEEKS = 5
"""In which contacts without a reason are grouped: the latest, and four to compare it with."""
MOST_UNASSIGNED = 20_000
"""The newest of them; more would keep a worker busy for minutes."""
QUOTES = 3
EVERY_S = 600.0
"""How often a worker looks whether a new day began or a discovery ended somewhere."""

log = logging.getLogger(__name__)


def check(stores: Stores, *, today: dt.date | None = None) -> tuple[AlertRecord, ...]:
    """Raises what is new, by the tenant's contacts up to the last whole day; returns it.

    Done again it raises nothing twice: neither the same subject and period, nor a subject whose alert overlaps.
    """
    day = today or today_in(ZoneInfo(stores.tenants.get().time_zone))
    return (*_of_reasons(stores, day), *stores.alerts.add(tuple(bounds_crossed(stores, day))))


def _of_reasons(stores: Stores, day: dt.date) -> tuple[AlertRecord, ...]:
    compared = [_compared(stores, by, day) for by in (("reason",), *(("reason", name) for name in SEGMENTS))]
    whole = compared[0]
    if whole is None or not whole.coverage.complete:
        return ()
    raised = stores.alerts.since(whole.since)
    rising = _rising([one for one in compared if one], raised, stores)
    return stores.alerts.add([*rising, *_emerging(stores, whole, raised)])


def _compared(stores: Stores, by: tuple[Dimension, ...], today: dt.date) -> Comparison | None:
    return comparison(stores, Question(query=TrendQuery(by=by)), today=today)


def _rising(compared: Sequence[Comparison], raised: Sequence[AlertRecord], stores: Stores) -> Iterator[NewAlert]:
    of = {one.by: one for one in compared}
    since, until = compared[0].since, compared[0].until
    known = [(one.alert.kind, one.alert.subject, one.alert.since, one.alert.until) for one in raised]
    found = [rise for rise in rises((by, one.changes) for by, one in of.items()) if UNASSIGNED not in rise.values]
    for rise in news(found, RISES, since, until, known):
        yield _rise(rise, of[rise.by], stores)  # type: ignore[index]  # the dimensions that were asked for


def _rise(rise: Rise, compared: Comparison, stores: Stores) -> NewAlert:
    change = rise.change
    behind = compared.behind(rise.values)
    given = {"by": list(rise.by), "values": list(rise.values), "quotes": []}
    return NewAlert(
        kind=RISES,
        subject=rise.subject,
        name=compared.name(rise.values),
        since=compared.since,
        until=compared.until,
        count=int(change.current),
        expected=change.expected,
        q_value=change.q_value,
        typical=stores.alerts.typical(behind),
        coverage=compared.coverage,
        detail=given | _interval(change.effect, change.low, change.high),
    )


def _interval(effect: float, low: float, high: float) -> dict[str, float | None]:
    """Without what JSON cannot say."""
    return {"ratio": effect, "ratio_low": low, "ratio_high": high if np.isfinite(high) else None}


def _emerging(stores: Stores, whole: Comparison, raised: Sequence[AlertRecord]) -> Iterator[NewAlert]:
    embedder = stores.alerts.embedder()
    if embedder is None:
        return
    week, zone = whole.until - whole.since, whole.zone
    begins = [midnight(whole.since - number * week, zone) for number in range(WEEKS)]
    wanted = Filter(reason=UNASSIGNED, since=begins[-1], until=midnight(whole.until, zone))
    contacts = stores.alerts.unassigned(embedder, wanted, MOST_UNASSIGNED)
    if not contacts:
        return
    periods = np.array([next(at for at, begin in enumerate(begins) if one.started_at >= begin) for one in contacts])
    vectors = np.stack([np.asarray(one.vector, dtype=np.float32) for one in contacts])
    told = {contact for one in raised if one.alert.kind == EMERGES for contact in one.alert.detail["members"]}
    for group in emerging([one.text for one in contacts], vectors, periods, WEEKS):
        members = [contacts[row].id for row in group.rows]
        if told.isdisjoint(map(str, members)):
            yield _emerged(group, members, contacts, whole)


def _emerged(
    group: Emerging, members: Sequence[uuid.UUID], contacts: Sequence[Unassigned], whole: Comparison
) -> NewAlert:
    change = group.change
    typical = [contacts[row] for row in group.typical]
    told = {
        "keywords": list(group.keywords),
        "quotes": [one.text for one in typical[:QUOTES]],
        "members": [str(member) for member in members],
    }
    return NewAlert(
        kind=EMERGES,
        subject=str(typical[0].id),
        name=group.name,
        since=whole.since,
        until=whole.until,
        count=int(change.current),
        expected=change.expected,
        q_value=change.q_value,
        typical=tuple(one.id for one in typical),
        coverage=whole.coverage,
        detail=told | _interval(change.effect, change.low, change.high),
    )


def behind(record: AlertRecord, zone: ZoneInfo) -> Filter | None:
    """The filter that lists what an alert counts; None of what emerges, which no filter describes."""
    alert = record.alert
    if alert.kind == CROSSES:
        return category_contacts(alert.subject, alert.since, alert.until, zone)
    if "values" not in alert.detail:
        return None
    values: dict[str, Any] = dict(zip(alert.detail["by"], alert.detail["values"], strict=True))
    return Filter(since=midnight(alert.since, zone), until=midnight(alert.until, zone), **values)


@dataclass(slots=True)
class Watch:
    """What was checked last, by tenant: the day and the newest discovery."""

    checked: dict[str, tuple[dt.date, uuid.UUID | None]]

    def look(self, runtime: Runtime) -> None:
        """Checks every tenant in which a day or a discovery ended since the last look."""
        with runtime.database.sweeper() as sweeper:
            tenants = sweeper.tenants()
        for tenant in tenants:
            try:
                self._look(runtime, tenant)
            except ReasonanceError as error:
                log.warning("alerts_wait: %s: %s", tenant, error.code)

    def _look(self, runtime: Runtime, tenant: str) -> None:
        with runtime.database.tenant(tenant) as stores:
            today = today_in(ZoneInfo(stores.tenants.get().time_zone))
            stores.trends.refresh()
            now = (today, stores.alerts.newest_discovery())
            if self.checked.get(tenant) == now:
                return
            found = check(stores, today=today)
        self.checked[tenant] = now
        if found:
            log.info("alerts_raised: %s: %d", tenant, len(found))


async def keep_watching(runtime: Runtime) -> None:
    """Raises alerts once a day and after each discovery, until cancelled; and keeps trends ready to be read."""
    watch = Watch(checked={})
    while True:
        await asyncio.sleep(EVERY_S)
        await asyncio.to_thread(watch.look, runtime)
