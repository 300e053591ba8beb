"""Vectors of what contacts are about: one for each embedder, read together for discovery, searched by nearness."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    LargeBinary,
    Select,
    bindparam,
    cast,
    delete,
    func,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH, distinct_on, insert
from sqlalchemy.orm import Session

from data import codec
from data.filters import current_assignment, matching
from data.keys import TenantKeys
from data.tables import AssignmentRow, EmbeddingRow, FurtherEmbeddingRow, InteractionRow
from data.types import Filter, Span, State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 1_000
ISSUES = '$[*] ? (@.kind == "issue")'


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEmbedding:
    """``text_hash`` tells whether the vector is of the text that the interaction has now."""

    interaction_id: uuid.UUID
    vector: NDArray[np.float32]
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherEmbedding:
    """Of an issue of the interaction beside its primary one; ``position`` counts them from 1."""

    interaction_id: uuid.UUID
    position: int
    vector: NDArray[np.float32]
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFurther:
    """The vector of a further issue, and where it is said."""

    interaction_id: uuid.UUID
    vector: NDArray[np.float32]
    spans: tuple[Span, ...]


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

    def put_further(
        self, embedder: str, interactions: Collection[uuid.UUID], embeddings: Iterable[FurtherEmbedding]
    ) -> None:
        """Those of these interactions' further issues, in place of those that they had."""
        mine = (FurtherEmbeddingRow.tenant == self._tenant, FurtherEmbeddingRow.embedder == embedder)
        self._session.execute(
            delete(FurtherEmbeddingRow).where(*mine, FurtherEmbeddingRow.interaction_id.in_(interactions))
        )
        rows = [
            {
                "tenant": self._tenant,
                "interaction_id": new.interaction_id,
                "embedder": embedder,
                "position": new.position,
                "vector": new.vector,
                "text_hash": new.text_hash,
            }
            for new in embeddings
        ]
        for begin in range(0, len(rows), BATCH):
            self._session.execute(insert(FurtherEmbeddingRow), rows[begin : begin + BATCH])

    def further(self, embedder: str) -> tuple[StoredFurther, ...]:
        """Those of current, unquarantined interactions, by interaction and position."""
        row = FurtherEmbeddingRow
        sent = func.vector_send(row.vector, type_=LargeBinary).label("vector")
        issues = func.jsonb_path_query_array(InteractionRow.highlights, cast(ISSUES, JSONPATH), type_=JSONB)
        spans = issues[row.position]["spans"].label("spans")
        joined = select(row.interaction_id, sent, spans).join(
            InteractionRow, (InteractionRow.tenant == row.tenant) & (InteractionRow.id == row.interaction_id)
        )
        wanted = (row.tenant == self._tenant, row.embedder == embedder, *_living())
        rows = self._session.execute(joined.where(*wanted).order_by(row.interaction_id, row.position))
        return tuple(
            StoredFurther(
                interaction_id=found.interaction_id,
                vector=_vector(found.vector),
                spans=tuple(map(codec.span, found.spans or ())),
            )
            for found in rows
        )

    def of_texts(self, embedder: str, text_hashes: Collection[str]) -> dict[str, NDArray[np.float32]]:
        """By hash, the vectors of those of these texts that any interaction's issue was embedded from already."""
        if not text_hashes:
            return {}
        parts = [
            select(row.text_hash, func.vector_send(row.vector, type_=LargeBinary).label("vector"))
            .where(row.tenant == self._tenant, row.embedder == embedder, row.text_hash.in_(text_hashes))
            .ext(distinct_on(row.text_hash))
            for row in (EmbeddingRow, FurtherEmbeddingRow)
        ]
        rows = self._session.execute(union_all(*parts))
        return {row.text_hash: _vector(row.vector) for row in rows}

    def all(self, embedder: str) -> Embedded:
        """Those of current, unquarantined interactions, in an order that does not tell when each came."""
        import numpy as np

        rows = self._session.execute(_all(self._tenant, embedder)).all()
        vectors = [_vector(row.vector) for row in rows]
        return Embedded(
            interaction_ids=tuple(row.interaction_id for row in rows),
            texts=tuple(row.issue or "" for row in rows),
            phrases=tuple(tuple(phrase["text"] for phrase in row.key_phrases) for row in rows),
            vectors=np.vstack(vectors).astype(np.float32) if vectors else np.zeros((0, 0), dtype=np.float32),
        )

    def assigned(self, embedder: str, limit: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """The reasons' ids and the vectors of contacts that have one, of at most ``limit``, whenever they came."""
        import numpy as np

        statement = (
            select(AssignmentRow.reason_id, _sent())
            .join(InteractionRow, current_assignment())
            .join(EmbeddingRow, _of_interaction())
            .where(EmbeddingRow.tenant == self._tenant, EmbeddingRow.embedder == embedder, *_living())
            .where(AssignmentRow.reason_id.is_not(None))
            .order_by(EmbeddingRow.text_hash, InteractionRow.content_id)
            .limit(limit)
        )
        rows = self._session.execute(statement).all()
        vectors = [_vector(row.vector) for row in rows]
        return tuple(str(row.reason_id) for row in rows), np.vstack(vectors) if rows else np.zeros((0, 0), np.float32)

    def of(self, embedder: str, interactions: Sequence[uuid.UUID]) -> tuple[tuple[uuid.UUID, ...], NDArray[np.float32]]:
        """Of these interactions those that have a vector, by id; and the vectors, one row each."""
        import numpy as np

        wanted = (EmbeddingRow.tenant == self._tenant, EmbeddingRow.embedder == embedder)
        statement = select(EmbeddingRow.interaction_id, EmbeddingRow.vector).where(*wanted)
        rows = [
            row
            for begin in range(0, len(interactions), BATCH)
            for row in self._session.execute(
                statement.where(EmbeddingRow.interaction_id.in_(interactions[begin : begin + BATCH]))
            )
        ]
        rows.sort(key=lambda row: row.interaction_id)
        vectors = np.array([row.vector for row in rows], dtype=np.float32)
        return tuple(row.interaction_id for row in rows), vectors

    def count(self, embedder: str) -> int:
        wanted = (EmbeddingRow.tenant == self._tenant, EmbeddingRow.embedder == embedder)
        return self._session.scalar(select(func.count()).select_from(EmbeddingRow).where(*wanted)) or 0

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


def _vector(sent: bytes) -> NDArray[np.float32]:
    """From the wire form: two 16-bit numbers, then big-endian floats. As text, 10,000 take seconds to read."""
    import numpy as np

    return np.frombuffer(sent, dtype=">f4", offset=4).astype(np.float32)


def _upsert() -> Any:
    statement = insert(EmbeddingRow)
    fresh = {"vector": statement.excluded.vector, "text_hash": statement.excluded.text_hash, "created_at": func.now()}
    key = [EmbeddingRow.tenant, EmbeddingRow.interaction_id, EmbeddingRow.embedder]
    return statement.on_conflict_do_update(index_elements=key, set_=fresh)


def _all(tenant: str, embedder: str) -> Select[Any]:
    columns = (EmbeddingRow.interaction_id, InteractionRow.issue, InteractionRow.key_phrases, _sent())
    joined = select(*columns).join(InteractionRow, _of_interaction())
    conditions = (
        EmbeddingRow.tenant == tenant,
        EmbeddingRow.embedder == embedder,
        *_living(),
    )
    return joined.where(*conditions).order_by(EmbeddingRow.text_hash, InteractionRow.content_id)


def _sent() -> ColumnElement[bytes]:
    return func.vector_send(EmbeddingRow.vector, type_=LargeBinary).label("vector")


def _of_interaction() -> ColumnElement[bool]:
    return (InteractionRow.tenant == EmbeddingRow.tenant) & (InteractionRow.id == EmbeddingRow.interaction_id)


def _living() -> tuple[ColumnElement[bool], ...]:
    return (InteractionRow.is_current.is_(True), InteractionRow.state != State.QUARANTINED.value)
