"""Accepting contacts: durable and encrypted first, then known and owed in one transaction, then acknowledged.

Text and calls go the same way. The same delivery twice, at once too, is one interaction (F33); its metadata may
come before it, with it or after it (F34).
"""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from data.errors import DatabaseUnavailable
from data.inbox import Writer
from data.interactions import Added, NewInteraction
from data.metadata import names_of
from data.records import InteractionRecord
from data.stores import Stores
from data.types import Channel, Delivery, Refusal, Sidecar, Stage
from service import pipeline
from service.jobs import BATCH
from service.redaction import described
from service.runtime import Runtime

TRIES = 3
"""Two that accept the same contacts at once can stand in each other's way; who loses tries again."""
RETRY_S = 0.5
REFUSALS_KEPT = 1_000
HEARD_BY = frozenset({"channel_map", "language"})
"""Of a recording's metadata, what its transcript depends on."""
READ_BY = frozenset({"language", "direction"})
"""Of a written contact's, what its annotations depend on; they need the original, which is gone once it is analysed."""


@dataclass(slots=True)
class Summary:
    """What became of deliveries. ``ids`` are the interactions that it made or named again, without repeats."""

    accepted: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By code."""
    refusals: list[Refusal] = field(default_factory=list)
    """The first REFUSALS_KEPT: a table of a million broken rows says the same of each."""
    ids: dict[uuid.UUID, Channel] = field(default_factory=dict)
    with_sidecar: set[uuid.UUID] = field(default_factory=set)
    waiting_for: set[str] = field(default_factory=set)
    """The names that side-cars wait for."""

    @property
    def joined(self) -> int:
        return len(self.with_sidecar)

    @property
    def waiting(self) -> int:
        return len(self.waiting_for)

    def refuse(self, refusal: Refusal) -> None:
        self.refused[refusal.code] += 1
        if len(self.refusals) < REFUSALS_KEPT:
            self.refusals.append(refusal)


def receive(
    runtime: Runtime,
    tenant: str,
    items: Iterable[Delivery | Sidecar | Refusal],
    *,
    source: str | None = None,
    summary: Summary | None = None,
) -> Summary:
    """Accepts all that comes, in transactions of a few contacts; what is in the summary when it ends is durable.

    A given ``summary`` is filled as it goes. Raises StorageFull, DatabaseUnavailable (retry): what was accepted
    before stays so, and sending all again does no harm.
    """
    summary = summary if summary is not None else Summary()
    with runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
    for batch in _batches(items):
        _receive_batch(runtime, tenant, batch, source, summary)
    return summary


def _batches(items: Iterable[Delivery | Sidecar | Refusal]) -> Iterator[list[Delivery | Sidecar | Refusal]]:
    """A call goes alone, since it is large; written contacts together."""
    batch: list[Delivery | Sidecar | Refusal] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH or (isinstance(item, Delivery) and item.channel is Channel.VOICE):
            yield batch
            batch = []
    if batch:
        yield batch


def _receive_batch(
    runtime: Runtime,
    tenant: str,
    batch: Sequence[Delivery | Sidecar | Refusal],
    source: str | None,
    summary: Summary,
) -> None:
    written = [
        (item, runtime.inbox.write(tenant, "original", item.payload)) for item in batch if isinstance(item, Delivery)
    ]
    # By content: two that accept the same contacts at once then wait for one another, never each for the other.
    written.sort(key=lambda pair: pair[1].digest)
    sidecars = [item for item in batch if isinstance(item, Sidecar)]
    try:
        added, delivered = _accept(runtime, tenant, written, sidecars, source)
    except DatabaseUnavailable:
        # It may have been committed, and only the answer was lost: then these files are the only copy (F08).
        raise
    except Exception:
        for _, original in written:
            runtime.inbox.remove(original.item.path)
        raise
    for (delivery, original), one in zip(written, added, strict=True):
        _count(summary, delivery, one)
        if one.repeated:
            runtime.inbox.remove(original.item.path)
    for sidecar, joined in zip(sidecars, delivered, strict=True):
        summary.with_sidecar.update(joined)
        if not joined:
            summary.waiting_for.add(sidecar.key)
    for item in batch:
        if isinstance(item, Refusal):
            summary.refuse(item)


def _count(summary: Summary, delivery: Delivery, added: Added) -> None:
    summary.ids[added.id] = delivery.channel
    summary.waiting_for.difference_update(names_of(delivery.name, delivery.metadata.external_id))
    if added.joined:
        summary.with_sidecar.add(added.id)
    if added.repeated:
        summary.repeated += 1
    else:
        summary.accepted += 1


def _accept(
    runtime: Runtime,
    tenant: str,
    written: Sequence[tuple[Delivery, Writer]],
    sidecars: Sequence[Sidecar],
    source: str | None,
) -> tuple[list[Added], list[tuple[uuid.UUID, ...]]]:
    """Rows, ledger and jobs in one transaction; returns what was added, and which interactions each side-car joined."""
    for left in reversed(range(TRIES)):
        try:
            with runtime.database.tenant(tenant) as stores:
                added = [_add(runtime, stores, delivery, original, source) for delivery, original in written]
                _owe(runtime, stores, written, added)
                return added, [_join(runtime, stores, sidecar) for sidecar in sidecars]
        except DatabaseUnavailable:
            if not left:
                raise
            time.sleep(random.uniform(0, RETRY_S))  # noqa: S311  # not a secret
    raise AssertionError("the last try returns or raises")


def _add(runtime: Runtime, stores: Stores, delivery: Delivery, original: Writer, source: str | None) -> Added:
    new = NewInteraction(
        content_id=original.digest,
        channel=delivery.channel,
        name=delivery.name,
        media_type=delivery.media_type,
        metadata=described(stores, delivery.metadata),
        original=original.item,
        source=source,
        joined=delivery.joined,
        flags=delivery.flags,
    )
    added = stores.interactions.add(new)
    if added.repeated and added.changed:
        _do_again(runtime, stores, added.id, added.changed)
    return added


def _owe(runtime: Runtime, stores: Stores, written: Sequence[tuple[Delivery, Writer]], added: Sequence[Added]) -> None:
    """The first stage of each new contact; the content's own hash names the work."""
    owed: dict[Stage, list[tuple[uuid.UUID, str]]] = {}
    for (delivery, original), one in zip(written, added, strict=True):
        if not one.repeated:
            stage = pipeline.first_stage(delivery.channel, delivery.media_type)
            owed.setdefault(stage, []).append((one.id, original.digest.hex()))
    for stage, inputs in owed.items():
        pipeline.owe(stores, runtime.settings, stage, inputs)


