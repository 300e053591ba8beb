"""What a discovery must heed: every reason there ever was, what people did to each, and who has which now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data.lineage import heirs
from data.reason_records import RegisteredReason
from data.tables import AssignmentRow, CorrectionRow, ReasonEventRow, ReasonRow

ENDED = ("retired", "merged")


@dataclass
class Word:
    """What people said of one reason."""

    kept: bool = False
    placed: bool = False
    ended: str | None = None
    """How a person ended it: merged or retired."""


@dataclass
class Words:
    by_reason: dict[uuid.UUID, Word] = field(default_factory=dict)

    def of(self, reason_id: uuid.UUID) -> Word:
        return self.by_reason.setdefault(reason_id, Word())


class RegistryState:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def registered(self, embedder: str) -> tuple[RegisteredReason, ...]:
        """Every reason of this embedder that there ever was, at all levels, in the order of their ids."""
        wanted = (ReasonRow.tenant == self._tenant, ReasonRow.embedder == embedder)
        rows = self._session.scalars(select(ReasonRow).where(*wanted).order_by(ReasonRow.id)).all()
        words, ends = self._words(), heirs(self._session, self._tenant)
        into = {ends[row.id] for row in rows if words.of(row.id).ended == "merged" and row.state != "active"}
        return tuple(_registered(row, words.of(row.id), ends[row.id], row.id in into) for row in rows)

    def corrections(self) -> dict[uuid.UUID, str | None]:
        """By contact, the reason that a person gave it, or None where it has none of them.

        Where that reason was merged, its heir; where it was retired, the person's word is void.
        """
        wanted = (CorrectionRow.tenant == self._tenant, CorrectionRow.is_current)
        rows = self._session.execute(select(CorrectionRow.interaction_id, CorrectionRow.reason_id).where(*wanted))
        ends = heirs(self._session, self._tenant)
        given = {row.interaction_id: row.reason_id and ends[row.reason_id] for row in rows if _holds(row, ends)}
        return {interaction_id: str(reason) if reason else None for interaction_id, reason in given.items()}

    def current(self) -> dict[uuid.UUID, tuple[str | None, str | None]]:
        """By contact, the reason that it has and the finer one below."""
        wanted = (AssignmentRow.tenant == self._tenant, AssignmentRow.is_current, AssignmentRow.is_primary)
        columns = (AssignmentRow.interaction_id, AssignmentRow.reason_id, AssignmentRow.detail_id)
        return {
            row.interaction_id: (_text(row.reason_id), _text(row.detail_id))
            for row in self._session.execute(select(*columns).where(*wanted))
        }

    def _words(self) -> Words:
        """From what people did, in the order in which they did it."""
        words = Words()
        wanted = (
            ReasonEventRow.tenant == self._tenant,
            or_(ReasonEventRow.actor.is_not(None), ReasonEventRow.kind.in_((*ENDED, "restored"))),
        )
        order = (ReasonEventRow.at, ReasonEventRow.id)
        for event in self._session.scalars(select(ReasonEventRow).where(*wanted).order_by(*order)):
            _hear(words, event)
        return words


def _hear(words: Words, event: ReasonEventRow) -> None:
    word = words.of(event.reason_id)
    if event.kind in (*ENDED, "restored"):
        word.ended = event.kind if event.actor and event.kind in ENDED else None
    if event.actor is None:
        return
    word.kept |= event.kind in ("renamed", "moved", "seeded", "restored")
    word.placed |= event.kind == "moved"
    if event.kind in ("merged", "split"):
        for other in event.others:
            words.of(other).kept = True


def _registered(row: ReasonRow, word: Word, end: uuid.UUID | None, merged_into: bool) -> RegisteredReason:
    import numpy as np

    active = row.state == "active"
    return RegisteredReason(
        id=str(row.id),
        name=row.name,
        centroid=np.asarray(row.centroid, dtype=np.float32),
        size=row.size,
        keywords=tuple(row.keywords),
        level=row.level,  # type: ignore[arg-type]  # the table's check allows these three
        active=active,
        parent_id=_text(row.parent_id),
        merged_into=None if active else _text(end),
        kept=row.pinned or row.name_source == "human" or row.source != "discovery" or word.kept,
        whole=row.pinned or merged_into,
        joined=not active and word.ended == "merged",
        barred=not active and word.ended == "retired",
        placed=word.placed,
    )


def _holds(row: Any, ends: dict[uuid.UUID, uuid.UUID | None]) -> bool:
    return row.reason_id is None or ends[row.reason_id] is not None


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None
