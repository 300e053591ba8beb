"""What people do to reasons. Each change is one transaction with an event that says who did what; contacts follow.

Later discoveries heed it (``data.registry_discovery``). Nothing is deleted, no id is given twice, and no contact is
lost: after every change each has one reason or honestly none.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, func
from sqlalchemy.orm import Session

from data import lineage
from data.audit import AuditStore
from data.errors import Conflict
from data.ids import new_id
from data.reason_records import EventKind, Part, ReasonChange, Seed
from data.registry_contacts import Contacts
from data.registry_restore import restore
from data.registry_rows import ABOVE, RegistryRows, a_name, hold
from data.registry_split import split
from data.registry_state import RegistryState
from data.tables import AssignmentRow, ReasonRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

REPRESENTATIVES = 3


class RegistryStore:
    """``actor`` is who does it, as the audit names them."""

    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant
        self._rows = RegistryRows(session, tenant)
        self._contacts = Contacts(session, tenant)

    def rename(self, reason_id: uuid.UUID | str, name: str, *, actor: str) -> None:
        """A person's name for it, which discoveries keep. Raises NotFound, Conflict, FieldInvalid (permanent)."""
        self._hold()
        row = self._rows.active(reason_id)
        before, row.name, row.name_source = row.name, self._free(name, row), "human"
        self._did("renamed", row, actor, detail={"from": before, "to": row.name})

    def pin(self, reason_id: uuid.UUID | str, *, actor: str) -> None:
        """From now on no discovery merges, splits, retires or renames it. Raises NotFound, Conflict (permanent)."""
        self._pin(reason_id, actor, pinned=True)

    def unpin(self, reason_id: uuid.UUID | str, *, actor: str) -> None:
        """Raises NotFound, Conflict (permanent)."""
        self._pin(reason_id, actor, pinned=False)

    def merge(self, reason_id: uuid.UUID | str, into: uuid.UUID | str, *, actor: str) -> None:
        """Its contacts, and what is below it, go to another of its level. Raises NotFound, Conflict (permanent)."""
        self._hold()
        row = self._rows.active(reason_id)
        target = self._rows.active(into, row.level)  # type: ignore[arg-type]  # the table's check allows the levels
        if row is target:
            raise Conflict("a reason cannot be merged into itself")
        before, children = self._contacts.count(row), self._rows.below([row.id])
        for child in children:
            child.parent_id = target.id
        row.state, row.merged_into, row.pinned = "retired", target.id, False
        target.representatives = _alternating(target.representatives, row.representatives)
        self._session.flush()
        self._contacts.move(*_followed(row, target.id, target.parent_id), "merge")
        self._measure(row, target)
        self._did("merged", row, actor, [target.id], before=before, after=target.size, detail=_ids(children))

    def split(self, reason_id: uuid.UUID | str, parts: Sequence[Part], *, actor: str) -> tuple[uuid.UUID, ...]:
        """A reason becomes several, each shown by examples; every other contact goes to the part it is nearest to.

        One part is taken out of the reason, which stays for the rest; of several, the largest keeps the reason's id.
        Returns the id of each part. The examples count as corrections. Raises NotFound, Conflict, FieldInvalid
        (permanent).
        """
        self._hold()
        row = self._rows.active(reason_id, "reason")
        ids, changes = split(self._rows, self._contacts, row, parts, actor)
        self._measure(*map(self._rows.get, {row.id, *ids}))
        for change in changes:
            changed = self._rows.get(change.reason_id)
            self._did(
                change.kind,
                changed,
                actor,
                change.others,
                before=change.size_before,
                after=changed.size,
                detail=change.detail,
            )
        return ids

    def move(self, reason_id: uuid.UUID | str, parent_id: uuid.UUID | str | None, *, actor: str) -> None:
        """A reason goes to another group or out of all (None), a detail to another reason, with its contacts.

        Raises NotFound, Conflict (permanent).
        """
        self._hold()
        row = self._rows.active(reason_id, "reason", "detail")
        above = ABOVE[row.level]
        assert above is not None
        parent = self._rows.active(parent_id, above) if parent_id is not None else None
        if row.level == "detail" and parent is None:
            raise Conflict("a detail is always below a reason")
        before = row.parent_id
        row.parent_id = parent.id if parent else None
        self._session.flush()
        if row.level == "detail" and parent:
            self._contacts.move(*_followed(row, row.id, parent.id), "move")
        self._measure(row, *([self._rows.get(before)] if before else []))
        self._did("moved", row, actor, [parent.id] if parent else [], detail={"from": str(before) if before else None})

    def group(self, name: str, *, like: uuid.UUID | str, actor: str) -> uuid.UUID:
        """The group of that name; where there is none a new one, which is about what ``like`` is about.

        Raises NotFound, FieldInvalid (permanent).
        """
        self._hold()
        row = self._rows.get(like)
        return self._group(a_name(name), row.embedder, row.centroid, actor).id

    def seed(
        self, seeds: Sequence[Seed], *, embedder: str, actor: str, starter: str | None = None
    ) -> tuple[uuid.UUID, ...]:
        """Reasons that are known before anyone has them; returns their ids in order.

        One whose name there is already is that one, unchanged. Raises FieldInvalid (permanent).
        """
        self._hold()
        return tuple(self._seed(seed, embedder, actor, starter) for seed in seeds)

    def retire(self, reason_id: uuid.UUID | str, *, actor: str) -> tuple[uuid.UUID, ...]:
        """It is no reason any more; returns the contacts that are without one now.

        No discovery brings it back. What was in a group stands outside of all; the details of a reason end with it.
        Raises NotFound, Conflict (permanent).
        """
        self._hold()
        row = self._rows.active(reason_id)
        before, children = self._contacts.count(row), self._rows.below([row.id])
        for child in children if row.level == "group" else ():
            child.parent_id = None
        for ended in (row, *(children if row.level == "reason" else ())):
            ended.state, ended.pinned, ended.merged_into = "retired", False, None
        self._session.flush()
        which, change = _followed(row, None, row.parent_id)
        left = self._contacts.having(which) if row.level == "reason" else ()
        self._contacts.move(which, change, "retire")
        self._measure(row)
        self._did("retired", row, actor, before=before, after=0, detail=_ids(children))
        for detail in children if row.level == "reason" else ():
            self._did("retired", detail, actor, after=0)
        return tuple(left)

    def restore(self, reason_id: uuid.UUID | str, *, actor: str) -> None:
        """A reason that was retired or merged lives again, with the contacts that it had, where nobody corrected them.

        Raises NotFound, Conflict (permanent).
        """
        self._hold()
        row = self._rows.get(reason_id)
        if row.state == "active":
            raise Conflict(f"{row.name!r} is active")
        self._free(row.name, row)
        holder = restore(self._rows, self._contacts, row)
        self._measure(row, *([self._rows.get(holder)] if holder else []))
        self._did("restored", row, actor, [holder] if holder else [], after=row.size)

    def resolve(self, reason_id: uuid.UUID | str) -> uuid.UUID | None:
        """The reason that holds its contacts today; None where it was retired. Raises NotFound (permanent)."""
        return lineage.resolve(self._session, self._tenant, reason_id)

    def unassigned(self) -> tuple[uuid.UUID, ...]:
        """The contacts without a reason, but for those of which a person said that they have none."""
        none = and_(AssignmentRow.reason_id.is_(None), AssignmentRow.source != "human")
        return tuple(self._contacts.having(none))

    def state(self) -> RegistryState:
        """What a discovery must heed; nobody changes it until the transaction ends."""
        self._hold()
        return RegistryState(self._session, self._tenant)

    def _hold(self) -> None:
        self._at = hold(self._session, self._tenant)

    def _pin(self, reason_id: uuid.UUID | str, actor: str, *, pinned: bool) -> None:
        self._hold()
        row = self._rows.active(reason_id)
        if row.pinned != pinned:
            row.pinned = pinned
            self._did("pinned" if pinned else "unpinned", row, actor)

    def _free(self, name: str, row: ReasonRow) -> str:
        """The name, which no other of its level has."""
        wanted = a_name(name)
        other = self._rows.named(wanted, row.level, row.parent_id)  # type: ignore[arg-type]  # the table checks it
        if other is not None and other.id != row.id:
            raise Conflict(f"there is a {row.level} {wanted!r} already: merge the two, or choose another name")
        return wanted

    def _group(self, name: str, embedder: str, centroid: NDArray[Any], actor: str) -> ReasonRow:
        found = self._rows.named(name, "group")
        return found or self._new(name, embedder, centroid, actor, level="group", source="human")

    def _seed(self, seed: Seed, embedder: str, actor: str, starter: str | None) -> uuid.UUID:
        name = a_name(seed.name)
        found = self._rows.named(name, "reason")
        if found is not None:
            return found.id
        group = self._group(a_name(seed.group), embedder, seed.centroid, actor) if seed.group else None
        row = self._new(
            name,
            embedder,
            seed.centroid,
            actor,
            detail={"starter": starter} if starter else {},
            parent_id=group.id if group else None,
            source="seed",
            keywords=list(seed.keywords),
            description=seed.description,
        )
        return row.id

    def _new(
        self,
        name: str,
        embedder: str,
        centroid: NDArray[Any],
        actor: str,
        *,
        detail: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> ReasonRow:
        row = ReasonRow(
            tenant=self._tenant,
            id=new_id(),
            name=name,
            name_source="human",
            embedder=embedder,
            centroid=centroid,
            size=0,
            **columns,
        )
        self._session.add(row)
        self._session.flush()
        self._did("seeded", row, actor, after=0, detail=detail)
        return row

    def _measure(self, *rows: ReasonRow) -> None:
        """These, and what is above them."""
        self._session.flush()
        above = {row.parent_id for row in rows} - {None}
        everything = {row.id: row for row in (*rows, *(self._rows.get(parent) for parent in above if parent))}
        top = {row.parent_id for row in everything.values() if row.parent_id and row.parent_id not in everything}
        self._contacts.measure([*everything.values(), *map(self._rows.get, top)])

    def _did(
        self,
        kind: EventKind,
        row: ReasonRow,
        actor: str,
        others: Sequence[uuid.UUID] = (),
        *,
        before: int | None = None,
        after: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """The event, and the audit's entry, which has no names: a person may have put anything there."""
        row.updated_at = func.now()
        self._session.flush()
        change = ReasonChange(
            kind=kind,
            reason_id=row.id,
            others=tuple(others),
            size_before=before,
            size_after=after,
            actor=actor,
            detail=detail or {},
        )
        self._rows.tell([change], at=self._at)
        audited = {"others": [str(other) for other in others], "contacts": before if before is not None else after}
        AuditStore(self._session, self._tenant).write(actor, f"reason.{kind}", str(row.id), audited)


def _followed(row: ReasonRow, reason_id: uuid.UUID | None, parent_id: uuid.UUID | None) -> tuple[Any, Any]:
    """Whose assignments change when ``row`` becomes ``reason_id``, which is below ``parent_id``; and how."""
    match row.level:
        case "reason" if reason_id is None:
            return AssignmentRow.reason_id == row.id, lambda _: {"reason_id": None, "detail_id": None}
        case "reason":
            return AssignmentRow.reason_id == row.id, lambda _: {"reason_id": reason_id}
        case "detail":
            return AssignmentRow.detail_id == row.id, lambda _: {"detail_id": reason_id, "reason_id": parent_id}
        case _:
            return false(), lambda _: {}


def _ids(rows: Sequence[ReasonRow]) -> dict[str, Any]:
    return {"children": [str(row.id) for row in rows]} if rows else {}


def _alternating(first: Sequence[uuid.UUID], second: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    pairs = chain.from_iterable(zip_longest(first, second))
    return list(dict.fromkeys(one for one in pairs if one))[:REPRESENTATIVES]
