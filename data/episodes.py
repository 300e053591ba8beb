"""Episodes: the contacts of one customer about one reason, each within so many days of the one before.

Contacts count where customer and reason are known. A click on the web is no contact.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from data.cursors import seal, unseal
from data.filters import UNKNOWN, current_assignment, matching, of_customer
from data.ids import parse_id
from data.keys import TenantKeys
from data.paging import Page, cut
from data.tables import AssignmentRow, InteractionRow, ReasonRow
from data.types import Channel, Filter, State

DAYS = 7.0
"""A contact belongs to the episode of one that was at most so long before; and within so long it is a repeat."""
EXCLUDED = ("web", "not_analysed", "customer_unknown", "unassigned")
Dimension: TypeAlias = Literal["reason", "queue", "agent", "team", "channel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatCount:
    """Of one group. ``too_recent`` contacts have not had their days yet: they are in neither of the other two."""

    values: tuple[str, ...]
    """In the order of ``by``; a reason is its id, and ``(none)`` is what nothing is known of."""
    determined: int
    """Contacts of which it is known whether another followed."""
    repeated: int
    """Those of them that another followed within the days."""
    too_recent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatCounts:
    """``excluded``: contacts of the filter that cannot belong to an episode, by why."""

    days: float
    by: tuple[Dimension, ...]
    observed_until: dt.datetime | None
    """Contacts of the last days before it are too recent; None: there are no contacts."""
    groups: tuple[RepeatCount, ...]
    """The one with the most contacts first."""
    excluded: Mapping[str, int]
    reason_names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """``id`` is that of its first contact. ``open``: it is too early to know that no further contact belongs to it."""

    id: uuid.UUID
    customer_id: uuid.UUID
    reason_id: uuid.UUID
    reason_name: str
    first_contact: dt.datetime
    last_contact: dt.datetime
    interactions: tuple[uuid.UUID, ...]
    """The oldest first."""
    channels: tuple[Channel, ...]
    """Of each contact, in their order."""
    open: bool

    @property
    def contacts(self) -> int:
        return len(self.interactions)


def returns(tenant: str, *, observed_until: dt.datetime, days: float = DAYS) -> Subquery:
    """Of each contact that counts, whether the same customer came back about the same reason within ``days``.

    Columns: ``interaction_id``; ``repeated``, null where the contact is too recent to know; ``next_id``, the contact
    that followed. A measure joins it to its interactions: the rate is the mean of ``repeated``, which leaves nulls out.
    """
    chain = _chain(tenant)
    repeated = _repeated(chain, observed_until, dt.timedelta(days=days))
    return select(chain.c.id.label("interaction_id"), repeated.label("repeated"), chain.c.next_id).subquery("returns")


def _repeated(chain: Subquery, observed_until: dt.datetime, after: dt.timedelta) -> ColumnElement[bool | None]:
    """Whether another contact followed in time; null where it is too early to know."""
    followed = and_(chain.c.next_at.is_not(None), chain.c.next_at - chain.c.started_at <= after)
    return case((chain.c.started_at <= observed_until - after, followed))


class EpisodeStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def observed_until(self) -> dt.datetime | None:
        """Up to when it is known who came back: the newest contact, for an import may lag behind, and never later
        than now; None without contacts."""
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.is_current)
        newest, now = self._session.execute(
            select(func.max(InteractionRow.started_at), func.now()).where(*wanted)
        ).one()
        return min(newest, now) if newest is not None else None

    def repeats(
        self, by: Sequence[Dimension] = (), wanted: Filter | None = None, *, days: float = DAYS
    ) -> RepeatCounts:
        """Who came back, by the first contact's group; the filter says which contacts may have been followed by any.

        Raises MasterKeyMissing (permanent) where the filter names a customer.
        """
        wanted, until = wanted or Filter(), self.observed_until()
        groups = self._groups(by, wanted, days, until) if until else ()
        return RepeatCounts(
            days=days,
            by=tuple(by),
            observed_until=until,
            groups=groups,
            excluded=self._excluded(wanted),
            reason_names=self._names(group.values[by.index("reason")] for group in groups) if "reason" in by else {},
        )

    def list(
        self,
        wanted: Filter | None = None,
        *,
        days: float = DAYS,
        min_contacts: int = 1,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Episode]:
        """Episodes with a contact of the filter, whole, the one with the newest contact first.

        Raises CursorInvalid, MasterKeyMissing (permanent).
        """
        wanted = wanted or Filter()
        question = ("episodes", wanted, days, min_contacts)
        # Made once, for the page and for the total: left to itself the planner may make them for every row.
        episodes = self._episodes(wanted, days).having(func.count() >= min_contacts).cte("episode")
        episodes = episodes.prefix_with("MATERIALIZED")
        total = select(func.count()).select_from(episodes).scalar_subquery()
        statement = select(episodes, total.label("total"))
        if cursor is not None:
            place = tuple_(episodes.c.last_contact, episodes.c.id)
            statement = statement.where(place < tuple_(*unseal(question, cursor, (dt.datetime, uuid.UUID))))
        ordered = statement.order_by(episodes.c.last_contact.desc(), episodes.c.id.desc()).limit(limit + 1)
        rows = self._session.execute(ordered).all()
        settled = (self.observed_until() or dt.datetime.now(dt.UTC)) - dt.timedelta(days=days)
        names = self._names(str(row.reason_id) for row in rows)
        items, last = cut([_episode(row, names[str(row.reason_id)], settled) for row in rows], limit)
        return Page(
            items=items,
            total=rows[0].total if rows else 0,
            next_cursor=seal(question, (last.last_contact, last.id)) if last else None,
        )

    def _groups(
        self, by: Sequence[Dimension], wanted: Filter, days: float, until: dt.datetime
    ) -> tuple[RepeatCount, ...]:
        after = dt.timedelta(days=days)
        narrow = [] if wanted.since is None else [InteractionRow.started_at >= wanted.since]
        narrow += [] if wanted.until is None else [InteractionRow.started_at < wanted.until + after]
        values = [_value(name).label(f"by_{name}") for name in by]
        chain = _chain(self._tenant, and_(*matching(wanted, self._keys)), *narrow, beside=values)
        came = _repeated(chain, until, after)
        groups = [chain.c[f"by_{name}"] for name in by]
        rows = self._session.execute(
            select(
                *groups,
                func.count(came).label("determined"),
                func.count().filter(came).label("repeated"),
                func.count().filter(came.is_(None)).label("too_recent"),
            )
            .where(chain.c.wanted)
            .group_by(*groups)
            .order_by(func.count().desc(), *groups)
        )
        return tuple(
            RepeatCount(
                values=tuple(getattr(row, f"by_{name}") for name in by),
                determined=row.determined,
                repeated=row.repeated,
                too_recent=row.too_recent,
            )
            for row in rows
            if row.determined or row.too_recent
        )

    def _excluded(self, wanted: Filter) -> dict[str, int]:
        """Each contact under the first that applies."""
        analysed = InteractionRow.state == State.ANALYSED.value
        why = case(
            (InteractionRow.channel == Channel.WEB.value, "web"),
            (~analysed, "not_analysed"),
            (InteractionRow.customer_id.is_(None), "customer_unknown"),
            (AssignmentRow.reason_id.is_(None), "unassigned"),
        )
        rows = self._session.execute(
            select(why.label("why"), func.count().label("contacts"))
            .select_from(InteractionRow)
            .outerjoin(AssignmentRow, current_assignment())
            .where(InteractionRow.tenant == self._tenant, *matching(wanted, self._keys), why.is_not(None))
            .group_by(why)
        )
        found = {row.why: row.contacts for row in rows}
        return {name: found.get(name, 0) for name in EXCLUDED}

    def _episodes(self, wanted: Filter, days: float) -> Select[Any]:
        """Gaps and islands: a contact that comes too long after the one before begins an episode."""
        narrow: list[ColumnElement[bool]] = []
        if wanted.customer is not None:
            narrow.append(of_customer(wanted.customer, self._keys))
        if wanted.reason is not None:
            narrow.append(AssignmentRow.reason_id == parse_id(wanted.reason))
        chain = _chain(self._tenant, and_(*matching(wanted, self._keys)), *narrow)
        late = chain.c.started_at - chain.c.previous_at > dt.timedelta(days=days)
        begins = cast(or_(chain.c.previous_at.is_(None), late), Integer)
        order: dict[str, Any] = {
            "partition_by": (chain.c.customer_id, chain.c.reason_id),
            "order_by": (chain.c.started_at, chain.c.id),
        }
        numbered = select(*chain.c, func.sum(begins).over(**order).label("number")).subquery("numbered")
        in_order = (numbered.c.started_at, numbered.c.id)
        ids = func.array_agg(aggregate_order_by(numbered.c.id, *in_order))
        return (
            select(
                ids[1].label("id"),
                numbered.c.customer_id,
                numbered.c.reason_id,
                func.min(numbered.c.started_at).label("first_contact"),
                func.max(numbered.c.started_at).label("last_contact"),
                ids.label("interactions"),
                func.array_agg(aggregate_order_by(numbered.c.channel, *in_order)).label("channels"),
            )
            .group_by(numbered.c.customer_id, numbered.c.reason_id, numbered.c.number)
            .having(func.bool_or(numbered.c.wanted))
        )

    def _names(self, reasons: Any) -> dict[str, str]:
        ids = {uuid.UUID(reason) for reason in reasons}
        named = select(ReasonRow.id, ReasonRow.name).where(ReasonRow.tenant == self._tenant, ReasonRow.id.in_(ids))
        return {str(row.id): row.name for row in self._session.execute(named)}


def _chain(
    tenant: str,
    wanted: ColumnElement[bool] | None = None,
    *narrow: ColumnElement[bool],
    beside: Sequence[ColumnElement[Any]] = (),
) -> Subquery:
    """Every contact that counts, beside the one before and the one after of the same customer and reason.

    ``beside`` are further columns.
    """
    row = InteractionRow
    order: dict[str, Any] = {
        "partition_by": (row.customer_id, AssignmentRow.reason_id),
        "order_by": (row.started_at, row.id),
    }
    return (
        select(
            row.id,
            row.customer_id,
            row.channel,
            row.started_at,
            AssignmentRow.reason_id,
            func.lag(row.started_at).over(**order).label("previous_at"),
            func.lead(row.started_at).over(**order).label("next_at"),
            func.lead(row.id).over(**order).label("next_id"),
            (literal(True) if wanted is None else wanted).label("wanted"),
            *beside,
        )
        .join(AssignmentRow, current_assignment())
        .where(
            row.tenant == tenant,
            row.is_current,
            row.state == State.ANALYSED.value,
            row.customer_id.is_not(None),
            row.channel != Channel.WEB.value,
            AssignmentRow.reason_id.is_not(None),
            *narrow,
        )
        .subquery("chain")
    )


def _value(name: Dimension) -> ColumnElement[str]:
    if name == "reason":
        return cast(AssignmentRow.reason_id, Text)
    column: ColumnElement[str] = getattr(InteractionRow, name)
    return func.coalesce(column, UNKNOWN)


def _episode(row: Any, reason_name: str, settled: dt.datetime) -> Episode:
    return Episode(
        id=row.id,
        customer_id=row.customer_id,
        reason_id=row.reason_id,
        reason_name=reason_name,
        first_contact=row.first_contact,
        last_contact=row.last_contact,
        interactions=tuple(row.interactions),
        channels=tuple(map(Channel, row.channels)),
        open=row.last_contact > settled,
    )
