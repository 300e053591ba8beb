"""How many voices there are among many short stretches of speech, and what each is like.

Two are looked for first, along the direction in which the stretches differ most; a call has two. Measured on mixed
telephone calls, two people's centres lie at a cosine of 0.58 to 0.78, one person's halves at 0.87 and more. A further
voice has to be farther off: a stretch in which the speaker changes lies between two voices and looks like a third.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from asr.speakers import Vectors

SAME_VOICE = 0.83
"""Cosine of two centres from which on they are one person's."""
FURTHER_VOICE = 0.70
MIN_STRETCHES = 6
"""Fewer than this are no further voice, nor enough to tell two apart with certainty."""
MAX_VOICES = 6
DIRECTIONS = 3
_ROUNDS = 30

Labels = NDArray[np.intp]


def voices_in(vectors: Vectors) -> Vectors:
    """The centre of each voice, (voices, 256), in no order; at least one where there are vectors."""
    centres = _settled(vectors, _unit(vectors.sum(axis=0, keepdims=True)))
    halves = _halves(vectors)
    if halves is None or not _apart(halves, SAME_VOICE):
        return centres
    centres = halves
    while len(centres) < MAX_VOICES:
        wider = _with_one_more(vectors, centres)
        if wider is None:
            break
        centres = wider
    return centres


def nearest(vectors: Vectors, centres: Vectors) -> Labels:
    labels: Labels = np.argmax(vectors @ centres.T, axis=1)
    return labels


def _halves(vectors: Vectors) -> Vectors | None:
    """The two centres that the vectors lie nearest to, of several beginnings; None where all lie on one side."""
    settled = [_settled(vectors, centres) for centres in _beginnings(vectors)]
    return max(settled, key=lambda centres: float((vectors @ centres.T).max(axis=1).sum()), default=None)


def _beginnings(vectors: Vectors) -> Iterator[Vectors]:
    """Both sides along each of the directions in which they differ most."""
    apart = vectors - vectors.mean(axis=0)
    for direction in np.linalg.svd(apart, full_matrices=False)[2][:DIRECTIONS]:
        side = apart @ direction > 0
        if side.any() and not side.all():
            yield _unit(np.stack([vectors[side].sum(axis=0), vectors[~side].sum(axis=0)]))


def _with_one_more(vectors: Vectors, centres: Vectors) -> Vectors | None:
    """The centres with the one split whose halves differ most; None where no voice is two."""
    best: Vectors | None = None
    labels = nearest(vectors, centres)
    for number in range(len(centres)):
        own = vectors[labels == number]
        halves = _halves(own) if len(own) >= 2 * MIN_STRETCHES else None
        if halves is None:
            continue
        wider = _settled(vectors, np.concatenate([np.delete(centres, number, axis=0), halves]))
        sizes = np.bincount(nearest(vectors, wider), minlength=len(wider))
        if sizes.min() >= MIN_STRETCHES and _apart(wider, FURTHER_VOICE):
            best = wider if best is None or _closest(wider) < _closest(best) else best
    return best


def _settled(vectors: Vectors, centres: Vectors) -> Vectors:
    """Spherical k-means from these centres on; an empty one stays where it is."""
    for _ in range(_ROUNDS):
        labels = nearest(vectors, centres)
        sums = [vectors[labels == n].sum(axis=0) if (labels == n).any() else c for n, c in enumerate(centres)]
        moved = _unit(np.stack(sums))
        if np.allclose(moved, centres, atol=1e-6):
            break
        centres = moved
    return centres


def _apart(centres: Vectors, limit: float) -> bool:
    return _closest(centres) < limit


def _closest(centres: Vectors) -> float:
    """The cosine of the two centres that are most alike."""
    return float((centres @ centres.T)[np.triu_indices(len(centres), 1)].max(initial=-1.0))


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    unit: Vectors = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return unit
