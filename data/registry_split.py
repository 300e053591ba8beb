"""One reason becomes several, shown by examples."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from data.errors import Conflict, FieldInvalid
from data.ids import new_id
from data.reason_records import Part, ReasonChange
from data.registry_contacts import Contacts
from data.registry_rows import RegistryRows, a_name
from data.tables import AssignmentRow, CorrectionRow, EmbeddingRow, ReasonRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REPRESENTATIVES = 3
Places = dict[uuid.UUID, int]
"""Of each contact the number of its part."""


def split(
    rows: RegistryRows, contacts: Contacts, row: ReasonRow, parts: Sequence[Part], actor: str
) -> tuple[tuple[uuid.UUID, ...], tuple[ReasonChange, ...]]:
    """The id of each part, and what happened. Raises Conflict, FieldInvalid (permanent)."""
    members = contacts.having(AssignmentRow.reason_id == row.id)
    shown = _shown(rows, row, parts, members)
    places = _places(_vectors(rows, row, members), shown, members, len(parts))
    ids = _ids(row, parts, places)
    before = row.name
    for part, reason_id in zip(parts, ids, strict=True):
        _store(rows, row, part, reason_id)
    owners = [*ids, row.id]
    reason_of = {contact: owners[place] for contact, place in places.items()}
    detail_of = _details(rows, row, reason_of)
    contacts.move(AssignmentRow.reason_id == row.id, lambda given: _given(given, row, reason_of, detail_of), "split")
    _correct(rows, row, {contact: reason_of[contact] for contact in shown}, reason_of, actor)
    return ids, _changes(row, before, ids, len(members))


def _shown(rows: RegistryRows, row: ReasonRow, parts: Sequence[Part], members: Sequence[uuid.UUID]) -> Places:
    """The examples' places. Each names a part of its own, and is an example of one."""
    shown: Places = {}
    names = [a_name(part.name).lower() for part in parts]
    if not parts or len(set(names)) < len(names) or not all(part.examples for part in parts):
        raise FieldInvalid("each part has a name of its own and at least one example")
    for number, part in enumerate(parts):
        other = rows.named(a_name(part.name), "reason")
        if other is not None and (other.id != row.id or len(parts) == 1):
            raise Conflict(f"there is a reason {other.name!r} already")
        for contact in part.examples:
            if shown.setdefault(contact, number) != number:
                raise FieldInvalid(f"contact {contact} is an example of two parts")
    strangers = sorted(map(str, shown.keys() - set(members)))
    if strangers:
        raise Conflict(f"{len(strangers)} examples are not of this reason: {strangers[0]}")
    return shown


def _vectors(
    rows: RegistryRows, row: ReasonRow, members: Sequence[uuid.UUID]
) -> dict[uuid.UUID, NDArray[np.floating[Any]]]:
    wanted = (
        EmbeddingRow.tenant == rows.tenant,
        EmbeddingRow.embedder == row.embedder,
        EmbeddingRow.interaction_id.in_(members),
    )
    found = rows.session.execute(select(EmbeddingRow.interaction_id, EmbeddingRow.vector).where(*wanted))
    return {row.interaction_id: row.vector for row in found}


def _places(
    vectors: Mapping[uuid.UUID, NDArray[np.floating[Any]]], shown: Places, members: Sequence[uuid.UUID], parts: int
) -> Places:
    """Each contact's part: as shown, else the nearest by the cosine of its mean; the last is what is left of one."""
    import numpy as np

    groups = [[vectors[c] for c, place in shown.items() if place == number and c in vectors] for number in range(parts)]
    if parts == 1:
        groups.append([vectors[contact] for contact in members if contact in vectors and contact not in shown])
    usable = [number for number, group in enumerate(groups) if group]
    elsewhere = parts if parts == 1 else Counter(shown.values()).most_common(1)[0][0]
    if not usable:
        return {contact: shown.get(contact, elsewhere) for contact in members}
    means = np.stack([np.mean(groups[number], axis=0) for number in usable])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    nearest = {contact: usable[int((means @ vector).argmax())] for contact, vector in vectors.items()}
    return {contact: shown.get(contact, nearest.get(contact, elsewhere)) for contact in members}


