"""Contacts by column: a block a day (UTC), made anew when a mark says that something of that day changed.

Whoever writes a contact leaves a mark in the same transaction (triggers of migration 0004). Whoever reads takes the
marks of its range away, then makes those days' blocks anew. A mark is taken away by a statement that comes before the
one that reads the contacts, so what the mark stood for is in the block; one reader at a time does so for a tenant, so
no older block replaces a newer one. Blocks know no calendar: days and weeks are cut where they are counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Columns: TypeAlias = "dict[str, NDArray[Any]]"
FORMS = {
    "id": "V16",
    "started_at": ">i8",
    "state": ">i2",
    "channel": ">i4",
    "queue": ">i4",
    "team": ">i4",
    "agent": ">i4",
    "language": ">i4",
    "customer_segment": ">i4",
    "reason": ">i4",
    "detail": ">i4",
    "customer": ">i8",
    "handle_time_s": ">f8",
    "sentiment": ">f8",
    "csat": ">i2",
    "nps": ">i2",
    "ces": ">i2",
    "junk_share": ">i2",
}
"""Each column's numbers as PostgreSQL sends them."""
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
BEFORE_ALL = dt.datetime(1, 1, 2, tzinfo=dt.UTC)
AFTER_ALL = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)
NONE = 0
"""The number of a value that is not known."""


class BlockStore:
    """A tenant's blocks, in one transaction."""

    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def columns(self, names: Collection[str], since: dt.datetime | None, until: dt.datetime | None) -> Columns:
        """The wanted columns of all contacts from ``since`` to before ``until``, oldest first; None is unbounded."""
        import numpy as np

        first, last = _days(since, until)
        self.refresh(first, last)
        wanted = sorted({*names, "started_at"})
        statement = (
            f"SELECT {', '.join(wanted)} FROM trend_block WHERE tenant = %s AND day BETWEEN %s AND %s ORDER BY day"  # noqa: S608  # names of FORMS
        )
        with self._connection.cursor(binary=True) as cursor:
            rows = cursor.execute(statement, (self._tenant, first, last)).fetchall()
        joined = {name: b"".join(row[at] for row in rows) for at, name in enumerate(wanted)}
        found = {name: np.frombuffer(held, dtype=FORMS[name]) for name, held in joined.items()}
        return within(found, since, until)

    def columns_live(
        self,
        names: Collection[str],
        since: dt.datetime | None,
        until: dt.datetime | None,
        *,
        customer: Any = None,
        as_of: dt.datetime | None = None,
        category: Any = None,
    ) -> Columns:
        """The same from the contacts themselves: those of one customer or category, or with the reasons they had at
        ``as_of``.
        """
        import numpy as np

        first, last = _days(since, until)
        self._number(first, last)
        wanted = sorted({*names, "started_at"})
        arrays = ", ".join(f"string_agg({name}, '' ORDER BY at, key) AS {name}" for name in wanted)
        assigned = AS_OF if as_of is not None else CURRENT
        only = "AND interaction.received_at <= %(as_of)s" if as_of is not None else ""
        only += " AND interaction.customer_id = %(customer)s" if customer is not None else ""
        only += OF_CATEGORY if category is not None else ""
        statement = f"SELECT {arrays} FROM ({_contacts(assigned, only)}) AS contact"  # noqa: S608  # parts of this file
        values = {"tenant": self._tenant, "first": first, "until": last + DAY}
        values |= {"customer": customer, "as_of": as_of, "category": category}
        with self._connection.cursor(binary=True) as cursor:
            row = cursor.execute(statement, values).fetchone() or ()
        held = {name: row[at] or b"" for at, name in enumerate(wanted)}
        return within({name: np.frombuffer(held[name], dtype=FORMS[name]) for name in wanted}, since, until)

    def values(self) -> tuple[str | None, ...]:
        """The text of each number, by number; none for 0. Read it after the columns: numbers are only added."""
        rows = self._session.execute(text("SELECT id, value FROM trend_value WHERE tenant = :tenant"), self._whose)
        known: dict[int, str] = {row.id: row.value for row in rows}
        return tuple(known.get(number) for number in range(max(known, default=0) + 1))

    def refresh(self, first: dt.date = dt.date.min, last: dt.date = dt.date.max) -> int:
        """Makes the blocks of these days exact; returns how many were not."""
        between = {**self._whose, "first": first, "last": last}
        if not self._session.scalar(text(MARKED), between):
            return 0
        self._lock()
        days = sorted(self._session.scalars(text(TAKE_MARKS), between).all())
        for begin, end in _runs(days):
            self._make(begin, end)
        return len(days)

    def _make(self, first: dt.date, last: dt.date) -> None:
        self._number(first, last)
        between = {"tenant": self._tenant, "first": first, "until": last + DAY}
        self._connection.execute(
            "DELETE FROM trend_block WHERE tenant = %(tenant)s AND day >= %(first)s AND day < %(until)s", between
        )
        self._connection.execute(MAKE, between)

    def _number(self, first: dt.date, last: dt.date) -> None:
        """Gives every value of these days a number."""
        self._lock()
        self._connection.execute(NUMBER, {"tenant": self._tenant, "first": first, "until": last + DAY})

    def _lock(self) -> None:
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended('trends:' || :tenant, 0))")
        self._session.execute(statement, self._whose)

    @property
    def _whose(self) -> dict[str, Any]:
        return {"tenant": self._tenant}

    @property
    def _connection(self) -> Connection[Any]:
        """psycopg's own: it hands over bytes as they are."""
        connection = self._session.connection().connection.driver_connection
        assert isinstance(connection, Connection)
        return connection


