"""What an export is made of: one contact as it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import ExportNotReady, ExportUnfit
from data.records import InteractionRecord
from data.stores import Stores
from data.turns import StoredTurn
from data.types import Channel, Redaction, Role, SetAside, State, Turn
from service.category_view import Shown, results

UNMAPPED = (Role.AGENT, Role.CUSTOMER)
"""Where these two are on a recording of two channels that came without a map; ``asr`` takes them so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    record: InteractionRecord
    turns: tuple[Turn, ...]
    redactions: tuple[Redaction, ...]
    set_aside: tuple[SetAside, ...]
    """What is in no turn, for it cannot be believed."""
    at: dt.datetime
    """When it was exported."""
    categories: tuple[Shown, ...] = ()
    """What each applied category says of it, where the format tells that."""

    @property
    def spoken(self) -> bool:
        return self.record.channel is Channel.VOICE


def gather(stores: Stores, record: InteractionRecord, *, with_categories: bool = False) -> Material:
    """Raises ExportNotReady (retry) while it is being analysed, ExportUnfit (permanent) where it never will be."""
    if record.state is State.PENDING:
        raise ExportNotReady()
    if record.state is State.QUARANTINED:
        raise ExportUnfit(f"it is set aside with {record.error_code}, so there is no transcript")
    return Material(
        record=record,
        turns=_turns(record, stores.turns.of(record.id)),
        redactions=stores.turns.redactions(record.id),
        set_aside=stores.turns.set_aside(record.id),
        at=dt.datetime.now(dt.UTC),
        categories=tuple(results(stores, record.id)) if with_categories else (),
    )


def _turns(record: InteractionRecord, stored: Sequence[StoredTurn]) -> tuple[Turn, ...]:
    spoken = record.channel is Channel.VOICE
    return tuple(
        Turn(
            position=turn.position,
            role=turn.role,
            text=turn.text,
            begin_ms=turn.begin_ms,
            end_ms=turn.end_ms,
            words=turn.words,
            channel=_channel(record, turn) if spoken else None,
        )
        for turn in stored
    )


def _channel(record: InteractionRecord, turn: StoredTurn) -> int:
    """Where it was heard; of what was heard before that was kept, where its role should be."""
    if turn.channel is not None:
        return turn.channel
    roles = record.channel_map or UNMAPPED
    return roles.index(turn.role) if turn.role in roles else 0
