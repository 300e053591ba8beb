"""What the stores answer about an interaction: values, no rows that change behind one's back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data import codec
from data.tables import AssignmentRow, InteractionRow, ReasonRow
from data.types import Channel, Direction, Entity, Highlight, KeyPhrase, Provenance, Role, Skipped, State


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedReason:
    """``id`` is None for ``unassigned``; then ``nearest_id`` and ``distance`` say what came closest."""

    id: uuid.UUID | None
    name: str | None
    confidence: float
    nearest_id: uuid.UUID | None
    distance: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionRecord:
    """All of an interaction but its turns. ``reason`` is None until the assigner has seen it."""

    id: uuid.UUID
    external_id: str | None
    version: int
    is_current: bool
    channel: Channel
    source: str | None
    name: str
    media_type: str
    size_bytes: int
    customer_id: uuid.UUID | None
    customer_segment: str | None
    agent: str | None
    queue: str | None
    team: str | None
    direction: Direction | None
    started_at: dt.datetime
    received_at: dt.datetime
    language: str | None
    duration_s: float | None
    wrap_up_code: str | None
    csat: int | None
    nps: int | None
    ces: int | None
    hold_s: float | None
    after_call_s: float | None
    channel_map: tuple[Role, ...] | None
    page: str | None
    """Of a click on the web: what was looked at. Such a contact has no words, and no reason."""
    dwell_s: float | None
    state: State
    error_code: str | None
    flags: tuple[str, ...]
    subject: str | None
    issue: str | None
    sentiment: float | None
    sentiment_shift: float | None
    sentiments: Mapping[str, Any]
    metrics: Mapping[str, float]
    skipped: tuple[Skipped, ...]
    key_phrases: tuple[KeyPhrase, ...]
    entities: tuple[Entity, ...]
    highlights: tuple[Highlight, ...]
    provenance: Mapping[str, Provenance]
    """By stage."""
    turn_count: int
    word_count: int
    reason: AssignedReason | None
    further_reasons: tuple[AssignedReason, ...] = ()
    """What else the contact is about, as it comes up in it."""


AS_THEY_ARE = (
    *("id", "external_id", "version", "is_current", "source", "name", "media_type", "size_bytes", "customer_id"),
    *("customer_segment", "agent", "queue", "team", "started_at", "received_at", "language", "duration_s"),
    *("wrap_up_code", "csat", "nps", "ces", "hold_s", "after_call_s", "error_code", "subject", "issue", "sentiment"),
    *("page", "dwell_s", "sentiment_shift", "sentiments", "metrics", "turn_count", "word_count"),
)


def record(
    row: InteractionRow,
    assignment: AssignmentRow | None,
    reason: ReasonRow | None,
    further: Sequence[AssignedReason] = (),
) -> InteractionRecord:
    return InteractionRecord(
        **{name: getattr(row, name) for name in AS_THEY_ARE},
        channel=Channel(row.channel),
        direction=Direction(row.direction) if row.direction else None,
        channel_map=tuple(map(Role, row.channel_map)) if row.channel_map else None,
        state=State(row.state),
        flags=tuple(row.flags),
        skipped=tuple(map(codec.skipped, row.skipped)),
        key_phrases=tuple(map(codec.key_phrase, row.key_phrases)),
        entities=tuple(map(codec.entity, row.entities)),
        highlights=tuple(map(codec.highlight, row.highlights)),
        provenance={stage: codec.provenance(made_by) for stage, made_by in row.provenance.items()},
        reason=assigned(assignment, reason) if assignment else None,
        further_reasons=tuple(further),
    )


def assigned(assignment: AssignmentRow, reason: ReasonRow | None) -> AssignedReason:
    return AssignedReason(
        id=assignment.reason_id,
        name=reason.name if reason else None,
        confidence=assignment.confidence,
        nearest_id=assignment.nearest_id,
        distance=assignment.distance,
    )
