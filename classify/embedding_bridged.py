"""English by an English model, every other language by a multilingual one and over a bridge: one space for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from classify.bridge import Bridge
from classify.calibration import same_meaning_threshold
from classify.embedding_batches import in_fixed_batches
from classify.embedding_protocol import Embedder
from classify.values import Vectors
from data.errors import ModelCorrupt
from data.types import Provenance

ENGLISH = "en"


class BridgedEmbedder:
    """Its vectors are the English model's, and so is its name: what that one embedded before stays of use.

    ``load_others`` is called at the first text that is not English: who has none never pays for it. Safe to share
    between threads.
    """

    def __init__(
        self,
        english: Embedder,
        load_others: Callable[[], Embedder],
        languages: frozenset[str],
        language_of: Callable[[str], str],
    ) -> None:
        self._english = english
        self._load_others = load_others
        self._language_of = language_of
        self._lock = RLock()
        self.languages = languages
        self.name = english.name

    @property
    def dimensions(self) -> int:
        return self._english.dimensions

    @property
    def provenance(self) -> Provenance:
        return self._english.provenance

    @cached_property
    def threshold(self) -> float:
        return same_meaning_threshold(self.encode, self.languages)

    def encode(self, texts: Sequence[str]) -> Vectors:
        english = np.array([self._language_of(text) == ENGLISH for text in texts], dtype=bool)
        if english.all():
            return self._english.encode(texts)
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        vectors[english] = self._english.encode(_where(english, texts))
        vectors[~english] = in_fixed_batches(_where(~english, texts), self.dimensions, self._across)
        return vectors

    def _across(self, batch: Sequence[str]) -> Vectors:
        others, bridge = self._others
        return bridge.across(others.encode(batch))

    @property
    def _others(self) -> tuple[Embedder, Bridge]:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> tuple[Embedder, Bridge]:
        others, bridge = self._load_others(), Bridge.load()
        if (bridge.begins, bridge.ends) != (others.provenance.model_sha256, self.provenance.model_sha256):
            raise ModelCorrupt(f"the bridge from {others.name} to {self.name} was made for other weights")
        return others, bridge


def _where(chosen: NDArray[np.bool_], texts: Sequence[str]) -> list[str]:
    return [text for text, wanted in zip(texts, chosen.tolist(), strict=True) if wanted]
