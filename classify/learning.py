"""The assigner that people's corrections have taught: it answers in closed form, and knows how sure it may be.

    corpus with its neighbours + reasons' centroids + corrections (+ what contacts were taken for so far)
      → a head over smoothed vectors → beliefs spread over the corpus → confidence fitted on held-out corrections

A contact that is to have none of the reasons teaches too: ``none`` is a class of its own, the last one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.learning_head import FROM_NEIGHBOURS, Beliefs, Head, Lesson, fit, spread, without
from classify.learning_surroundings import Placed, Surroundings, averaging
from classify.values import KnownReason, Vectors
from data.types import Provenance, ReasonAssignment

PROVENANCE = Provenance(component="classify.learning", version="1")
FOLDS = 5
FEWEST_CHECKED = 20
"""Held-out corrections from which confidence is fitted to them."""
SHARPNESS = 2.2
"""Of beliefs, until enough corrections can be held out."""
SHARPNESSES = np.geomspace(0.5, 4.0, 25)
CENTROID_COUNTS_AS = 1.0
"""Corrections: so much does a discovered reason's centroid say of it."""
TRUST = 0.3
"""In what a contact was taken for before anybody corrected one."""
FAMILIAR_FROM = 0.7
FAMILIAR_WIDTH = 0.03
FLOOR = 1e-4


@dataclass(frozen=True, slots=True)
class Checks:
    """How corrections are answered by a head that was not taught them: by row of the corpus."""

    rows: NDArray[np.int64]
    truth: NDArray[np.int64]
    answers: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answers:
    """For each text the likeliest class, how likely it is, and how familiar the text is at all."""

    reasons: NDArray[np.int64]
    confidences: NDArray[np.float64]
    familiarity: NDArray[np.float64]
    distances: NDArray[np.float64]
    """1 − cosine to the reason's own mean."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Immutable; safe to share between threads. Column ``len(ids)`` of the beliefs is ``none``."""

    ids: tuple[str, ...]
    surroundings: Surroundings
    beliefs: Beliefs
    head: Head
    sharpness: float
    checks: Checks
    means: NDArray[np.float64]
    """Each reason's direction; normalised."""

    def assign(self, vectors: Vectors, hints: Beliefs | None = None) -> list[ReasonAssignment]:
        """For each row the likeliest reason and how sure that is, or none: where it is strange, or like the unassigned.

        ``hints`` is what else is believed of each row, in rows that add up to less than 1 or nothing.
        """
        if not self.ids or not len(vectors):
            return [_nothing()] * len(vectors)
        found = self.answers(vectors, hints)
        certain = np.where(found.familiarity < FAMILIAR_FROM, len(self.ids), found.reasons)
        nearest = self._nearest(found, vectors)
        return [
            ReasonAssignment(
                reason_id=None if reason == len(self.ids) else self.ids[reason],
                confidence=round(float(confidence), 4),
                nearest_id=self.ids[near],
                distance=round(float(distance), 6),
                provenance=PROVENANCE,
            )
            for reason, confidence, near, distance in zip(
                certain, found.confidences, nearest, found.distances, strict=True
            )
        ]

    def answers(self, vectors: Vectors, hints: Beliefs | None = None) -> Answers:
        placed = self.surroundings.place(vectors)
        beliefs = self.believe(placed, hints)
        reasons = beliefs.argmax(axis=1)
        belongs = 1.0 / (1.0 + np.exp(-(placed.familiarity - FAMILIAR_FROM) / FAMILIAR_WIDTH))
        cosines = np.asarray(vectors @ self.means.T, dtype=np.float64)
        near = np.where(reasons == len(self.ids), cosines.argmax(axis=1) if cosines.size else 0, reasons)
        return Answers(
            reasons=reasons,
            confidences=beliefs[np.arange(len(beliefs)), reasons] * belongs,
            familiarity=placed.familiarity,
            distances=1.0 - cosines[np.arange(len(near)), near] if cosines.size else np.ones(len(near)),
        )

    def believe(self, placed: Placed, hints: Beliefs | None = None) -> NDArray[np.float64]:
        """Calibrated: of texts that it gives 0.8 to a class, 8 in 10 are of it."""
        own = self.head(placed.smoothed)
        if hints is not None:
            own = own * (1.0 - hints.sum(axis=1, keepdims=True)) + hints
        mixed = FROM_NEIGHBOURS * (averaging(placed.weights) @ self.beliefs) + (1 - FROM_NEIGHBOURS) * own
        return sharpened(mixed, self.sharpness)

    def _nearest(self, found: Answers, vectors: Vectors) -> NDArray[np.int64]:
        closest = np.asarray(vectors @ self.means.T).argmax(axis=1)
        return np.where(found.reasons == len(self.ids), closest, found.reasons)


def learn(
    surroundings: Surroundings,
    known: Sequence[KnownReason],
    corrections: Mapping[int, str | None],
    before: Sequence[str | None] | None = None,
    hints: Beliefs | None = None,
) -> Taught:
    """An assigner for the known reasons and those that corrections name.

    ``corrections`` are by row of the corpus; None says that it has none of the reasons. ``before`` is what each row
    was taken for so far, None for unassigned; ``hints`` as in ``Taught.assign``, a row for each of the corpus.
    """
    ids = tuple(sorted({reason.id for reason in known} | {given for given in corrections.values() if given}))
    lesson = _lesson(surroundings, ids, known, corrections, before, hints)
    head = fit(surroundings, lesson)
    beliefs = spread(surroundings, lesson, head)
    checks, checked = _held_out(surroundings, lesson)
    sharpness = _sharpness(checked, checks.truth)
    return Taught(ids, surroundings, beliefs, head, sharpness, checks, _means(surroundings, beliefs, known, ids))


