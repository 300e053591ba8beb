"""Discovery: the reasons behind all of a tenant's contacts, under ids that outlive it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from data.embeddings import Embedded
from data.errors import TooFewTexts
from data.ids import new_id, parse_id
from data.reason_records import Discovery, FoundReason, ReasonChange
from data.stores import Stores
from service.runtime import Runtime

if TYPE_CHECKING:
    from classify import DiscoveredReason, Granularity, Reconciled

BATCH = 1000
Show: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def discover(runtime: Runtime, tenant: str, granularity: Granularity = "medium", show: Show | None = None) -> uuid.UUID:
    """Finds the reasons anew and gives every contact its own; returns the run's id.

    Reasons that were known keep their ids. The same contacts in any order give the same reasons. Raises TooFewTexts
    (permanent), ModelUnavailable (retry).
    """
    from classify import discover as find
    from classify import memberships, reconcile

    started_at = dt.datetime.now(dt.UTC)
    embedder = runtime.models.embedder
    with runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        corpus, known = stores.embeddings.all(embedder.name), stores.reasons.known(embedder.name)
        previous = _reasons_now(stores, corpus) if known else None
    if not corpus.texts:
        raise TooFewTexts("there are none")
    runtime.database.index_embedder(embedder.name, embedder.dimensions)
    progress = (lambda done, total: show("discover", done, total)) if show else None
    found = find(corpus.texts, corpus.vectors, phrases=corpus.phrases, granularity=granularity, progress=progress)
    reconciled = reconcile(found, known, new_id=lambda: str(new_id()), previous=previous)
    run = Discovery(
        embedder=embedder.name,
        granularity=granularity,
        reasons=tuple(
            _reason(reason_id, reason, corpus) for reason_id, reason in zip(reconciled.ids, found.reasons, strict=True)
        ),
        changes=_changes(reconciled),
        assignments=tuple(zip(corpus.interaction_ids, memberships(found, corpus.vectors, reconciled.ids), strict=True)),
        provenance=embedder.provenance,
        started_at=started_at,
    )
    with runtime.database.tenant(tenant) as stores:
        return stores.reasons.record_discovery(run)


def _reasons_now(stores: Stores, corpus: Embedded) -> list[str | None]:
    """What each contact has before: a reason lives on where its contacts are."""
    before: dict[uuid.UUID, str] = {}
    for at in range(0, len(corpus.interaction_ids), BATCH):
        for interaction_id, record in stores.interactions.many(corpus.interaction_ids[at : at + BATCH]).items():
            if record.reason and record.reason.id:
                before[interaction_id] = str(record.reason.id)
    return [before.get(interaction_id) for interaction_id in corpus.interaction_ids]


def _reason(reason_id: str, found: DiscoveredReason, corpus: Embedded) -> FoundReason:
    return FoundReason(
        id=parse_id(reason_id),
        name=found.name,
        keywords=found.keywords,
        centroid=found.centroid,
        size=found.size,
        representatives=tuple(corpus.interaction_ids[row] for row in found.representatives),
    )


def _changes(reconciled: Reconciled) -> tuple[ReasonChange, ...]:
    return tuple(
        ReasonChange(
            kind=event.kind,
            reason_id=parse_id(event.reason_id),
            others=tuple(map(parse_id, event.others)),
            similarity=event.similarity,
            size_before=event.size_before,
            size_after=event.size_after,
        )
        for event in reconciled.events
    )
