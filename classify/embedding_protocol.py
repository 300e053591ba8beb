"""What every embedder is, and how exactly it computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from classify.values import Vectors
from data.types import Provenance

Precision: TypeAlias = Literal["auto", "float32"]
"""``auto``: bfloat16 on a processor that multiplies in it (about twice as fast, cosine ≥ 0.999 to float32); on a GPU
float32, which is the faster one there for models of this size."""


class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how close they are in meaning."""

    @property
    def name(self) -> str:
        """Vectors of two embedders of one name can be compared."""

    @property
    def dimensions(self) -> int: ...

    @property
    def provenance(self) -> Provenance: ...

    @property
    def languages(self) -> frozenset[str] | None:
        """BCP-47 codes of those whose texts it places by meaning; None: many, or nobody says which."""

    @property
    def threshold(self) -> float:
        """The cosine from which two texts are alike in meaning; it does not carry from one model to another."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row a text, in order. The same texts give the same bits, in whatever order they come."""
