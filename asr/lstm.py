"""A layer of a long short-term memory (Hochreiter & Schmidhuber 1997), run over whole sequences by numpy.

PyTorch would do it too, but takes 200 MB of every process that hears.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Sequences = NDArray[np.float32]
"""(steps, sequences, values)."""


class LstmLayer:
    """Weights named and ordered as PyTorch has them: input, forget, cell and output gate."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], number: int) -> None:
        self._inner = np.ascontiguousarray(weights[f"lstm.weight_ih_l{number}"].T)
        self._outer = np.ascontiguousarray(weights[f"lstm.weight_hh_l{number}"].T)
        self._bias = weights[f"lstm.bias_ih_l{number}"] + weights[f"lstm.bias_hh_l{number}"]

    def run(self, given: Sequences) -> Sequences:
        """The layer's state after each step, from a state of zeros."""
        size = len(self._outer)
        steps, count, _ = given.shape
        driven = (given.reshape(steps * count, -1) @ self._inner + self._bias).reshape(steps, count, -1)
        states = np.empty((steps, count, size), dtype=np.float32)
        state, cell = np.zeros((2, count, size), dtype=np.float32)
        for step in range(steps):
            gates = driven[step] + state @ self._outer
            kept = _sigmoid(gates[:, : 2 * size])
            new = np.tanh(gates[:, 2 * size : 3 * size])
            cell = kept[:, size:] * cell + kept[:, :size] * new
            state = states[step] = _sigmoid(gates[:, 3 * size :]) * np.tanh(cell)
        return states


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """By the hyperbolic tangent, which overflows nowhere."""
    half: NDArray[np.float32] = 0.5 * np.tanh(0.5 * values) + 0.5
    return half.astype(np.float32, copy=False)
