"""From the vectors of a multilingual model to those of an English one, so that both lie in one space.

A linear map between two spaces of sentences, as between those of words (Mikolov, Le and Sutskever, "Exploiting
similarities among languages for machine translation", 2013), fitted on English sentences that both models read: no
text in another language is needed, because the multilingual model has brought the languages together already.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classify.values import Vectors

FILE = Path(__file__).with_name("bridge.npz")
RIDGE = 1.0
"""Of 0.1 to 30, by English texts of two labelled sets that it places next to the right reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Bridge:
    """``begins`` and ``ends`` are the SHA-256 of the two models' weights: it joins these and no others."""

    begins: str
    ends: str
    weights: NDArray[np.float32]
    centre: NDArray[np.float32]
    """Taken from a vector before the weights."""
    landing: NDArray[np.float32]
    """Added after them."""

    @classmethod
    def fitted(cls, begins: str, ends: str, here: Vectors, there: Vectors) -> Self:
        """Least squares with a ridge; rows of ``here`` and ``there`` are of the same sentences."""
        centre, landing = here.mean(axis=0, dtype=np.float64), there.mean(axis=0, dtype=np.float64)
        left, right = here - centre, there - landing
        weights = np.linalg.solve(left.T @ left + RIDGE * np.eye(left.shape[1]), left.T @ right)
        return cls(begins, ends, *(part.astype(np.float32) for part in (weights, centre, landing)))

    @classmethod
    def load(cls, file: Path = FILE) -> Self:
        with np.load(file, allow_pickle=False) as stored:
            parts = [stored[name].astype(np.float32) for name in ("weights", "centre", "landing")]
            return cls(str(stored["begins"]), str(stored["ends"]), *parts)

    def save(self, file: Path) -> None:
        """In 16 bits: a vector changes less than by the models' own rounding."""
        parts = {name: getattr(self, name).astype(np.float16) for name in ("weights", "centre", "landing")}
        np.savez_compressed(file, begins=np.array(self.begins), ends=np.array(self.ends), **parts)

    def across(self, vectors: Vectors) -> Vectors:
        landed = (vectors - self.centre) @ self.weights + self.landing
        return np.asarray(landed / np.linalg.norm(landed, axis=1, keepdims=True), dtype=np.float32)