def _ids(row: ReasonRow, parts: Sequence[Part], places: Places) -> tuple[uuid.UUID, ...]:
    """The largest of several parts keeps the id; the first of those that are as large."""
    sizes = Counter(places.values())
    continued = max(range(len(parts)), key=lambda number: (sizes[number], -number)) if len(parts) > 1 else None
    return tuple(row.id if number == continued else new_id() for number in range(len(parts)))


def _store(rows: RegistryRows, row: ReasonRow, part: Part, reason_id: uuid.UUID) -> None:
    representatives = list(part.examples[:REPRESENTATIVES])
    if reason_id == row.id:
        row.name, row.name_source, row.representatives = a_name(part.name), "human", representatives
    else:
        fresh = ReasonRow(
            tenant=rows.tenant,
            id=reason_id,
            parent_id=row.parent_id,
            name=a_name(part.name),
            name_source="human",
            source="human",
            keywords=list(row.keywords),
            embedder=row.embedder,
            centroid=row.centroid,
            size=0,
            representatives=representatives,
        )
        rows.session.add(fresh)
    rows.session.flush()


def _details(
    rows: RegistryRows, row: ReasonRow, reason_of: Mapping[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """The reason that each detail goes to: that which most of its contacts go to."""
    owners: dict[uuid.UUID, uuid.UUID] = {}
    for detail in rows.below([row.id]):
        wanted = (
            AssignmentRow.tenant == rows.tenant,
            AssignmentRow.is_current,
            AssignmentRow.is_primary,
            AssignmentRow.detail_id == detail.id,
        )
        having = rows.session.scalars(select(AssignmentRow.interaction_id).where(*wanted))
        most = Counter(reason_of[contact] for contact in having if contact in reason_of).most_common(1)
        owners[detail.id] = detail.parent_id = most[0][0] if most else row.id
    rows.session.flush()
    return owners


def _given(
    given: Any,
    row: ReasonRow,
    reason_of: Mapping[uuid.UUID, uuid.UUID],
    detail_of: Mapping[uuid.UUID, uuid.UUID],
) -> dict[str, Any]:
    """A contact that has the reason beside another keeps it: what its vector is of is the other."""
    reason_id = reason_of[given.interaction_id] if given.is_primary else row.id
    return {
        "reason_id": reason_id,
        "detail_id": given.detail_id if detail_of.get(given.detail_id) == reason_id else None,
    }


def _correct(
    rows: RegistryRows,
    row: ReasonRow,
    shown: Mapping[uuid.UUID, uuid.UUID],
    reason_of: Mapping[uuid.UUID, uuid.UUID],
    actor: str,
) -> None:
    """Examples are a person's word on their contacts. An older word holds only where the reason is the same still."""
    moved = [contact for contact, reason_id in reason_of.items() if reason_id != row.id]
    ended = (
        CorrectionRow.tenant == rows.tenant,
        CorrectionRow.is_current,
        CorrectionRow.interaction_id.in_([*moved, *shown]),
    )
    rows.session.execute(update(CorrectionRow).where(*ended).values(is_current=False))
    rows.session.execute(
        insert(CorrectionRow).values(at=func.clock_timestamp()),
        [
            {
                "tenant": rows.tenant,
                "id": new_id(),
                "interaction_id": contact,
                "reason_id": reason_id,
                "previous_id": row.id,
                "actor": actor,
            }
            for contact, reason_id in shown.items()
        ],
    )
    its = (
        AssignmentRow.tenant == rows.tenant,
        AssignmentRow.is_current,
        AssignmentRow.is_primary,
        AssignmentRow.interaction_id.in_(list(shown)),
    )
    rows.session.execute(update(AssignmentRow).where(*its).values(source="human"))


def _changes(row: ReasonRow, before: str, ids: Sequence[uuid.UUID], size: int) -> tuple[ReasonChange, ...]:
    fresh = [reason_id for reason_id in ids if reason_id != row.id]
    split_off = [
        ReasonChange(kind="split", reason_id=reason_id, others=(row.id,), size_before=size) for reason_id in fresh
    ]
    if row.name == before:
        return tuple(split_off)
    renamed = ReasonChange(kind="renamed", reason_id=row.id, size_before=size, detail={"from": before, "to": row.name})
    return (*split_off, renamed)
