"""``evaluate assign``: how well new contacts get their reason, from none corrected to several of each.

At 0 corrections each discovered reason stands for the label that most of its contacts have. At S, nothing is known of
the reasons but S labelled contacts of each, and the unlabelled texts.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from classify import Facets, Surroundings, assign, discover, learn
from classify.values import DiscoveredReason, Vectors
from data.types import ReasonAssignment
from service.embedders import open_embedder
from service.evaluate.harness import read_rows, say
from service.evaluate.scores_assign import auroc, calibration_error

SEEDS = range(5)
Shares: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """A discovered reason under an id, as the assigner takes it."""

    id: str
    name: str
    centroid: NDArray[np.float32]
    size: int


@dataclass(frozen=True, slots=True)
class Corpus:
    texts: list[str]
    labels: list[str]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Score:
    """On the test texts: accuracy of the likeliest reason, and the error of what confidence it claims."""

    accuracy: float
    ece: float


def ours(
    train: str,
    test: str,
    text_column: str,
    label_column: str,
    shots: Sequence[int],
    out_of_scope: str | None,
    embedder: str,
    model_dir: str,
    threads: int,
) -> dict[str, Any]:
    """The figures, with one set of defaults for every file."""
    model = open_embedder(embedder, Path(model_dir), threads=threads)

    def read(path: str, label: str | None) -> Corpus:
        rows = read_rows(Path(path), text_column, label)
        say(f"embedding {len(rows)} texts …")
        texts = [row.text for row in rows]
        return Corpus(texts, [str(row.label) for row in rows], model.encode(texts))

    known, asked = read(train, label_column), read(test, label_column)
    strangers = read(out_of_scope, None) if out_of_scope else None
    begin = time.perf_counter()
    scores, rejection = _measured(known, asked, strangers, shots)
    return {
        "accuracy": {str(count): round(score.accuracy, 4) for count, score in scores.items()},
        "ece": {str(count): round(score.ece, 4) for count, score in scores.items()},
        "oos_auroc": rejection,
        "seconds": round(time.perf_counter() - begin, 2),
    }


def _measured(
    known: Corpus, asked: Corpus, strangers: Corpus | None, shots: Sequence[int]
) -> tuple[dict[int, Score], float | None]:
    """Rejection is measured with the most corrections that were asked for."""
    scores: dict[int, Score] = {}
    rejection: float | None = None
    surroundings = Surroundings.of(known.vectors) if any(shots) else None
    for count in sorted(set(shots)):
        say(f"{count} corrections of each reason …")
        if surroundings is None or count == 0:
            scores[count], confident = _discovered(known, asked, strangers)
        else:
            scores[count], confident = _taught(surroundings, known, asked, strangers, count)
        rejection = round(auroc(*confident), 4) if confident else None
    return scores, rejection


def _discovered(known: Corpus, asked: Corpus, strangers: Corpus | None) -> tuple[Score, tuple[Shares, Shares] | None]:
    found = discover(known.texts, known.vectors)
    meant = [_majority(known.labels, np.flatnonzero(found.labels == number)) for number in range(len(found.reasons))]
    reasons = [_found(str(number), reason) for number, reason in enumerate(found.reasons)]
    facets = Facets.of(known.vectors, found.labels, np.stack([reason.centroid for reason in reasons]))
    given = assign(asked.vectors, reasons, facets)
    said = [meant[int(one.nearest_id)] if one.nearest_id else None for one in given]
    score = _score(said, _confidences(given), asked.labels)
    return score, (_confidences(given), _confidences(assign(strangers.vectors, reasons, facets))) if strangers else None


def _taught(
    surroundings: Surroundings, known: Corpus, asked: Corpus, strangers: Corpus | None, count: int
) -> tuple[Score, tuple[Shares, Shares] | None]:
    scores, confident = [], None
    for seed in SEEDS:
        taught = learn(surroundings, (), _drawn(known.labels, count, seed))
        answers = taught.answers(asked.vectors)
        said = [taught.ids[column] for column in answers.reasons]
        scores.append(_score(said, answers.confidences, asked.labels))
        if strangers is not None and confident is None:
            confident = answers.familiarity, taught.answers(strangers.vectors).familiarity
    return _mean(scores), confident


def _drawn(labels: Sequence[str], count: int, seed: int) -> dict[int, str | None]:
    """``count`` rows of each label, by chance; all of a label that has fewer."""
    random = np.random.default_rng(seed)
    given = np.array(labels)
    rows = [random.permutation(np.flatnonzero(given == label))[:count] for label in sorted(set(labels))]
    return {int(row): labels[row] for row in np.concatenate(rows)}


def _majority(labels: Sequence[str], rows: NDArray[np.int64]) -> str:
    counted = Counter(labels[int(row)] for row in rows)
    return max(sorted(counted), key=lambda label: counted[label])


def _found(number: str, reason: DiscoveredReason) -> Found:
    return Found(number, reason.name, reason.centroid, reason.size)


def _confidences(given: Sequence[ReasonAssignment]) -> Shares:
    return np.array([one.confidence for one in given], dtype=np.float64)


def _score(said: Sequence[str | None], confidences: Shares, truth: Sequence[str]) -> Score:
    right = np.array([one == other for one, other in zip(said, truth, strict=True)], dtype=np.float64)
    return Score(float(right.mean()), calibration_error(confidences, right))


def _mean(scores: Sequence[Score]) -> Score:
    return Score(float(np.mean([score.accuracy for score in scores])), float(np.mean([score.ece for score in scores])))
