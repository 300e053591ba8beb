"""Trends: what was counted and measured, by day, week or month and any of eight dimensions.

Days and weeks are the tenant's. A point counts exactly the interactions that ``behind`` it lists.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.calendar import Grain, Span, following, midnight
from data.categories import CategoryLabel
from data.episodes import DAYS, EpisodeStore
from data.filters import EXACT, UNASSIGNED, WITHOUT_DETAIL, category_named
from data.identifiers import customer_of
from data.keys import TenantKeys
from data.tables import InteractionRow, ReasonRow
from data.tenants import TenantStore
from data.trend_blocks import FORMS, BlockStore, Columns, within
from data.trend_facts import Facts, Level, Reasons, calendar_spans, take
from data.trend_groups import CATEGORY
from data.trend_measures import repeats
from data.trend_members import members_of
from data.trend_tally import Tally, tally
from data.types import Channel, Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

Dimension: TypeAlias = Literal[
    "reason", "category", "channel", "queue", "team", "agent", "language", "customer_segment"
]
Measure: TypeAlias = Literal[
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
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendQuery:
    """``limit``: how many groups have points, the largest first; None is all. ``level`` is that of the reasons."""

    grain: Grain = "day"
    by: tuple[Dimension, ...] = ()
    wanted: Filter = field(default_factory=Filter)
    measures: tuple[Measure, ...] = ()
    level: Level = "reason"
    limit: int | None = None
    repeat_days: float = DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What came, and how much of it has been looked at: with a backlog a count says little."""

    accepted: int = 0
    analysed: int = 0
    pending: int = 0
    quarantined: int = 0

    @property
    def complete(self) -> bool:
        return self.analysed >= COMPLETE_SHARE * self.accepted

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            accepted=self.accepted + other.accepted,
            analysed=self.analysed + other.analysed,
            pending=self.pending + other.pending,
            quarantined=self.quarantined + other.quarantined,
        )


COMPLETE_SHARE = 0.95
"""Below this share analysed a point is drawn open and raises no alert."""


