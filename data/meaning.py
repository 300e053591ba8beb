"""What turns mean: a vector each, and which of them mean about the same as a text."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pgvector import HalfVector
from sqlalchemy import TextClause, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from data.tables import InteractionRow, TurnRow, TurnVectorRow
from data.types import Role, State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPEAKERS = (Role.CUSTOMER.value, Role.AGENT.value, Role.UNKNOWN.value)
"""Whose turns have vectors: a machine's announcements are the same in every call."""
MOST = 500
"""Contacts that a search by meaning answers with, the closest ones."""
CANDIDATES = 2_500
"""Turns whose vectors are compared, of those that the index says are nearest."""
EXHAUSTIVE = 10_000
"""A tenant with at most so many vectors has all of them compared, so that nothing is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A text's vector, and the cosine from which this embedder takes another one to mean about the same."""

    embedder: str
    vector: NDArray[np.float32]
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnText:
    interaction_id: uuid.UUID
    position: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnVector:
    """``text_hash`` (SHA-256) tells whether a vector is of this very text."""

    interaction_id: uuid.UUID
    position: int
    vector: NDArray[np.float32]
    text_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """By contact, the turns that mean the same, each with its cosine; ``exact``: none other does."""

    turns: Mapping[uuid.UUID, tuple[tuple[int, float], ...]]
    exact: bool

    def closest(self, interaction_id: uuid.UUID) -> float:
        return max(cosine for _, cosine in self.turns[interaction_id])


class MeaningStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def said(self, interactions: Collection[uuid.UUID]) -> list[TurnText]:
        """The turns of these interactions that people said, in order."""
        row = TurnRow
        wanted = (row.tenant == self._tenant, row.interaction_id.in_(interactions), row.role.in_(SPEAKERS))
        statement = select(row.interaction_id, row.position, row.text).where(*wanted)
        found = self._session.execute(statement.order_by(row.interaction_id, row.position))
        return [TurnText(interaction_id=one.interaction_id, position=one.position, text=one.text) for one in found]

    def put(self, embedder: str, interactions: Collection[uuid.UUID], vectors: Iterable[TurnVector]) -> None:
        """Those of these interactions' turns, in place of all that they had, of whatever embedder."""
        mine = (TurnVectorRow.tenant == self._tenant, TurnVectorRow.interaction_id.in_(interactions))
        self._session.execute(delete(TurnVectorRow).where(*mine))
        rows = [
            {
                "tenant": self._tenant,
                "interaction_id": one.interaction_id,
                "position": one.position,
                "embedder": embedder,
                "vector": HalfVector(one.vector),
                "text_hash": one.text_hash,
            }
            for one in vectors
        ]
        if rows:
            self._session.execute(insert(TurnVectorRow), rows)
        marked = update(InteractionRow).where(
            InteractionRow.tenant == self._tenant, InteractionRow.id.in_(interactions)
        )
        self._session.execute(marked.values(turns_embedder=embedder))

    def of_texts(self, embedder: str, text_hashes: Collection[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """By hash, the vectors of those of these texts that were said before, in half precision."""
        import numpy as np

        row = TurnVectorRow
        wanted = (row.tenant == self._tenant, row.embedder == embedder, row.text_hash.in_(text_hashes))
        statement = select(row.text_hash, row.vector).where(*wanted).ext(distinct_on(row.text_hash))
        rows = self._session.execute(statement) if text_hashes else ()
        return {one.text_hash: np.asarray(one.vector, dtype=np.float32) for one in rows}

    def waiting(self, embedder: str, limit: int) -> list[uuid.UUID]:
        """Analysed contacts whose turns have no vectors of this embedder, the newest first."""
        row = InteractionRow
        wanted = (row.tenant == self._tenant, row.state == State.ANALYSED.value, without_vectors(embedder))
        statement = select(row.id).where(*wanted).order_by(row.started_at.desc(), row.id.desc()).limit(limit)
        return list(self._session.scalars(statement))

    def alike(self, meaning: Meaning, *, exhaustive: bool | None = None) -> Alike:
        """The contacts in which a turn's cosine reaches the threshold: at most ``MOST``, the closest.

        All vectors are compared where the tenant has few (or ``exhaustive``); else those that the index finds, which
        may miss some.
        """
        if exhaustive is None:
            exhaustive = self._count(meaning.embedder) <= EXHAUSTIVE
        # The index stops at 40 otherwise; and goes on where other tenants' turns lie between.
        self._session.execute(text(SETTINGS))
        statement = nearest(ALL if exhaustive else INDEXED, meaning)
        rows = self._session.execute(
            statement,
            {
                "tenant": self._tenant,
                "vector": HalfVector(meaning.vector).to_text(),
                "threshold": meaning.threshold,
                "candidates": CANDIDATES,
                "most": MOST + 1,
            },
        )
        found = rows.all()
        turns = {row.interaction_id: tuple(zip(row.positions, row.cosines, strict=True)) for row in found[:MOST]}
        return Alike(turns=turns, exact=exhaustive and len(found) <= MOST)

    def _count(self, embedder: str) -> int:
        """As far as it matters."""
        row = TurnVectorRow
        some = select(row.position).where(row.tenant == self._tenant, row.embedder == embedder).limit(EXHAUSTIVE + 1)
        return self._session.scalar(select(func.count()).select_from(some.subquery())) or 0


def without_vectors(embedder: str) -> Any:
    """Contacts of which nobody can tell what they mean; put so that an index answers."""
    column = InteractionRow.turns_embedder
    return column.is_(None) | (column < embedder) | (column > embedder)


SETTINGS = """
    SELECT set_config('hnsw.ef_search', '400', true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
        set_config('hnsw.max_scan_tuples', '40000', true)
"""
BY_CONTACT = """
    SELECT interaction_id, array_agg(position ORDER BY cosine DESC, position) AS positions,
        array_agg(cosine ORDER BY cosine DESC, position) AS cosines
    FROM ({compared}) AS compared WHERE cosine >= :threshold
    GROUP BY interaction_id ORDER BY max(cosine) DESC, interaction_id LIMIT :most
"""
ALL = BY_CONTACT.format(
    compared="""
        SELECT v.interaction_id, v.position, 1 - (v.vector::halfvec(:d) <=> CAST(:vector AS halfvec(:d))) AS cosine
        FROM turn_vector AS v WHERE v.tenant = :tenant AND v.embedder = :embedder
"""
)
INDEXED = BY_CONTACT.format(
    compared="""
        SELECT near.interaction_id, near.position, 1 - (near.vector <=> CAST(:vector AS halfvec(:d))) AS cosine
        FROM (
            SELECT v.interaction_id, v.position, v.vector::halfvec(:d) AS vector
            FROM turn_vector AS v WHERE v.tenant = :tenant AND v.embedder = :embedder
            ORDER BY binary_quantize(v.vector::halfvec(:d))::bit(:d)
                <~> binary_quantize(CAST(:vector AS halfvec(:d)))::bit(:d)
            LIMIT :candidates
        ) AS near
"""
)


def nearest(statement: str, meaning: Meaning) -> TextClause:
    """The index is on this very expression and for this very name, so neither may be a parameter."""
    sized = statement.replace(":d", str(len(meaning.vector)))
    return text(sized).bindparams(bindparam("embedder", meaning.embedder, literal_execute=True))
