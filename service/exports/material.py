"""What an export is made of: one contact as it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.errors import ExportNotReady, ExportUnfit
from data.records import InteractionRecord
from data.stores import Stores
from data.turns import StoredTurn
from data.types import Channel, Redaction, Role, SetAside, State, Turn

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

    @property
    def spoken(self) -> bool:
        return self.record.channel is Channel.VOICE

    @property
    def channels(self) -> Mapping[Role, int]:
        """The channel of each role, counted from 1; a role on several is on the first."""
        roles = self.record.channel_map or UNMAPPED
        return {role: channel for channel, role in reversed(list(enumerate(roles, start=1)))}


def gather(stores: Stores, record: InteractionRecord) -> Material:
    """Raises ExportNotReady (retry) while it is being analysed, ExportUnfit (permanent) where it never will be."""
    if record.state is State.PENDING:
        raise ExportNotReady()
    if record.state is State.QUARANTINED:
        raise ExportUnfit(f"it is set aside with {record.error_code}, so there is no transcript")
    return Material(
        record=record,
        turns=_turns(stores.turns.of(record.id)),
        redactions=stores.turns.redactions(record.id),
        set_aside=stores.turns.set_aside(record.id),
        at=dt.datetime.now(dt.UTC),
    )


def _turns(stored: Sequence[StoredTurn]) -> tuple[Turn, ...]:
    return tuple(
        Turn(
            position=turn.position,
            role=turn.role,
            text=turn.text,
            begin_ms=turn.begin_ms,
            end_ms=turn.end_ms,
            words=turn.words,
        )
        for turn in stored
    )
