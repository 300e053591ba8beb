"""A tenant's lists of phrases, each phrase once, with what is told of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, delete, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.errors import ReasonanceError

BATCH = 1000


class HasPhrase(Protocol):
    @property
    def phrase(self) -> str: ...


Entry = TypeVar("Entry", bound=HasPhrase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of entries that were handed in."""

    new: int
    changed: int
    repeated: int


class PhraseList(ABC, Generic[Entry]):
    """A list's table has ``tenant`` and ``phrase`` as its key, and a column for each field of an entry."""

    table: ClassVar[Any]
    fields: ClassVar[tuple[str, ...]]
    """Of an entry, beside the phrase."""
    most: ClassVar[int]
    full: ClassVar[type[ReasonanceError]]

    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    @abstractmethod
    def entry(self, row: Any) -> Entry:
        """What a row of the table says."""

    def all(self) -> tuple[Entry, ...]:
        """By phrase."""
        statement = select(self.table).where(self.table.tenant == self._tenant).order_by(self.table.phrase)
        return tuple(self.entry(row) for row in self._session.scalars(statement))

    def put(self, entries: Sequence[Entry]) -> Stored:
        """Stores them; one that is there already is replaced. Raises what the list's ``full`` says (permanent)."""
        last = list({entry.phrase: entry for entry in entries}.values())
        found = [new for begin in range(0, len(last), BATCH) for new in self._put(last[begin : begin + BATCH])]
        if self._count() > self.most:
            raise self.full(f"at most {self.most}")
        new = sum(found)
        return Stored(new=new, changed=len(found) - new, repeated=len(entries) - len(found))

    def remove(self, phrases: Sequence[str]) -> int:
        """How many of them there were."""
        wanted = (self.table.tenant == self._tenant, self.table.phrase.in_(phrases))
        return len(self._session.scalars(delete(self.table).where(*wanted).returning(self.table.phrase)).all())

    def _put(self, entries: Sequence[Entry]) -> Sequence[bool]:
        """For each that is new or has changed, whether it is new."""
        statement = insert(self.table).values([self._values(entry) for entry in entries])
        told = {name: statement.excluded[name] for name in self.fields}
        differs = or_(*(getattr(self.table, name).is_distinct_from(value) for name, value in told.items()))
        upsert = statement.on_conflict_do_update(
            index_elements=[self.table.tenant, self.table.phrase], set_=told, where=differs
        )
        # A row that was inserted has no transaction that ended it.
        is_new: ColumnElement[bool] = literal_column(f"{self.table.__tablename__}.xmax = 0")
        return self._session.scalars(upsert.returning(is_new)).all()

    def _values(self, entry: Entry) -> dict[str, Any]:
        told = {name: getattr(entry, name) for name in self.fields}
        told = {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}
        return {"tenant": self._tenant, "phrase": entry.phrase, **told}

    def _count(self) -> int:
        statement = select(func.count()).select_from(self.table).where(self.table.tenant == self._tenant)
        return self._session.scalar(statement) or 0
