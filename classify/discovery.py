"""From texts and their vectors to named reasons.

    nearest neighbours by meaning and words → smoothed along them → few dimensions → dense groups (hdbscan)
      → one hierarchy → cut where the neighbours' graph is described shortest, the like joined
      → each text where its neighbours are → cut once above and once below → outliers let go → names

The order in which texts come, the day and the process change nothing: rows are put in the order of their texts
first, equal texts are one, and nothing is drawn by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classify import density, describing, evidence, hierarchy, lexical, neighbours, settling
from classify.cosines import Scale
from classify.describing import Levels
from classify.values import UNASSIGNED, Discovery, Encode, Granularity, Labels, Phrases, Progress, Texts, Vectors
from classify.wording import says_something
from data.errors import TooFewTexts

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FEWEST = 30
DIMENSIONS = 30
SMOOTHED_OVER = 15
MOST_NEIGHBOURS = 100
LONE_BELOW = 0.35
"""Typicality under which a text outside all dense groups is let go; of labelled texts that is 1 in 200."""
STRANGE_BELOW = 0.3
"""Typicality under which smoothing may have drawn a stranger into a group."""
STEPS = 5


@dataclass(frozen=True, slots=True)
class Distinct:
    """Each text that says something, once, in the order of the texts. ``of_row`` has −1 for those that say nothing."""

    texts: list[str]
    vectors: Vectors
    copies: NDArray[np.int64]
    of_row: NDArray[np.int64]


def discover(
    texts: Texts,
    vectors: Vectors,
    *,
    phrases: Phrases | None = None,
    granularity: Granularity = "medium",
    progress: Progress | None = None,
    encode: Encode | None = None,
) -> Discovery:
    """The reasons behind the texts, the largest first, and which text has which; their groups and details.

    ``vectors`` are L2-normalised, one a text; ``phrases`` are each text's key phrases, which names are made of along
    with the text's own words; ``encode`` is the embedder's: with it, names are those phrases that mean what the
    contacts mean. Raises TooFewTexts (permanent).
    """
    tell = progress or _nobody
    distinct = _distinct(texts, vectors)
    if int(distinct.copies.sum()) < FEWEST:
        raise TooFewTexts(f"{int(distinct.copies.sum())} say something")
    tell(0, STEPS)
    levels = _levels(distinct, granularity, tell).of_rows(distinct.of_row)
    found = describing.described(levels, texts, vectors, phrases or [()] * len(texts), encode)
    tell(STEPS, STEPS)
    return found


def _nobody(done: int, of: int) -> None:
    """Where no one watches."""


def _distinct(texts: Texts, vectors: Vectors) -> Distinct:
    """A later copy's vector may differ in its last bits: the lowest of them stands for all."""
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        if says_something(text):
            rows.setdefault(" ".join(text.split()).lower(), []).append(row)
    kept = sorted(rows)
    of_row = np.full(len(texts), -1, dtype=np.int64)
    for place, text in enumerate(kept):
        of_row[rows[text]] = place
    first = [min(rows[text], key=lambda row: vectors[row].tobytes()) for text in kept]
    copies = np.array([len(rows[text]) for text in kept], dtype=np.int64)
    return Distinct(kept, np.asarray(vectors, dtype=np.float32)[np.array(first, dtype=np.int64)], copies, of_row)


def _levels(distinct: Distinct, granularity: Granularity, tell: Progress) -> Levels:
    """A part of each level for each distinct text."""
    size = len(distinct.texts)
    if size < 2 * density.SMALLEST:
        return Levels(*np.zeros((3, size), dtype=np.int64))
    found, cosines = neighbours.nearest(lexical.with_words(distinct.vectors, distinct.texts), _looked_at(size))
    tell(1, STEPS)
    points = _reduced(distinct.vectors, found, cosines)
    tell(2, STEPS)
    dense = _with_repeated(density.dense_groups(points), distinct.copies)
    tell(3, STEPS)
    levels = _cut(distinct, points, dense, neighbours.graph(found, cosines), granularity)
    tell(4, STEPS)
    return _let_go(levels, dense, distinct)


def _looked_at(size: int) -> int:
    """Neighbours that count as evidence: more texts say a reason in more ways, so each needs a wider view."""
    return int(np.clip(round(size**0.5), 10, MOST_NEIGHBOURS))


def _reduced(vectors: Vectors, found: NDArray[np.int64], cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    weights = neighbours.graph(found[:, :SMOOTHED_OVER], cosines[:, :SMOOTHED_OVER])
    return neighbours.principal(neighbours.smooth(vectors, weights), min(DIMENSIONS, len(vectors) - 1))


def _with_repeated(groups: Labels, copies: NDArray[np.int64]) -> Labels:
    """What many said in the very same words is a group even where nobody else said the like."""
    repeated = np.flatnonzero((groups == UNASSIGNED) & (copies >= density.SMALLEST))
    answer = groups.copy()
    answer[repeated] = int(groups.max()) + 1 + np.arange(len(repeated))
    return answer


def _cut(
    distinct: Distinct, points: NDArray[np.float64], dense: Labels, weights: csr_matrix, granularity: Granularity
) -> Levels:
    """Dense groups become reasons: those of one branch of the hierarchy, where the evidence says to cut."""
    groups = density.attach(points, dense, density.centres(points, dense))
    count = int(groups.max()) + 1
    if count == 1:
        return Levels(groups, groups, groups)
    edges = evidence.edge_weights(weights, groups)
    merges = hierarchy.tree(edges)
    best = evidence.best(evidence.gains(merges, edges, np.bincount(groups, minlength=count), _looked_at(len(groups))))
    merges = hierarchy.likened(merges, best, groups, distinct.vectors)
    medium = evidence.distinct(merges, best)
    groups = settling.settled(groups, hierarchy.cut(merges, count, medium), weights)
    return Levels(*(hierarchy.cut(merges, count, n)[groups] for n in evidence.ladder(medium, merges, granularity)))


def _let_go(levels: Levels, dense: Labels, distinct: Distinct) -> Levels:
    """Unassigned: who is unlike the reason's members, and lies in no dense group or is like those of other reasons.

    What many said in the very same words is a reason of its own then, and no stranger.
    """
    typical = _typicality(np.unique(levels.reasons, return_inverse=True)[1], distinct.vectors)
    strange = ((dense == UNASSIGNED) & (typical < LONE_BELOW)) | (typical < STRANGE_BELOW)
    repeated = np.flatnonzero(strange & (distinct.copies >= density.SMALLEST))
    own = int(levels.details.max()) + 1 + np.arange(len(repeated))
    return levels.without(strange).with_own(repeated, own)


def _typicality(labels: Labels, vectors: Vectors) -> NDArray[np.float64]:
    scale = Scale.of(_centroids(labels, vectors))
    parts = np.array_split(np.arange(len(labels)), max(1, len(labels) // 8192))
    return np.concatenate([scale.typicality(scale.cosines(vectors[part]), labels[part]) for part in parts])


def _centroids(labels: Labels, vectors: Vectors) -> NDArray[np.float64]:
    return np.stack([vectors[labels == label].mean(axis=0, dtype=np.float64) for label in range(int(labels.max()) + 1)])
