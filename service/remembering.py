"""An embedder that remembers: what one stage had embedded, the next one does not pay for again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from classify import Embedder
    from data.types import Provenance

KEPT = 16_384
"""Vectors, 25 MB of 384 numbers each: those of the turns of several jobs."""


class RememberingEmbedder:
    """The embedder itself, with the vectors of its last texts at hand, by their hashes. Safe to share."""

    def __init__(self, embedder: Embedder, kept: int = KEPT) -> None:
        self._embedder = embedder
        self._kept = kept
        self._vectors: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    @property
    def provenance(self) -> Provenance:
        return self._embedder.provenance

    @property
    def languages(self) -> frozenset[str] | None:
        return self._embedder.languages

    @property
    def threshold(self) -> float:
        return self._embedder.threshold

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        with self._lock:
            found = {key: self._vectors[key] for key in keys if key in self._vectors}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            found |= zip(missing, self._embedder.encode(list(missing.values())), strict=True)
        self._remember(found)
        rows = [found[key] for key in keys]
        return np.stack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)

    def _remember(self, found: dict[bytes, NDArray[np.float32]]) -> None:
        with self._lock:
            for key, vector in found.items():
                self._vectors[key] = vector.copy()
                self._vectors.move_to_end(key)
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
