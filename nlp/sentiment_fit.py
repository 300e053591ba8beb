"""How the sentiment model learns: from texts with a score each, and from their vectors."""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.sentiment_features import BUCKETS, Features, features
from nlp.sentiment_model import Floats, Kind, Network, SentimentModel, words_say
from nlp.sentiment_training import trained

WORDING = Path(__file__).with_name("sentiment_wording.toml")
STRENGTHS = {"very_negative": -0.6, "negative": -0.35, "neutral": 0.0, "positive": 0.35, "very_positive": 0.6}
WORDING_WEIGHT = 3.0
"""A few hundred sentences of service contacts among many thousand others of everything else."""
SMOOTHING = 1.0
"""The ridge of what words say."""
FOLDS = 5
VECTOR_SPREAD, FEATURE_SPREAD = 1 / 8, 2.5
"""Inputs are divided by it: the numbers of a unit vector are small, and its many outvote the few features."""
PRIORS = (1.0, 0.5, 1.0)
"""Factors of the balanced classes' odds for the best mean macro-F1, by cross-validation on what it learns from."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Parallel; ``vectors`` are the English embedder's, ``bridged`` those of the other languages' embedder."""

    texts: Sequence[str]
    scores: Floats
    weights: Floats
    vectors: Floats
    bridged: Floats


def wording() -> list[tuple[str, float]]:
    """The product's own sentences, with their scores."""
    parts = tomllib.loads(WORDING.read_text(encoding="utf-8"))
    return [(text, STRENGTHS[name]) for name, texts in parts.items() for text in texts]


def fitted(examples: Examples, embedder: str) -> SentimentModel:
    """The model for vectors of the embedder with this SHA-256: the same again but for last bits."""
    found = features(examples.texts)
    said = _said(found, examples.scores)
    read = np.hstack([found.dense, _said_by_others(examples.texts, found, examples.scores)])
    networks: dict[Kind, Network] = {
        "both": _network(examples, examples.vectors, read),
        "words": _network(examples, np.zeros((len(read), 0), np.float32), read),
        "meaning": _network(examples, examples.bridged, np.zeros((len(read), 0), np.float32)),
    }
    return SentimentModel(embedder=embedder, said=said, networks=networks)


def _said(found: Features, scores: Floats) -> Floats:
    """What each word says of a text's score and of its size: least squares with a ridge, over all texts together."""
    from scipy.sparse import csr_array, diags_array
    from scipy.sparse.linalg import LinearOperator, cg

    counts = np.bincount(found.rows, minlength=len(scores))
    ones = csr_array((np.ones(len(found.rows)), (found.rows, found.buckets)), shape=(len(scores), BUCKETS))
    hashed = diags_array(1 / np.sqrt(np.maximum(counts, 1))) @ ones
    normal = LinearOperator((BUCKETS, BUCKETS), matvec=lambda words: hashed.T @ (hashed @ words) + SMOOTHING * words)
    wanted = (scores - scores.mean(), np.abs(scores) - np.abs(scores).mean())
    return np.stack([cg(normal, hashed.T @ one, rtol=1e-4)[0] for one in wanted], axis=1).astype(np.float32)


def _said_by_others(texts: Sequence[str], found: Features, scores: Floats) -> Floats:
    """What the words of each text say according to the other texts: of those it learned from, words know too much."""
    folds = np.array([zlib.crc32(text.encode()) % FOLDS for text in texts])
    told = np.zeros((len(texts), 2), np.float32)
    for fold in range(FOLDS):
        others = folds != fold
        told[~others] = words_say(found.of(~others), _said(found.of(others), scores[others]))
    return told


def _network(examples: Examples, vectors: Floats, read: Floats) -> Network:
    """``vectors`` and ``read`` are its inputs; either may have no columns."""
    width = vectors.shape[1]
    centre = np.concatenate([np.zeros(width), read.mean(axis=0)])
    spread = np.concatenate([np.full(width, VECTOR_SPREAD), read.std(axis=0) * FEATURE_SPREAD + 1e-6])
    inputs = (np.hstack([vectors, read]) - centre) / spread
    parts = trained(inputs.astype(np.float32), examples.scores, examples.weights)
    parts["bias"][:3] += np.log(PRIORS)
    return Network(centre=centre.astype(np.float32), spread=spread.astype(np.float32), **parts)