def within(columns: Columns, since: dt.datetime | None, until: dt.datetime | None) -> Columns:
    """What began in this time; ``columns`` are oldest first."""
    begin, end = places(columns["started_at"], [since or BEFORE_ALL, until or AFTER_ALL])
    return {name: column[begin:end] for name, column in columns.items()}


def places(started_at: NDArray[np.int64], moments: Sequence[dt.datetime]) -> NDArray[np.int64]:
    """Where each moment falls among sorted times: the first that is not before it."""
    import numpy as np

    wanted = np.array([_stamp(moment) for moment in moments], dtype=np.int64)
    return np.searchsorted(started_at, wanted, side="left")


def _stamp(moment: dt.datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _days(since: dt.datetime | None, until: dt.datetime | None) -> tuple[dt.date, dt.date]:
    """The days (UTC) that hold this time, both included."""
    return (since or BEFORE_ALL).astimezone(dt.UTC).date(), (until or AFTER_ALL).astimezone(dt.UTC).date()


def _runs(days: Sequence[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last of each unbroken run of days."""
    begin: dt.date | None = None
    for day, following in zip(days, [*days[1:], None], strict=True):
        begin = begin or day
        if following is None or following - day > DAY:
            yield begin, day
            begin = None


STORED = "FROM trend_block WHERE tenant = %s AND day BETWEEN %s AND %s ORDER BY day"
MARKED = "SELECT EXISTS (SELECT FROM trend_mark WHERE tenant = :tenant AND day BETWEEN :first AND :last)"
TAKE_MARKS = """
    WITH taken AS (DELETE FROM trend_mark WHERE tenant = :tenant AND day BETWEEN :first AND :last RETURNING day)
    SELECT DISTINCT day FROM taken
"""
CURRENT = """
    LEFT JOIN assignment ON assignment.tenant = interaction.tenant AND assignment.interaction_id = interaction.id
        AND assignment.is_current AND assignment.is_primary
"""
AS_OF = """
    LEFT JOIN LATERAL (
        SELECT reason_id, detail_id FROM assignment
        WHERE assignment.tenant = interaction.tenant AND assignment.interaction_id = interaction.id
            AND assignment.is_primary AND assignment.assigned_at <= %(as_of)s
        ORDER BY assignment.assigned_at DESC, assignment.is_current DESC, assignment.id DESC LIMIT 1
    ) AS assignment ON true
"""
OF_CATEGORY = """
    AND interaction.id IN (
        SELECT match.interaction_id FROM category_match AS match
        JOIN category ON category.tenant = match.tenant AND category.id = match.category_id
            AND category.applied_version = match.version
        WHERE match.tenant = %(tenant)s AND match.category_id = %(category)s AND match.state = 'matched')
"""
BETWEEN = """
    interaction.tenant = %(tenant)s AND interaction.is_current
        AND interaction.started_at >= %(first)s::timestamp AT TIME ZONE 'UTC'
        AND interaction.started_at < %(until)s::timestamp AT TIME ZONE 'UTC'
"""
# Every reason that an assignment of these contacts ever named gets a number, for what was true at an earlier time.
NUMBER = f"""
    INSERT INTO trend_value (tenant, id, value)
    SELECT %(tenant)s, used.most + row_number() OVER (), value
    FROM (SELECT coalesce(max(id), 0) AS most FROM trend_value WHERE tenant = %(tenant)s) AS used, (
        SELECT DISTINCT value FROM interaction, LATERAL (VALUES (channel), (queue), (team), (agent), (language),
            (customer_segment)) AS said (value)
        WHERE {BETWEEN} AND value IS NOT NULL
        UNION SELECT id::text FROM reason WHERE tenant = %(tenant)s
        EXCEPT SELECT value FROM trend_value WHERE tenant = %(tenant)s
    ) AS new
"""  # noqa: S608  # parts of this file


def _contacts(assigned: str, only: str = "") -> str:
    """Each contact as the bytes of its numbers."""
    texts = ("channel", "queue", "team", "agent", "language", "customer_segment")
    joins = " ".join(
        f"LEFT JOIN trend_value AS v_{name} ON v_{name}.tenant = %(tenant)s AND v_{name}.value = {source}"
        for name, source in (
            *((name, f"interaction.{name}") for name in texts),
            ("reason", "assignment.reason_id::text"),
            ("detail", "assignment.detail_id::text"),
        )
    )
    numbers = ", ".join(f"int4send(coalesce(v_{name}.id, 0)) AS {name}" for name in (*texts, "reason", "detail"))
    asked = ", ".join(
        f"int2send(coalesce(interaction.{name}, -1::smallint)) AS {name}" for name in ("csat", "nps", "ces")
    )
    return f"""
        SELECT interaction.started_at AS at, interaction.id AS key,
            (interaction.started_at AT TIME ZONE 'UTC')::date AS day,
            uuid_send(interaction.id) AS id, timestamptz_send(interaction.started_at) AS started_at,
            int2send((array_position(ARRAY['pending', 'analysed', 'quarantined'], interaction.state) - 1)::smallint)
                AS state,
            {numbers}, {asked},
            int2send(CASE WHEN interaction.channel <> 'survey' OR interaction.state <> 'analysed'
                OR 'no_text' = ANY(interaction.flags) THEN -1 WHEN 'junk' = ANY(interaction.flags) THEN 1 ELSE 0
                END::smallint) AS junk_share,
            coalesce(substring(uuid_send(interaction.customer_id) FROM 9), int8send(0)) AS customer,
            float8send(CASE WHEN coalesce(interaction.duration_s, interaction.hold_s, interaction.after_call_s) IS NULL
                THEN 'NaN' ELSE coalesce(interaction.duration_s, 0) + coalesce(interaction.hold_s, 0)
                + coalesce(interaction.after_call_s, 0) END) AS handle_time_s,
            float8send(coalesce(interaction.sentiment, 'NaN')) AS sentiment
        FROM interaction {assigned} {joins}
        WHERE {BETWEEN} {only}
    """  # noqa: S608  # parts of this file


MAKE = f"""
    INSERT INTO trend_block (tenant, day, contacts, {", ".join(FORMS)})
    SELECT %(tenant)s, day, count(*), {", ".join(f"string_agg({name}, '' ORDER BY at, key)" for name in FORMS)}
    FROM ({_contacts(CURRENT)}) AS contact GROUP BY day
"""  # noqa: S608  # parts of this file
