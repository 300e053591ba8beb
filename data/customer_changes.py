"""The feed of changes: whose tags may have changed, in an order that a reader can go on from.

Triggers note a customer in the transaction that changes what a tag rests on. Numbers taken then would become visible
in another order than they were taken, and a reader who went by them would miss what is committed late. So a position
is given when the feed is read, to what is committed by then, by one reader at a time: whatever becomes visible later
gets a higher one. Unlike an order by transaction ids this outlives a dump and restore, and nobody's long transaction
holds the feed up. A customer stands in the feed once, where the last change is.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from data.cursors import seal, unseal
from data.errors import CursorInvalid, MasterKeyMissing
from data.identifiers import identifiers_of_many
from data.keys import TenantKeys
from data.tables import CustomerRow
from data.types import CustomerRef

FEED = "customer changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    customer_id: uuid.UUID
    refs: tuple[CustomerRef, ...]
    """All identifiers, in the clear."""
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """``cursor`` is where to go on, with nothing to read too; ``more``: there is something behind it already."""

    items: tuple[CustomerChange, ...]
    cursor: str
    more: bool


class CustomerChangeStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def after(self, cursor: str | None = None, *, limit: int = 200) -> Changes:
        """The customers whose tags may have changed since; None: all who ever had any, from the beginning.

        Raises CursorInvalid (permanent): not a cursor of this feed, or of a database that was since restored to an
        earlier state; then begin anew. MasterKeyMissing (permanent).
        """
        self._give_positions()
        since = self._position(cursor)
        rows = self._session.execute(
            select(CustomerRow.id, CustomerRow.changed_at, CustomerRow.change_position)
            .where(CustomerRow.tenant == self._tenant, CustomerRow.change_position > since)
            .order_by(CustomerRow.change_position)
            .limit(limit + 1)
        ).all()
        page = rows[:limit]
        refs = identifiers_of_many(self._session, self._tenant, self._required_keys(), [row.id for row in page])
        return Changes(
            items=tuple(
                CustomerChange(customer_id=row.id, refs=refs.get(row.id, ()), changed_at=row.changed_at) for row in page
            ),
            cursor=seal(FEED, (str(page[-1].change_position if page else since),)),
            more=len(rows) > limit,
        )

    def _give_positions(self) -> None:
        """One reader of a tenant at a time, until its transaction ends: the next sees all positions given so far."""
        self._session.execute(LOCK, {"tenant": self._tenant})
        self._session.execute(GIVE, {"tenant": self._tenant})

    def _position(self, cursor: str | None) -> int:
        if cursor is None:
            return 0
        (position,) = unseal(FEED, cursor, (str,))
        given = self._session.scalar(select(func.pg_sequence_last_value("customer_change_position"))) or 0
        if not position.isdecimal() or int(position) > given:
            raise CursorInvalid()
        return int(position)

    def _required_keys(self) -> TenantKeys:
        if self._keys is None:
            raise MasterKeyMissing()
        return self._keys


LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('customer_change:' || :tenant, 0))")
# Taken away and given a position in one statement: what is not visible to it stays for the next reader.
GIVE = text("""
    WITH taken AS (
        DELETE FROM customer_change WHERE tenant = :tenant RETURNING customer_id, at
    ), changed AS (
        SELECT customer_id, max(at) AS at FROM taken GROUP BY customer_id ORDER BY max(at), customer_id
    ), placed AS (
        SELECT customer_id, at, nextval('customer_change_position') AS position FROM changed
    )
    UPDATE customer SET changed_at = placed.at, change_position = placed.position
    FROM placed WHERE customer.tenant = :tenant AND customer.id = placed.customer_id
""")