@dataclass(frozen=True, slots=True)
class Sums:
    """A measure before it is divided: ``n`` contacts have a value, together ``total``.

    Of ``share`` n is what the share is out of; of ``customers`` total is the different ones.
    """

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One bucket of one group. ``values`` are in the order of the query's ``by``.

    A value is ``(none)`` where interactions have none, a reason is its id or ``unassigned``, a category its id.
    Contacts that have not been assigned yet stand in no reason's point, those that no category matches in no
    category's, and those that several match in each of theirs. ``coverage`` is of all reasons and categories, so that
    it tells how many there are.
    """

    bucket: dt.date
    values: tuple[str, ...]
    contacts: int
    share: float
    """0–1 of the contacts of all points of this bucket, those of groups beyond the query's limit too; by category of
    those that the category was evaluated for.
    """
    sums: Mapping[Measure, Sums]
    """Of the measures that were asked for."""
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """``buckets`` are all from the first to the last, those without a point too: no point means no contact."""

    query: TrendQuery
    points: tuple[TrendPoint, ...]
    """By bucket, the largest group first."""
    buckets: tuple[dt.date, ...]
    groups: Mapping[tuple[str, ...], int]
    """Contacts of each group that has points, over all buckets, the largest first."""
    left_out: tuple[int, int]
    """How many groups have no points because of the limit, and how many contacts they have."""
    coverage: Coverage
    """Of all that the filter means, whatever the reason."""
    reason_names: Mapping[str, str]
    categories: Mapping[str, CategoryLabel]
    """Of the categories in these groups, by id."""
    time_zone: str
    first_weekday: int
    """ISO: 1 is Monday, 7 Sunday."""

    @property
    def names(self) -> Mapping[str, str]:
        """What stands for a value where people read it: a reason's name, a category's with its version."""
        return named(self.reason_names, self.categories)

    def behind(self, point: TrendPoint) -> Filter:
        """The filter that lists exactly the interactions which ``point`` counts."""
        span = (point.bucket, following(point.bucket, self.query.grain))
        return behind(self.query.wanted, self.query.by, point.values, span, ZoneInfo(self.time_zone))


def behind(wanted: Filter, by: Sequence[Dimension], of: Sequence[str], span: Span, zone: ZoneInfo) -> Filter:
    """What of ``wanted`` has the values ``of`` in the dimensions ``by``, within the days of ``span``."""
    begin, end = (midnight(day, zone) for day in span)
    values: dict[str, Any] = dict(zip(by, of, strict=True))
    if "channel" in values:
        values["channel"] = Channel(values["channel"])
    since = begin if wanted.since is None else max(begin, wanted.since)
    until = end if wanted.until is None else min(end, wanted.until)
    return replace(wanted, since=since, until=until, **values)


class TrendStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys
        self._blocks = BlockStore(session, tenant)

    def series(self, query: TrendQuery) -> Trend:
        """Points by bucket, the largest group first. Raises MasterKeyMissing (permanent)."""
        facts = self.facts(query)
        return self.trend_of(facts, query)

    def facts(self, query: TrendQuery, back_to: dt.datetime | None = None) -> Facts:
        """The contacts that the query's filter means, by column, from ``back_to`` on where that is earlier.

        What is compared looks further back than what is shown. Raises MasterKeyMissing (permanent).
        """
        wanted = query.wanted
        if wanted.since is not None and back_to is not None:
            wanted = replace(wanted, since=min(wanted.since, back_to))
        columns = self._columns(query, wanted)
        tenant = TenantStore(self._session, self._tenant).get()
        facts = take(
            columns,
            values=self._blocks.values(),
            reasons=self._reasons(),
            zone=ZoneInfo(tenant.time_zone),
            first_weekday=tenant.first_weekday,
            wanted=wanted,
            level=query.level,
        )
        return self._with_categories(facts) if CATEGORY in query.by else facts

    def _with_categories(self, facts: Facts) -> Facts:
        """Within one category there is but that one: a list cannot be narrowed by two."""
        asked = facts.wanted.category
        only = category_named(self._session, self._tenant, asked) if asked else None
        return replace(facts, members=members_of(self._session, self._tenant, facts.columns["id"], only))

    def trend_of(self, facts: Facts, query: TrendQuery) -> Trend:
        """The query's points out of facts that hold at least what it asks for."""
        bounds = (query.wanted.since, query.wanted.until)
        days = calendar_spans(facts, query.grain, bounds)
        counted = tally(facts, query.by, days, measures=query.measures, limit=query.limit, bounds=bounds)
        return Trend(
            query=query,
            points=tuple(_points(counted, query)),
            buckets=tuple(begin for begin, _ in days),
            groups=counted.groups,
            left_out=counted.left_out,
            coverage=coverage(counted.states.sum(axis=(0, 1))),
            reason_names=reason_names(facts, counted.labels, query.by),
            categories=category_labels(facts, counted.labels, query.by),
            time_zone=facts.zone.key,
            first_weekday=facts.first_weekday,
        )

    def refresh(self) -> int:
        """Counts anew the days that changed, so that the next reader need not; returns how many there were."""
        return self._blocks.refresh()

    def extent(self) -> tuple[dt.datetime, dt.datetime] | None:
        """When the oldest and the newest contact began."""
        began = InteractionRow.started_at
        mine = (InteractionRow.tenant == self._tenant, InteractionRow.is_current)
        first = self._session.scalar(select(began).where(*mine).order_by(began).limit(1))
        last = self._session.scalar(select(began).where(*mine).order_by(began.desc()).limit(1))
        return (first, last) if first is not None and last is not None else None

    def _columns(self, query: TrendQuery, wanted: Filter) -> Columns:
        names = _needed(query, wanted)
        if "repeat_contact_rate" not in query.measures:
            return self._read(names, wanted, wanted.until)
        after = dt.timedelta(days=query.repeat_days)
        until = wanted.until + after if wanted.until else None
        columns = self._read({*names, "customer", "reason", "channel"}, wanted, until)
        observed_until = EpisodeStore(self._session, self._tenant).observed_until()
        if observed_until is None:
            return columns | {"repeat_contact_rate": columns["started_at"].astype("f8")}
        columns["repeat_contact_rate"] = repeats(columns, self._blocks.values(), after, observed_until)
        return within(columns, wanted.since, wanted.until)

    def _read(self, names: Collection[str], wanted: Filter, until: dt.datetime | None) -> Columns:
        """Blocks know no identifiers of customers, earlier reasons or categories: for those the contacts are read."""
        if wanted.customer is None and wanted.as_of is None and wanted.category is None:
            return self._blocks.columns(names, wanted.since, until)
        customer = None
        if wanted.customer is not None:
            found = self._session.scalar(customer_of(wanted.customer, self._tenant, self._keys))
            customer = found or NOBODY
        category = category_named(self._session, self._tenant, wanted.category) if wanted.category else None
        return self._blocks.columns_live(
            names, wanted.since, until, customer=customer, as_of=wanted.as_of, category=category
        )

    def _reasons(self) -> Reasons:
        columns = (ReasonRow.id, ReasonRow.parent_id, ReasonRow.level, ReasonRow.name)
        rows = self._session.execute(select(*columns).where(ReasonRow.tenant == self._tenant)).all()
        return Reasons(
            names={str(row.id): row.name for row in rows},
            levels={str(row.id): row.level for row in rows},
            parents={str(row.id): str(row.parent_id) for row in rows if row.parent_id},
        )


