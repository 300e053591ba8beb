"""Gradient descent for the sentiment model's small networks, in numpy alone: the same input gives the same weights.

AdamW (Loshchilov & Hutter 2019), with a rate that rises over the first tenth of the steps and falls as a cosine;
dropout (Srivastava et al. 2014) on the inputs and on the hidden layer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nlp.sentiment import NEUTRAL_BAND
from nlp.sentiment_model import Floats

HIDDEN = 48
EPOCHS = 12
BATCH = 512
RATE = 3e-3
RISING = 0.1
DECAY = 1e-3
DROPPED, DROPPED_HIDDEN = 0.1, 0.4
STRENGTH_WEIGHT = 5.0
"""Of the squared error of the strength beside the cross-entropy of the class."""
MOMENTS = (0.9, 0.999)
SEED = 20261127
Parts: TypeAlias = dict[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    inputs: Floats
    scores: Floats
    classes: NDArray[np.int64]
    weights: Floats
    """Of the strength's error."""
    balanced: Floats
    """Of the class's: each class weighs the same, however many there are of it."""


def trained(inputs: Floats, scores: Floats, weights: Floats) -> Parts:
    """The weights of a network, by their names in ``Network``; inputs are scaled already."""
    draw = np.random.default_rng(SEED)
    # Thresholds as numbers of 64 bits would put a score of exactly -0.05 in 32 bits among the neutral ones.
    classes = np.digitize(scores, [-NEUTRAL_BAND + 1e-6, NEUTRAL_BAND - 1e-6])
    balance = weights.sum() / (3 * np.bincount(classes, weights=weights, minlength=3))
    every = Batch(inputs, scores, classes, weights, (weights * balance[classes]).astype(np.float32))
    parts = _beginning(inputs.shape[1], draw)
    adam = _Adam(parts)
    rates = _rates(EPOCHS * -(-len(scores) // BATCH))
    for _ in range(EPOCHS):
        for batch in _batches(every, draw):
            adam.step(_gradients(parts, batch, draw), next(rates))
    return parts


def _beginning(width: int, draw: Generator) -> Parts:
    shapes = {
        "straight": (width, 4),
        "hidden": (width, HIDDEN),
        "hidden_bias": (HIDDEN,),
        "out": (HIDDEN, 4),
        "bias": (4,),
    }
    spread = {"hidden": width**-0.5, "out": (0.3 / HIDDEN) ** 0.5}
    return {
        name: (spread.get(name, 0.0) * draw.standard_normal(shape)).astype(np.float32) for name, shape in shapes.items()
    }


def _rates(steps: int) -> Iterator[float]:
    rising = max(1, int(RISING * steps))
    for step in range(steps):
        falling = 0.5 * (1 + math.cos(math.pi * (step - rising) / (steps - rising)))
        yield RATE * ((step + 1) / rising if step < rising else falling)


def _batches(every: Batch, draw: Generator) -> Iterator[Batch]:
    order = draw.permutation(len(every.scores))
    for begin in range(0, len(order), BATCH):
        some = order[begin : begin + BATCH]
        yield Batch(
            every.inputs[some], every.scores[some], every.classes[some], every.weights[some], every.balanced[some]
        )


def _gradients(parts: Parts, batch: Batch, draw: Generator) -> Parts:
    kept = batch.inputs * _dropout(batch.inputs.shape, DROPPED, draw)
    before = kept @ parts["hidden"] + parts["hidden_bias"]
    on = (_dropout(before.shape, DROPPED_HIDDEN, draw) * (before > 0)).astype(np.float32)
    inner = (before * on).astype(np.float32)
    slope = _slope(kept @ parts["straight"] + inner @ parts["out"] + parts["bias"], batch)
    back = (slope @ parts["out"].T) * on
    return {
        "straight": kept.T @ slope,
        "hidden": kept.T @ back,
        "hidden_bias": back.sum(axis=0),
        "out": inner.T @ slope,
        "bias": slope.sum(axis=0),
    }


def _slope(outputs: Floats, batch: Batch) -> Floats:
    """Of the loss by each output: cross-entropy for the first three, squared error for the strength."""
    odds = np.exp(outputs[:, :3] - outputs[:, :3].max(axis=1, keepdims=True))
    classes = odds / odds.sum(axis=1, keepdims=True) - np.eye(3, dtype=np.float32)[batch.classes]
    strength = np.tanh(outputs[:, 3])
    error = STRENGTH_WEIGHT * 2 * (strength - batch.scores) * (1 - strength**2)
    slope = np.column_stack([classes * batch.balanced[:, None], error * batch.weights])
    return np.asarray(slope / len(outputs), dtype=np.float32)


def _dropout(shape: tuple[int, ...], share: float, draw: Generator) -> Floats:
    return np.asarray((draw.random(shape, dtype=np.float32) >= share) / np.float32(1 - share), dtype=np.float32)


class _Adam:
    """Changes the parts in place."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._means = {name: np.zeros_like(part) for name, part in parts.items()}
        self._squares = {name: np.zeros_like(part) for name, part in parts.items()}
        self._steps = 0

    def step(self, gradients: Parts, rate: float) -> None:
        self._steps += 1
        first, second = MOMENTS
        for name, gradient in gradients.items():
            mean, square = self._means[name], self._squares[name]
            mean += (1 - first) * (gradient - mean)
            square += (1 - second) * (gradient**2 - square)
            size = np.sqrt(square / (1 - second**self._steps)) + 1e-8
            self._parts[name] *= 1 - rate * DECAY
            self._parts[name] -= rate * mean / (1 - first**self._steps) / size
