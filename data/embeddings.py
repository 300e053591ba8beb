"""Vectors of what contacts are about: one for each embedder, read together for discovery, searched by nearness."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pgvector.sqlalchemy import VECTOR
from sqlalchemy import BindParameter, LargeBinary, Select, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.filters import matching
from data.keys import TenantKeys
from data.tables import EmbeddingRow, InteractionRow
from data.types import Filter, State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEmbedding:
    """``text_hash`` tells whether the vector is of the text that the interaction has now."""

    interaction_id: uuid.UUID
    vector: NDArray[np.float32]
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """Parallel sequences, one element an interaction; ``vectors`` has shape (n, dimensions)."""

    interaction_ids: tuple[uuid.UUID, ...]
    texts: tuple[str, ...]
    """What each contact is about, as it was embedded."""
    phrases: tuple[tuple[str, ...], ...]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """``distance`` is 1 − cosine: 0 (same direction) … 2."""

    interaction_id: uuid.UUID
    distance: float


class EmbeddingStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def put(self, interaction_id: uuid.UUID, embedder: str, vector: NDArray[np.float32], text_hash: str) -> None:
        """In place of the interaction's vector of this embedder, if it has one."""
        self.put_many(embedder, [NewEmbedding(interaction_id=interaction_id, vector=vector, text_hash=text_hash)])

    def put_many(self, embedder: str, embeddings: Iterable[NewEmbedding]) -> None:
        rows = [
            {
                "tenant": self._tenant,
                "interaction_id": new.interaction_id,
                "embedder": embedder,
                "vector": new.vector,
                "text_hash": new.text_hash,
            }
            for new in embeddings
        ]
        for begin in range(0, len(rows), BATCH):
            self._session.execute(_upsert(), rows[begin : begin + BATCH])

    def all(self, embedder: str) -> Embedded:
        """Those of current, unquarantined interactions, in an order that does not tell when each came."""
        import numpy as np

        rows = self._session.execute(_all(self._tenant, embedder)).all()
        # The wire form of a vector: two 16-bit numbers, then big-endian floats. As text, 10,000 take seconds to read.
        vectors = [np.frombuffer(row.vector, dtype=">f4", offset=4) for row in rows]
        return Embedded(
            interaction_ids=tuple(row.interaction_id for row in rows),
            texts=tuple(row.issue or "" for row in rows),
            phrases=tuple(tuple(phrase["text"] for phrase in row.key_phrases) for row in rows),
            vectors=np.vstack(vectors).astype(np.float32) if vectors else np.zeros((0, 0), dtype=np.float32),
        )

    def text_hashes(self, embedder: str) -> dict[uuid.UUID, str]:
        """By interaction, the text that its vector is of: what is not here is still to be embedded."""
        wanted = (EmbeddingRow.tenant == self._tenant, EmbeddingRow.embedder == embedder)
        rows = self._session.execute(select(EmbeddingRow.interaction_id, EmbeddingRow.text_hash).where(*wanted))
        return {row.interaction_id: row.text_hash for row in rows}

    def nearest(
        self, embedder: str, vector: NDArray[np.float32], *, limit: int = 20, wanted: Filter | None = None
    ) -> tuple[Neighbour, ...]:
        """The interactions closest in meaning, nearest first; approximate where the embedder has its index.

        Raises MasterKeyMissing (permanent) where the filter names a customer.
        """
        # Without this the index looks at 40 rows and a filter may leave none of them.
        self._session.execute(text("SELECT set_config('hnsw.iterative_scan', 'strict_order', true)"))
        rows = self._session.execute(self._nearest(embedder, vector, wanted or Filter()).limit(limit))
        return tuple(Neighbour(interaction_id=row.interaction_id, distance=row.distance) for row in rows)

    def _nearest(self, embedder: str, vector: NDArray[np.float32], wanted: Filter) -> Select[Any]:
        """The index is on this very expression and for this very name, so neither may be a parameter."""
        dimensions = VECTOR(len(vector))
        distance = cast(EmbeddingRow.vector, dimensions).cosine_distance(cast(vector, dimensions)).label("distance")
        named: BindParameter[str] = bindparam("embedder", embedder, literal_execute=True)
        joined = select(EmbeddingRow.interaction_id, distance).join(
            InteractionRow,
            (InteractionRow.tenant == EmbeddingRow.tenant) & (InteractionRow.id == EmbeddingRow.interaction_id),
        )
        conditions = (EmbeddingRow.tenant == self._tenant, EmbeddingRow.embedder == named)
        return joined.where(*conditions, *matching(wanted, self._keys)).order_by(distance)


def _upsert() -> Any:
    statement = insert(EmbeddingRow)
    fresh = {"vector": statement.excluded.vector, "text_hash": statement.excluded.text_hash, "created_at": func.now()}
    key = [EmbeddingRow.tenant, EmbeddingRow.interaction_id, EmbeddingRow.embedder]
    return statement.on_conflict_do_update(index_elements=key, set_=fresh)


def _all(tenant: str, embedder: str) -> Select[Any]:
    sent = func.vector_send(EmbeddingRow.vector, type_=LargeBinary).label("vector")
    columns = (EmbeddingRow.interaction_id, InteractionRow.issue, InteractionRow.key_phrases, sent)
    joined = select(*columns).join(
        InteractionRow,
        (InteractionRow.tenant == EmbeddingRow.tenant) & (InteractionRow.id == EmbeddingRow.interaction_id),
    )
    conditions = (
        EmbeddingRow.tenant == tenant,
        EmbeddingRow.embedder == embedder,
        InteractionRow.is_current,
        InteractionRow.state != State.QUARANTINED.value,
    )
    return joined.where(*conditions).order_by(EmbeddingRow.text_hash, InteractionRow.content_id)
