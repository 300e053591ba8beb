"""People's word on the reasons of contacts: the last one on a contact holds, through every later discovery.

What the assigner makes of it for other contacts is kept beside it: ``learned``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from data.audit import AuditStore
from data.errors import NotFound
from data.filters import current_assignment
from data.ids import new_id, parse_id
from data.lineage import heirs
from data.registry_assignments import Assignments
from data.registry_contacts import lock
from data.registry_rows import RegistryRows, hold
from data.registry_state import RegistryState
from data.tables import AssignmentRow, CorrectionRow, DiscoveryRow, InteractionRow, ReasonRow
from data.types import Provenance, ReasonAssignment, State

PROVENANCE = Provenance(component="correction", version="1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """``reason_id`` is None where the contact has none of the reasons; ``previous_id`` is what it had before."""

    id: uuid.UUID
    interaction_id: uuid.UUID
    reason_id: uuid.UUID | None
    previous_id: uuid.UUID | None
    actor: str
    at: dt.datetime
    is_current: bool
    learned: bool | None
    """Whether the assigner follows it; None until that is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a contact has now, and what the agent said of it. ``source`` says who gave the reason."""

    interaction_id: uuid.UUID
    reason_id: str | None
    nearest_id: str | None
    confidence: float
    source: str
    wrap_up_code: str | None


class CorrectionStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def correct(self, interaction_id: uuid.UUID | str, reason_id: uuid.UUID | str | None, *, actor: str) -> Correction:
        """The contact's reason from now on, whatever is discovered or assigned later; None: it has none of them.

        Correction, assignment and audit become durable together. Raises NotFound, Conflict (permanent): no such
        contact or reason, or one that is not active or no reason but a group or detail.
        """
        hold(self._session, self._tenant, shared=True)
        contact = self._contact(interaction_id)
        lock(self._session, self._tenant, [contact])
        reason = RegistryRows(self._session, self._tenant).active(reason_id, "reason").id if reason_id else None
        previous = self._reason_of(contact)
        self._end(contact)
        row = CorrectionRow(
            tenant=self._tenant,
            id=new_id(),
            interaction_id=contact,
            reason_id=reason,
            previous_id=previous,
            actor=actor,
            at=func.clock_timestamp(),
        )
        self._session.add(row)
        self._session.flush()
        self._assign(contact, reason)
        detail = {"from": str(previous) if previous else None, "to": str(reason) if reason else None}
        AuditStore(self._session, self._tenant).write(actor, "interaction.reason.corrected", str(contact), detail)
        self._session.refresh(row)
        return _correction(row)

    def current(self) -> dict[uuid.UUID, str | None]:
        """By contact, the reason that a person gave it, or None for none; in place of an ended reason its heir."""
        return RegistryState(self._session, self._tenant).corrections()

    def history(self, interaction_id: uuid.UUID | str) -> tuple[Correction, ...]:
        """All that was ever said of a contact, newest first. Raises NotFound (permanent)."""
        contact = self._contact(interaction_id)
        wanted = (CorrectionRow.tenant == self._tenant, CorrectionRow.interaction_id == contact)
        rows = self._session.scalars(select(CorrectionRow).where(*wanted).order_by(CorrectionRow.at.desc()))
        return tuple(map(_correction, rows))

    def lessons(self) -> tuple[Correction, ...]:
        """Those that hold, in the order of their contacts, each with the reason that its own has become."""
        wanted = (CorrectionRow.tenant == self._tenant, CorrectionRow.is_current)
        rows = self._session.scalars(select(CorrectionRow).where(*wanted).order_by(CorrectionRow.interaction_id))
        ends = heirs(self._session, self._tenant)
        return tuple(
            _correction(row, reason_id=ends[row.reason_id] if row.reason_id else None)
            for row in rows
            if row.reason_id is None or ends[row.reason_id] is not None
        )

    def among(self, interaction_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
        """Those of these contacts of which a person's word holds."""
        wanted = (
            CorrectionRow.tenant == self._tenant,
            CorrectionRow.is_current,
            CorrectionRow.interaction_id.in_(interaction_ids),
        )
        given = set(self._session.scalars(select(CorrectionRow.interaction_id).where(*wanted)))
        return frozenset(given & self.current().keys()) if given else frozenset()

    def judge(self, corrections: Collection[uuid.UUID], *, learned: bool) -> None:
        """Says of these, by their own ids, whether the assigner follows them."""
        wanted = (CorrectionRow.tenant == self._tenant, CorrectionRow.id.in_(corrections))
        self._session.execute(update(CorrectionRow).where(*wanted).values(learned=learned))

    def version(self) -> str:
        """Changes whenever the assigner may: with a correction, a change of the registry, a discovery."""
        mine = CorrectionRow.tenant == self._tenant
        corrected = select(func.concat_ws(",", func.count(), func.max(CorrectionRow.at))).where(mine)
        learned = select(func.count(CorrectionRow.learned)).where(mine)
        reasons = select(func.max(ReasonRow.updated_at)).where(ReasonRow.tenant == self._tenant)
        parts = [corrected.scalar_subquery(), learned.scalar_subquery(), reasons.scalar_subquery()]
        return str(self._session.execute(select(func.concat_ws("|", *parts))).scalar_one())

    def last_discovery(self) -> uuid.UUID | None:
        wanted = DiscoveryRow.tenant == self._tenant
        latest = select(DiscoveryRow.id).where(wanted).order_by(DiscoveryRow.started_at.desc(), DiscoveryRow.id.desc())
        return self._session.scalar(latest.limit(1))

    def standings(self, interaction_ids: Sequence[uuid.UUID] | None = None) -> dict[uuid.UUID, Standing]:
        """Of these analysed contacts, or of all, what each has now."""
        columns = (
            AssignmentRow.interaction_id,
            AssignmentRow.reason_id,
            AssignmentRow.nearest_id,
            AssignmentRow.confidence,
            AssignmentRow.source,
            InteractionRow.wrap_up_code,
        )
        wanted = [
            InteractionRow.tenant == self._tenant,
            InteractionRow.is_current,
            InteractionRow.state == State.ANALYSED.value,
        ]
        if interaction_ids is not None:
            wanted.append(InteractionRow.id.in_(interaction_ids))
        rows = self._session.execute(select(*columns).join(InteractionRow, current_assignment()).where(*wanted))
        return {
            row.interaction_id: Standing(
                interaction_id=row.interaction_id,
                reason_id=str(row.reason_id) if row.reason_id else None,
                nearest_id=str(row.nearest_id) if row.nearest_id else None,
                confidence=row.confidence,
                source=row.source,
                wrap_up_code=row.wrap_up_code,
            )
            for row in rows
        }

    def _contact(self, interaction_id: uuid.UUID | str) -> uuid.UUID:
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.id == parse_id(interaction_id))
        found = self._session.scalar(select(InteractionRow.id).where(*wanted, InteractionRow.is_current))
        if found is None:
            raise NotFound(f"interaction {interaction_id}")
        return found

    def _reason_of(self, contact: uuid.UUID) -> uuid.UUID | None:
        wanted = (
            AssignmentRow.tenant == self._tenant,
            AssignmentRow.interaction_id == contact,
            AssignmentRow.is_current,
            AssignmentRow.is_primary,
        )
        return self._session.scalar(select(AssignmentRow.reason_id).where(*wanted))

    def _end(self, contact: uuid.UUID) -> None:
        before = (
            CorrectionRow.tenant == self._tenant,
            CorrectionRow.interaction_id == contact,
            CorrectionRow.is_current,
        )
        self._session.execute(update(CorrectionRow).where(*before).values(is_current=False))

    def _assign(self, contact: uuid.UUID, reason: uuid.UUID | None) -> None:
        given = ReasonAssignment(
            reason_id=str(reason) if reason else None,
            confidence=1.0,
            nearest_id=None,
            distance=None,
            provenance=PROVENANCE,
        )
        Assignments(self._session, self._tenant).give([(contact, given)], by_people=[contact])


def _correction(row: CorrectionRow, **other: uuid.UUID | None) -> Correction:
    return Correction(
        id=row.id,
        interaction_id=row.interaction_id,
        reason_id=other.get("reason_id", row.reason_id),
        previous_id=row.previous_id,
        actor=row.actor,
        at=row.at,
        is_current=row.is_current,
        learned=row.learned,
    )
