"""Permanent ids: which discovered reason is which known one, and what became of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from classify.values import UNASSIGNED, DiscoveredReason, Discovery, EventKind, KnownReason, ReasonEvent, Reconciled

SAME_FROM = 0.75
"""Cosine from which a reason may be the same as one before; half of the discoveries of a corpus's two halves agree."""
SHARED_FROM = 0.3
"""Share of the smaller one's contacts from which two reasons are kin, whatever the cosine says."""


def reconcile(
    discovery: Discovery,
    known: Sequence[KnownReason],
    *,
    new_id: Callable[[], str],
    previous: Sequence[str | None] | None = None,
) -> Reconciled:
    """Each discovered reason keeps the id of the known one that it continues, or gets a new one; no id goes twice.

    ``previous`` has the id that each row of the discovery had before, where that is known: shared contacts then
    count as much as the cosine of the centroids.
    """
    cosines = _cosines(discovery.reasons, known)
    shared = _shared(discovery, known, previous)
    kinship = cosines if previous is None else np.maximum(cosines * 0.5 + shared * 0.5, shared)
    kin = (cosines >= SAME_FROM) | (shared >= SHARED_FROM)
    pairs = _pairs(np.where(kin, kinship, 0.0))
    ids = tuple(known[pairs[row]].id if row in pairs else new_id() for row in range(len(discovery.reasons)))
    found = [_found(row, discovery, known, ids, pairs, cosines, kinship * kin) for row in range(len(ids))]
    lost = [
        _lost(old, known, ids, cosines, kinship * kin) for old in sorted(set(range(len(known))) - {*pairs.values()})
    ]
    return Reconciled(ids=ids, events=(*found, *lost))


def _cosines(reasons: Sequence[DiscoveredReason], known: Sequence[KnownReason]) -> NDArray[np.float64]:
    if not reasons or not known:
        return np.zeros((len(reasons), len(known)))
    new = np.stack([reason.centroid for reason in reasons]).astype(np.float64)
    old = np.stack([reason.centroid for reason in known]).astype(np.float64)
    lengths = np.linalg.norm(new, axis=1)[:, None] * np.linalg.norm(old, axis=1)[None, :]
    return np.asarray(new @ old.T / np.maximum(lengths, 1e-12))


def _shared(
    discovery: Discovery, known: Sequence[KnownReason], previous: Sequence[str | None] | None
) -> NDArray[np.float64]:
    """Contacts that two reasons have in common, as a share of the smaller one."""
    counts = np.zeros((len(discovery.reasons), len(known)))
    place = {reason.id: column for column, reason in enumerate(known)}
    for label, before in zip(discovery.labels, previous or [], strict=previous is not None):
        if label != UNASSIGNED and before in place:
            counts[label, place[before]] += 1
    smaller = np.minimum(counts.sum(axis=1)[:, None], counts.sum(axis=0)[None, :])
    return np.asarray(counts / np.maximum(smaller, 1))


def _pairs(kinship: NDArray[np.float64]) -> dict[int, int]:
    """Which known reason each discovered one continues: one to one, the greatest total kinship (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(kinship, maximize=True)
    return {int(row): int(old) for row, old in zip(rows, columns, strict=True) if kinship[row, old] > 0}


def _found(
    row: int,
    discovery: Discovery,
    known: Sequence[KnownReason],
    ids: Sequence[str],
    pairs: dict[int, int],
    cosines: NDArray[np.float64],
    kinship: NDArray[np.float64],
) -> ReasonEvent:
    """Matched; or split from a reason that lives on under another; or new."""
    size = discovery.reasons[row].size
    if row in pairs:
        return _event("matched", ids[row], (), cosines[row, pairs[row]], known[pairs[row]].size, size)
    if len(known) and kinship[row].max() > 0:
        old = int(kinship[row].argmax())
        return _event("split", ids[row], (known[old].id,), cosines[row, old], known[old].size, size)
    return _event("created", ids[row], (), None, None, size)


def _lost(
    old: int,
    known: Sequence[KnownReason],
    ids: Sequence[str],
    cosines: NDArray[np.float64],
    kinship: NDArray[np.float64],
) -> ReasonEvent:
    """Merged into the reason that is most like it; or gone."""
    if len(ids) and kinship[:, old].max() > 0:
        row = int(kinship[:, old].argmax())
        return _event("merged", known[old].id, (ids[row],), cosines[row, old], known[old].size, None)
    return _event("retired", known[old].id, (), None, known[old].size, 0)


def _event(
    kind: EventKind,
    reason_id: str,
    others: tuple[str, ...],
    similarity: float | None,
    before: int | None,
    after: int | None,
) -> ReasonEvent:
    return ReasonEvent(
        kind=kind,
        reason_id=reason_id,
        others=others,
        similarity=None if similarity is None else round(float(similarity), 4),
        size_before=before,
        size_after=after,
    )