def _join(runtime: Runtime, stores: Stores, sidecar: Sidecar) -> tuple[uuid.UUID, ...]:
    """The interactions that it joined; none where it waits for its media."""
    delivered = stores.metadata.deliver(replace(sidecar, metadata=described(stores, sidecar.metadata)))
    for interaction_id in delivered.interaction_ids:
        _do_again(runtime, stores, interaction_id, delivered.changed)
    return delivered.interaction_ids


def _do_again(runtime: Runtime, stores: Stores, interaction_id: uuid.UUID, changed: frozenset[str]) -> None:
    """Owes the stages that depend on metadata which came late, and no others."""
    record = stores.interactions.get(interaction_id)
    if changed & (HEARD_BY if record.channel is Channel.VOICE else READ_BY) and _has_content(stores, interaction_id):
        stage = pipeline.first_stage(record.channel, record.media_type)
        pipeline.owe(stores, runtime.settings, stage, [(interaction_id, _as_described(record))])


def _has_content(stores: Stores, interaction_id: uuid.UUID) -> bool:
    """Of a call, the recording that is kept serves too: what was masked is silent in it."""
    return any(item.kind in ("original", "recording") for item in stores.inbox.of(interaction_id))


def _as_described(record: InteractionRecord) -> str:
    """Names the work on a recording as it is described now: another description is other work."""
    described = (record.language, record.direction, record.channel_map)
    return f"{record.id}:{described}"
