"""Discovery: the reasons behind all of a tenant's contacts, under ids that outlive it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from data.embeddings import Embedded
from data.ids import parse_id
from data.reason_records import Discovery, FoundReason, KnownReason, ReasonChange
from data.types import ReasonAssignment
from service.runtime import Runtime

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from classify import Reconciled
    from classify.values import DiscoveredReason, Granularity
    from classify.values import Discovery as Found

Show: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def discover(runtime: Runtime, tenant: str, granularity: Granularity = "medium", show: Show | None = None) -> uuid.UUID:
    """Finds the reasons anew and gives every contact its own; returns the run's id.

    Reasons that were known keep their ids. The same contacts in any order give the same reasons. Raises TooFewTexts
    (permanent), ModelUnavailable (retry).
    """
    from classify import discover as find
    from classify import reconcile

    started_at = dt.datetime.now(dt.UTC)
    embedder = runtime.models.embedder
    with runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        corpus, known = stores.embeddings.all(embedder.name), stores.reasons.known(embedder.name)
    progress = (lambda done, total: show("discover", done, total)) if show else None
    found = find(corpus.texts, corpus.vectors, phrases=corpus.phrases, granularity=granularity, progress=progress)
    reconciled = reconcile(found, known)
    run = Discovery(
        embedder=embedder.name,
        granularity=granularity,
        reasons=tuple(map(_reason, reconciled.ids, found.reasons, [corpus] * len(found.reasons))),
        changes=_changes(reconciled),
        assignments=tuple(zip(corpus.interaction_ids, _assignments(corpus, found, reconciled), strict=True)),
        provenance=embedder.provenance,
        started_at=started_at,
    )
    with runtime.database.tenant(tenant) as stores:
        return stores.reasons.record_discovery(run)


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


def _assignments(corpus: Embedded, found: Found, reconciled: Reconciled) -> Sequence[ReasonAssignment]:
    """Each contact's reason as the discovery has it; the assigner says how sure, or what came nearest."""
    from classify import assign

    reasons = [
        KnownReason(id=reason_id, name=reason.name, centroid=reason.centroid, size=reason.size)
        for reason_id, reason in zip(reconciled.ids, found.reasons, strict=True)
    ]
    guesses = assign(corpus.vectors, reasons)
    return [
        _assignment(reasons[label] if label >= 0 else None, guess, vector)
        for label, guess, vector in zip(found.labels, guesses, corpus.vectors, strict=True)
    ]


def _assignment(reason: KnownReason | None, guess: ReasonAssignment, vector: NDArray[np.float32]) -> ReasonAssignment:
    if reason is not None and guess.reason_id == reason.id:
        return guess
    if reason is None:
        return ReasonAssignment(reason_id=None, confidence=0.0, nearest_id=guess.nearest_id, distance=guess.distance)
    cosine = _cosine(vector, reason.centroid)
    return ReasonAssignment(reason_id=reason.id, confidence=max(0.0, cosine), nearest_id=reason.id, distance=1 - cosine)


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    import numpy as np

    return float(one @ other / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-12))
