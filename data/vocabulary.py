"""A tenant's vocabulary: the names its calls are about, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.errors import VocabularyFull
from data.tables import VocabularyRow
from data.types import VocabularyEntry

MAX_ENTRIES = 10_000
"""A name is looked for in all that was heard: what nobody says costs time and can only do harm."""
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyStored:
    """What became of entries that were handed in."""

    new: int
    changed: int
    repeated: int


class VocabularyStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def all(self) -> tuple[VocabularyEntry, ...]:
        """By phrase."""
        statement = select(VocabularyRow).where(VocabularyRow.tenant == self._tenant).order_by(VocabularyRow.phrase)
        return tuple(_entry(row) for row in self._session.scalars(statement))

    def put(self, entries: Sequence[VocabularyEntry]) -> VocabularyStored:
        """Stores them; one that is there already is replaced. Raises VocabularyFull (permanent)."""
        last = list({entry.phrase: entry for entry in entries}.values())
        found = [new for begin in range(0, len(last), BATCH) for new in self._put(last[begin : begin + BATCH])]
        if self._count() > MAX_ENTRIES:
            raise VocabularyFull(f"at most {MAX_ENTRIES}")
        new = sum(found)
        return VocabularyStored(new=new, changed=len(found) - new, repeated=len(entries) - len(found))

    def remove(self, phrases: Sequence[str]) -> int:
        """How many of them there were."""
        wanted = (VocabularyRow.tenant == self._tenant, VocabularyRow.phrase.in_(phrases))
        statement = delete(VocabularyRow).where(*wanted).returning(VocabularyRow.phrase)
        return len(self._session.scalars(statement).all())

    def _put(self, entries: Sequence[VocabularyEntry]) -> Sequence[bool]:
        """For each that is new or has changed, whether it is new."""
        statement = insert(VocabularyRow).values([_values(entry, self._tenant) for entry in entries])
        told = {name: statement.excluded[name] for name in ("kind", "spoken", "language")}
        differs = or_(*(getattr(VocabularyRow, name).is_distinct_from(value) for name, value in told.items()))
        upsert = statement.on_conflict_do_update(
            index_elements=[VocabularyRow.tenant, VocabularyRow.phrase], set_=told, where=differs
        )
        # A row that was inserted has no transaction that ended it.
        return self._session.scalars(upsert.returning(literal_column("vocabulary.xmax = 0"))).all()

    def _count(self) -> int:
        statement = select(func.count()).select_from(VocabularyRow).where(VocabularyRow.tenant == self._tenant)
        return self._session.scalar(statement) or 0


def _values(entry: VocabularyEntry, tenant: str) -> dict[str, object]:
    return {
        "tenant": tenant,
        "phrase": entry.phrase,
        "kind": entry.kind,
        "spoken": list(entry.spoken),
        "language": entry.language,
    }


def _entry(row: VocabularyRow) -> VocabularyEntry:
    return VocabularyEntry(
        phrase=row.phrase,
        kind=row.kind,  # type: ignore[arg-type]  # the table admits no other
        spoken=tuple(row.spoken),
        language=row.language,
    )
