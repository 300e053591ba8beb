"""Categories: rules with a name, as saved queries with versions; what they were found in is in ``category_matches``.

A version is saved, published, and then applied to all history. Until it is applied, the results are those of the
version before it, and say so (F45).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from data.errors import Conflict, FieldInvalid, NotFound
from data.filters import category_named_so
from data.ids import new_id, parse_id
from data.tables import CategoryMatchRow, CategoryRow, CategoryVersionRow

MAX_NAME = 200
CategoryState: TypeAlias = Literal["draft", "published", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An alert is raised where the share of the last ``days`` whole days is ``side`` of ``share`` (0–1)."""

    share: float
    side: Literal["above", "below"] = "above"
    days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryVersion:
    """One wording of the rule. The counts are of the time at which it was applied; None until then."""

    version: int
    query: str
    note: str
    author: str
    created_at: dt.datetime
    published_at: dt.datetime | None
    applied_at: dt.datetime | None
    matched: int | None
    not_matched: int | None
    not_evaluated: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRecord:
    """``versions``: the newest first. ``applied`` is the one that results are of."""

    id: uuid.UUID
    name: str
    state: CategoryState
    published: int | None
    applied: int | None
    bound: Bound | None
    created_at: dt.datetime
    versions: tuple[CategoryVersion, ...]

    @property
    def newest(self) -> CategoryVersion:
        return self.versions[0]

    @property
    def shown(self) -> CategoryVersion:
        """What it means today: the published version, before the first publication the newest."""
        return self.version(self.published) if self.published else self.newest

    @property
    def waits(self) -> bool:
        """Whether history is still to be held against the published version."""
        return self.published != self.applied

    def version(self, number: int) -> CategoryVersion:
        """Raises NotFound (permanent)."""
        for one in self.versions:
            if one.version == number:
                return one
        raise NotFound(f"version {number} of {self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryLabel:
    """A category with the version that its results are of, as lists and trends name it (F45)."""

    id: uuid.UUID
    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"


class CategoryStore:
    """A tenant's categories. Who changes one holds its row until the transaction ends."""

    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def list(self, *, retired: bool = False) -> tuple[CategoryRecord, ...]:
        """By name."""
        wanted = [CategoryRow.tenant == self._tenant]
        if not retired:
            wanted.append(CategoryRow.retired_at.is_(None))
        return self._records(select(CategoryRow).where(*wanted).order_by(func.lower(CategoryRow.name)))

    def get(self, category_id: uuid.UUID | str) -> CategoryRecord:
        """Raises NotFound (permanent)."""
        mine = (CategoryRow.tenant == self._tenant, CategoryRow.id == parse_id(category_id))
        found = self._records(select(CategoryRow).where(*mine))
        if not found:
            raise NotFound(f"category {category_id}")
        return found[0]

    def find(self, name_or_id: str) -> CategoryRecord:
        """By name in any case, or by id. Raises NotFound (permanent)."""
        wanted = " ".join(name_or_id.split())
        if not wanted.isprintable():
            raise NotFound("no category has such a name")
        mine = (CategoryRow.tenant == self._tenant, func.lower(CategoryRow.name) == wanted.lower())
        found = self._records(select(CategoryRow).where(*mine))
        return found[0] if found else self.get(name_or_id)

    def labels(self, names_or_ids: Collection[str]) -> tuple[CategoryLabel, ...]:
        """As a filter finds them; what is no category, or has no results, has none."""
        row = CategoryRow
        chosen = or_(false(), *map(category_named_so, names_or_ids))
        mine = (row.tenant == self._tenant, row.applied_version.is_not(None), chosen)
        statement = select(row.id, row.name, row.applied_version.label("version")).where(*mine)
        found = self._session.execute(statement.order_by(func.lower(row.name))) if names_or_ids else ()
        return tuple(CategoryLabel(id=one.id, name=one.name, version=one.version) for one in found)

    def create(self, name: str, query: str, *, author: str, note: str = "") -> CategoryRecord:
        """A draft with its first version. Raises FieldInvalid, Conflict (permanent): the name."""
        row = CategoryRow(tenant=self._tenant, id=new_id(), name=self._free_name(name))
        self._session.add(row)
        self._session.flush()
        return self._add_version(row.id, 1, query, author, note)

    def revise(self, category_id: uuid.UUID | str, query: str, *, author: str, note: str = "") -> CategoryRecord:
        """Adds a version; what is published stays so. The newest one again is no new one.

        Raises NotFound (permanent).
        """
        row = self._held(category_id)
        known = self.get(row.id)
        if known.newest.query == query:
            return known
        return self._add_version(row.id, known.newest.version + 1, query, author, note)

    def rename(self, category_id: uuid.UUID | str, name: str) -> CategoryRecord:
        """Raises NotFound, FieldInvalid, Conflict (permanent)."""
        row = self._held(category_id)
        row.name = self._free_name(name, but=row.id)
        return self._after(row)

    def publish(self, category_id: uuid.UUID | str, version: int | None = None) -> CategoryRecord:
        """What counts from now on: a version, the newest if None; one that was retired lives again.

        It is still to be applied to history. Raises NotFound (permanent).
        """
        row = self._held(category_id)
        chosen = self.get(row.id).version(version) if version else self.get(row.id).newest
        found = self._session.get_one(CategoryVersionRow, (self._tenant, row.id, chosen.version))
        found.published_at = func.now()
        row.published_version, row.retired_at = chosen.version, None
        return self._after(row)

    def retire(self, category_id: uuid.UUID | str) -> CategoryRecord:
        """Ends it: its versions stay, its results go. Raises NotFound (permanent)."""
        row = self._held(category_id)
        row.published_version = row.applied_version = None
        row.retired_at = func.now()
        # Before its results go: whose tags it was is read from them.
        self._session.flush()
        mine = (CategoryMatchRow.tenant == self._tenant, CategoryMatchRow.category_id == row.id)
        self._session.execute(CategoryMatchRow.__table__.delete().where(*mine))  # type: ignore[attr-defined]  # a Table
        return self._after(row)

    def set_bound(self, category_id: uuid.UUID | str, bound: Bound | None) -> CategoryRecord:
        """Raises NotFound, FieldInvalid (permanent)."""
        if bound is not None and not (0 <= bound.share <= 1 and 1 <= bound.days <= 366):
            raise FieldInvalid("a bound is a share of 0–1 over 1 to 366 days")
        row = self._held(category_id)
        row.bound_share = bound.share if bound else None
        row.bound_side = bound.side if bound else None
        row.bound_days = bound.days if bound else None
        return self._after(row)

    def _free_name(self, name: str, but: uuid.UUID | None = None) -> str:
        wanted = " ".join(name.split())
        if not 0 < len(wanted) <= MAX_NAME or not wanted.isprintable():
            raise FieldInvalid(f"a category has a name of at most {MAX_NAME} characters")
        mine = (CategoryRow.tenant == self._tenant, func.lower(CategoryRow.name) == wanted.lower())
        taken = self._session.scalar(select(CategoryRow.id).where(*mine))
        if taken is not None and taken != but:
            raise Conflict(f"there is a category {wanted}")
        return wanted

    def _held(self, category_id: uuid.UUID | str) -> CategoryRow:
        mine = (CategoryRow.tenant == self._tenant, CategoryRow.id == parse_id(category_id))
        row = self._session.scalar(select(CategoryRow).where(*mine).with_for_update())
        if row is None:
            raise NotFound(f"category {category_id}")
        return row

    def _add_version(self, category_id: uuid.UUID, version: int, query: str, author: str, note: str) -> CategoryRecord:
        key = {"tenant": self._tenant, "category_id": category_id, "version": version}
        told = "".join(filter(str.isprintable, note))
        self._session.add(CategoryVersionRow(**key, query=query, author=author, note=told))
        self._session.flush()
        return self.get(category_id)

    def _after(self, row: CategoryRow) -> CategoryRecord:
        self._session.flush()
        return self.get(row.id)

    def _records(self, statement: Any) -> tuple[CategoryRecord, ...]:
        rows = self._session.scalars(statement.execution_options(populate_existing=True)).all()
        versions = self._versions([row.id for row in rows])
        return tuple(_record(row, versions[row.id]) for row in rows)

    def _versions(self, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[CategoryVersion, ...]]:
        mine = (CategoryVersionRow.tenant == self._tenant, CategoryVersionRow.category_id.in_(ids))
        statement = select(CategoryVersionRow).where(*mine).order_by(CategoryVersionRow.version.desc())
        found: dict[uuid.UUID, list[CategoryVersion]] = {one: [] for one in ids}
        for row in self._session.scalars(statement.execution_options(populate_existing=True)):
            found[row.category_id].append(_version(row))
        return {one: tuple(listed) for one, listed in found.items()}


def _record(row: CategoryRow, versions: tuple[CategoryVersion, ...]) -> CategoryRecord:
    state: CategoryState = "retired" if row.retired_at else "published" if row.published_version else "draft"
    return CategoryRecord(
        id=row.id,
        name=row.name,
        state=state,
        published=row.published_version,
        applied=row.applied_version,
        bound=_bound(row),
        created_at=row.created_at,
        versions=versions,
    )


def _bound(row: CategoryRow) -> Bound | None:
    if row.bound_share is None or row.bound_days is None:
        return None
    return Bound(share=row.bound_share, side="below" if row.bound_side == "below" else "above", days=row.bound_days)


PLAIN = (
    *("version", "query", "note", "author", "created_at", "published_at", "applied_at"),
    *("matched", "not_matched", "not_evaluated"),
)


def _version(row: CategoryVersionRow) -> CategoryVersion:
    return CategoryVersion(**{name: getattr(row, name) for name in PLAIN})
