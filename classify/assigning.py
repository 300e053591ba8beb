"""A contact gets one of the known reasons, with a confidence, or honestly none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classify.cosines import TYPICAL_FROM, Scale
from classify.facets import Facets
from classify.values import UNASSIGNED, Discovery, KnownReason, Labels, Vectors
from data.types import Provenance, ReasonAssignment

BLOCK = 8_192
PROVENANCE = Provenance(component="classify.assigning", version="1")
NOTHING_KNOWN = ReasonAssignment(reason_id=None, confidence=0.0, nearest_id=None, distance=None, provenance=PROVENANCE)


def assign(vectors: Vectors, known: Sequence[KnownReason], facets: Facets | None = None) -> list[ReasonAssignment]:
    """For each row the nearest reason and how sure that is, or none where no reason is near enough.

    Near is who is near to the reason's centroid and, where its ``facets`` are known (in the order of the reasons), to
    one of them. Reasons must be of the same embedder as the vectors. ``distance`` is 1 − cosine; an unassigned row
    keeps the confidence that its nearest reason would have had.
    """
    if not known:
        return [NOTHING_KNOWN] * len(vectors)
    centroids, ids = [np.asarray(reason.centroid) for reason in known], [reason.id for reason in known]
    return _given(vectors, centroids, ids, None, facets)


def memberships(discovery: Discovery, vectors: Vectors, ids: Sequence[str]) -> list[ReasonAssignment]:
    """What the discovery itself found for each row, under the reasons' permanent ids."""
    if not discovery.reasons:
        return [NOTHING_KNOWN] * len(vectors)
    return _given(vectors, [reason.centroid for reason in discovery.reasons], ids, discovery.labels)


def _given(
    vectors: Vectors,
    centroids: Sequence[NDArray[np.floating]],
    ids: Sequence[str],
    labels: Labels | None,
    facets: Facets | None = None,
) -> list[ReasonAssignment]:
    scale = Scale.of(np.stack(centroids).astype(np.float64))
    answers: list[ReasonAssignment] = []
    for begin in range(0, len(vectors), BLOCK):
        part = slice(begin, begin + BLOCK)
        answers += _of_block(scale, vectors[part], ids, None if labels is None else labels[part], facets)
    return answers


def _of_block(
    scale: Scale, vectors: Vectors, ids: Sequence[str], labels: Labels | None, facets: Facets | None
) -> list[ReasonAssignment]:
    cosines = scale.cosines(vectors)
    near = cosines if facets is None else (cosines + facets.cosines(vectors)) / 2
    nearest = near.argmax(axis=1)
    if labels is None:
        labels = np.where(scale.typicality(cosines, nearest) >= TYPICAL_FROM, nearest, UNASSIGNED)
    held = np.where(labels == UNASSIGNED, nearest, labels)
    confidences = scale.confidence(cosines, held, near)
    distances = 1.0 - cosines[np.arange(len(held)), held]
    return [
        ReasonAssignment(
            reason_id=None if label == UNASSIGNED else ids[reason],
            confidence=round(float(confidence), 4),
            nearest_id=ids[reason],
            distance=round(float(distance), 6),
            provenance=PROVENANCE,
        )
        for label, reason, confidence, distance in zip(labels, held, confidences, distances, strict=True)
    ]
