"""What categories match among contacts that lie by column: contacts by row, each with each category that has it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from sqlalchemy.orm import Session

from data.categories import CategoryLabel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW = 10_000
"""Contacts up to which their results are looked up one by one; of more, all results of a category are read."""


@dataclass(frozen=True, kw_only=True)
class Members:
    """Of each category that is applied. Rows are in order; ``category`` counts along ``labels``."""

    labels: tuple[str, ...]
    """Their ids, in order."""
    names: dict[str, CategoryLabel]
    rows: NDArray[np.int64]
    category: NDArray[np.int64]
    unknown_rows: NDArray[np.int64]
    """Contacts that a category could not be evaluated for."""
    unknown_category: NDArray[np.int64]

    def unknown(self, rows: slice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Within some contacts: which of them could not be evaluated, and for which category."""
        import numpy as np

        begin, end = np.searchsorted(self.unknown_rows, (rows.start, rows.stop)).tolist()
        return self.unknown_rows[begin:end] - rows.start, self.unknown_category[begin:end]


def members_of(session: Session, tenant: str, ids: NDArray[Any], only: uuid.UUID | None = None) -> Members:
    """Of contacts by their ids, as blocks hold them; ``only`` one category, None: all."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    values: dict[str, object] = {"tenant": tenant, "only": only}
    if few := len(ids) <= FEW:
        values["ids"] = [uuid.UUID(bytes=one.tobytes()) for one in ids]
    statement = READ.format(these=THESE if few else "", only=ONLY if only is not None else "")
    with connection.cursor(binary=True) as cursor:
        found = cursor.execute(statement.encode(), values).fetchall()
    rows = _Rows(ids)
    matched = _joined([rows.of(row[3]) for row in found])
    unknown = _joined([rows.of(row[4]) for row in found])
    return Members(
        labels=tuple(str(row[0]) for row in found),
        names={str(row[0]): CategoryLabel(id=row[0], name=row[1], version=row[2]) for row in found},
        rows=matched[0],
        category=matched[1],
        unknown_rows=unknown[0],
        unknown_category=unknown[1],
    )


class _Rows:
    """Where contacts stand, found by the random half of their ids; the other half is compared besides."""

    def __init__(self, ids: NDArray[Any]) -> None:
        import numpy as np

        self._time, self._random = _halves(ids)
        self._order = np.argsort(self._random, kind="stable")
        self._sorted = self._random[self._order]

    def of(self, ids: bytes | None) -> NDArray[np.int64]:
        """In no order; contacts that are not here are left out."""
        import numpy as np

        if not ids or not len(self._order):
            return np.zeros(0, dtype=np.int64)
        time, random = _halves(np.frombuffer(ids, dtype="V16"))
        place = np.minimum(np.searchsorted(self._sorted, random), len(self._order) - 1)
        row = self._order[place]
        found: NDArray[np.int64] = row[(self._random[row] == random) & (self._time[row] == time)]
        return found


def _halves(ids: NDArray[Any]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    import numpy as np

    halves = np.ascontiguousarray(ids).view(">u8").reshape(-1, 2)
    return halves[:, 0].astype(np.uint64), halves[:, 1].astype(np.uint64)


def _joined(rows: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of all categories in order, each with its category."""
    import numpy as np

    everything = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
    category = np.repeat(np.arange(len(rows)), [len(some) for some in rows])
    order = np.argsort(everything, kind="stable")
    return everything[order], category[order]


THESE = "AND match.interaction_id = ANY (%(ids)s::uuid[])"
ONLY = "AND category.id = %(only)s"
# Each category's rows for themselves, as they lie in the key's index: a join of all would be sorted first.
READ = """
    SELECT category.id, category.name, category.applied_version, held.matched, held.unknown
    FROM category, LATERAL (
        SELECT string_agg(uuid_send(match.interaction_id), '') FILTER (WHERE match.state = 'matched') AS matched,
            string_agg(uuid_send(match.interaction_id), '') FILTER (WHERE match.state = 'not_evaluated') AS unknown
        FROM category_match AS match
        WHERE match.tenant = category.tenant AND match.category_id = category.id
            AND match.version = category.applied_version {these}
    ) AS held
    WHERE category.tenant = %(tenant)s AND category.applied_version IS NOT NULL {only}
    ORDER BY category.id
"""