NOBODY = uuid.UUID(int=0)
COLUMNS: Mapping[str, str] = {"customers": "customer"}
"""Of measures that are not called as what they are counted from."""


def _needed(query: TrendQuery, wanted: Filter) -> set[str]:
    """The columns that this question looks into."""
    filtered = {name for name in ("channel", *EXACT) if getattr(wanted, name) is not None}
    reasons = {"reason", "detail", "channel"} if "reason" in query.by or wanted.reason is not None else set()
    measured = {COLUMNS.get(name, name) for name in query.measures} & FORMS.keys()
    grouped = {"id" if name == CATEGORY else name for name in query.by}
    return {"state", *filtered, *reasons, *measured, *grouped}


def reason_names(facts: Facts, labels: Sequence[tuple[str, ...]], by: Sequence[Dimension]) -> Mapping[str, str]:
    """By the value that stands for it, of each reason in these groups."""
    if "reason" not in by:
        return {}
    at = by.index("reason")
    values = {label[at] for label in labels} - {UNASSIGNED}
    return {value: facts.reasons.names[value.removesuffix(WITHOUT_DETAIL)] for value in values}


def category_labels(
    facts: Facts, labels: Sequence[tuple[str, ...]], by: Sequence[Dimension]
) -> Mapping[str, CategoryLabel]:
    """By id, of each category in these groups."""
    if CATEGORY not in by or facts.members is None:
        return {}
    at = by.index(CATEGORY)
    return {value: facts.members.names[value] for value in dict.fromkeys(label[at] for label in labels)}


def named(reasons: Mapping[str, str], categories: Mapping[str, CategoryLabel]) -> Mapping[str, str]:
    return {**reasons, **{value: str(label) for value, label in categories.items()}}


def _points(counted: Tally, query: TrendQuery) -> Iterator[TrendPoint]:
    contacts, out_of, covered = counted.contacts.tolist(), counted.out_of.tolist(), counted.covered.tolist()
    sums = {name: _sums(counted, name) for name in query.measures}
    for bucket, (begin, _) in enumerate(counted.spans):
        held = contacts[bucket]
        known: dict[int, Coverage] = {}
        for group in sorted(filter(held.__getitem__, range(len(held))), key=lambda at: (-held[at], counted.labels[at])):
            outer = covered[group]
            if outer not in known:
                known[outer] = coverage(counted.states[bucket, outer])
            yield TrendPoint(
                bucket=begin,
                values=counted.labels[group],
                contacts=held[group],
                share=held[group] / out_of[bucket][group],
                sums={name: Sums(*(part[bucket][group] for part in parts)) for name, parts in sums.items()},
                coverage=known[outer],
            )


def _sums(counted: Tally, measure: Measure) -> tuple[list[list[Any]], ...]:
    """A measure's three parts, by bucket and group."""
    if measure == "share":
        return counted.out_of.tolist(), counted.contacts.tolist(), counted.contacts.tolist()
    return tuple(part.tolist() for part in counted.sums[measure])


def coverage(states: NDArray[Any]) -> Coverage:
    pending, analysed, quarantined = map(int, states)
    accepted = pending + analysed + quarantined
    return Coverage(accepted=accepted, analysed=analysed, pending=pending, quarantined=quarantined)