def sharpened(beliefs: Beliefs, sharpness: float) -> NDArray[np.float64]:
    """To a power and normalised again: temperature scaling (Guo et al. 2017)."""
    powers = (beliefs.astype(np.float64) + FLOOR) ** sharpness
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def class_ids(taught_ids: Sequence[str]) -> dict[str | None, int]:
    """The column of each reason, and of none."""
    return {**{reason: column for column, reason in enumerate(taught_ids)}, None: len(taught_ids)}


def _lesson(
    surroundings: Surroundings,
    ids: Sequence[str],
    known: Sequence[KnownReason],
    corrections: Mapping[int, str | None],
    before: Sequence[str | None] | None,
    hints: Beliefs | None,
) -> Lesson:
    column = class_ids(ids)
    rows = np.array(sorted(corrections), dtype=np.int64)
    labels = np.array([column[corrections[row]] for row in rows.tolist()], dtype=np.int64)
    prior, trust = _prior(len(surroundings), column, before, hints)
    return Lesson(
        rows=rows,
        labels=labels,
        hints=surroundings.place(_directions(known)).smoothed if known else surroundings.smoothed[:0],
        hint_labels=np.array([column[reason.id] for reason in known], dtype=np.int64),
        hint_weight=CENTROID_COUNTS_AS,
        prior=prior,
        trust=trust,
        classes=len(column),
    )


def _prior(
    size: int, column: Mapping[str | None, int], before: Sequence[str | None] | None, hints: Beliefs | None
) -> tuple[Beliefs, NDArray[np.float32]]:
    prior = np.zeros((size, len(column)), dtype=np.float32)
    if before is not None:
        taken = np.array([column.get(reason, -1) for reason in before], dtype=np.int64)
        placed = np.flatnonzero(taken >= 0)
        prior[placed, taken[placed]] = TRUST
    if hints is not None:
        prior += hints
    trust = np.minimum(prior.sum(axis=1), 0.9)
    return prior / np.maximum(prior.sum(axis=1, keepdims=True), 1e-12), trust


def _directions(known: Sequence[KnownReason]) -> Vectors:
    centroids = np.stack([np.asarray(reason.centroid, dtype=np.float32) for reason in known])
    lengths = np.linalg.norm(centroids, axis=1, keepdims=True)
    return np.asarray(centroids / np.maximum(lengths, 1e-12), dtype=np.float32)


def _held_out(surroundings: Surroundings, lesson: Lesson) -> tuple[Checks, Beliefs]:
    """What is believed of each correction by those who were not taught it; only of classes they know otherwise."""
    folds = _folds(lesson.labels)
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], Beliefs]] = []
    for fold in range(FOLDS):
        left_out = folds == fold
        taught = without(lesson, left_out)
        known = np.isin(lesson.labels, np.concatenate([taught.labels, taught.hint_labels]))
        asked = left_out & known
        if asked.any():
            beliefs = spread(surroundings, taught, fit(surroundings, taught))
            parts.append((lesson.rows[asked], lesson.labels[asked], beliefs[lesson.rows[asked]]))
    if not parts:
        return Checks(*(np.zeros(0, dtype=np.int64) for _ in range(3))), np.zeros((0, lesson.classes), np.float32)
    rows, truth, believed = (np.concatenate([part[place] for part in parts]) for place in range(3))
    return Checks(rows, truth, believed.argmax(axis=1)), believed


def _folds(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The examples of each class are dealt out in turn, where the class before ended.

    Classes come as their examples do: their ids are random, and must not decide what is held out together.
    """
    _, first, number = np.unique(labels, return_index=True, return_inverse=True)
    folds = np.empty(len(labels), dtype=np.int64)
    folds[np.argsort(first[number], kind="stable")] = np.arange(len(labels)) % FOLDS
    return folds


def _sharpness(believed: Beliefs, truth: NDArray[np.int64]) -> float:
    """That under which the held-out corrections are the least surprising."""
    if len(truth) < FEWEST_CHECKED:
        return SHARPNESS
    rows = np.arange(len(truth))
    surprise = [-np.log(sharpened(believed, sharpness)[rows, truth]).mean() for sharpness in SHARPNESSES]
    return float(SHARPNESSES[int(np.argmin(surprise))])


def _means(
    surroundings: Surroundings, beliefs: Beliefs, known: Sequence[KnownReason], ids: Sequence[str]
) -> NDArray[np.float64]:
    """A known reason's own centroid; for one that only corrections know, the mean of what is believed to be of it."""
    means = (beliefs[:, : len(ids)].T @ surroundings.vectors).astype(np.float64)
    for reason in known:
        means[ids.index(reason.id)] = reason.centroid
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12))


def _nothing() -> ReasonAssignment:
    return ReasonAssignment(reason_id=None, confidence=0.0, nearest_id=None, distance=None, provenance=PROVENANCE)
