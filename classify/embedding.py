"""Texts become vectors: the only file that knows the embedding library."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from classify.calibration import same_meaning_threshold
from classify.embedding_batches import BATCH, in_fixed_batches
from classify.embedding_universal import WEIGHTS as UNIVERSAL_WEIGHTS
from classify.embedding_universal import is_universal, load_universal
from classify.values import Vectors
from data.errors import ModelCorrupt, ModelMissing
from data.types import Provenance

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHTS = ("model.safetensors", "pytorch_model.bin", "onnx/model.onnx", UNIVERSAL_WEIGHTS)
CARD = "README.md"


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


class SentenceEmbedder:
    """A model of sentence-transformers; safe to share between threads, one of which encodes at a time."""

    def __init__(
        self, model: SentenceTransformer, name: str, sha256: str | None, languages: frozenset[str] | None = None
    ) -> None:
        self._model = model
        self._sha256 = sha256
        self.name = name
        self.languages = languages

    @property
    def dimensions(self) -> int:
        size = self._model.get_embedding_dimension()
        assert size is not None
        return int(size)

    @cached_property
    def provenance(self) -> Provenance:
        return Provenance(
            component="classify.embedding",
            version=version("sentence-transformers"),
            model=self.name,
            model_sha256=self._sha256,
            device=str(self._model.device),
        )

    @cached_property
    def threshold(self) -> float:
        return same_meaning_threshold(self.encode, self.languages)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return in_fixed_batches(texts, self.dimensions, self._encode)

    def _encode(self, batch: Sequence[str]) -> Vectors:
        rows = self._model.encode(list(batch), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


def load_embedder(model: str | Path, *, threads: int | None = None) -> Embedder:
    """An embedder from a folder, or from a name that is in the local model cache; nothing is fetched.

    ``threads`` bounds the processor's threads of the whole process; None leaves the library's choice.
    Raises ModelMissing, ModelCorrupt (retry, once the files are put right).
    """
    folder = Path(model)
    if isinstance(model, Path) and not model.is_dir():
        raise ModelMissing(str(model))
    if is_universal(folder):
        return load_universal(folder, _sha256(folder), threads)
    return _load_sentence_embedder(model, threads)


def _load_sentence_embedder(model: str | Path, threads: int | None) -> SentenceEmbedder:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # the library leaves it without types
    if threads is not None:
        torch.set_num_threads(threads)
    folder = Path(model)
    try:
        loaded = SentenceTransformer(str(model), local_files_only=True)
    except OSError as error:
        raise (ModelCorrupt if folder.is_dir() else ModelMissing)(str(model)) from error
    except (RuntimeError, ValueError, KeyError) as error:
        raise ModelCorrupt(f"{model}: {error}") from error
    loaded.eval()
    return SentenceEmbedder(loaded, folder.name if folder.is_dir() else str(model), _sha256(folder), _languages(folder))


def _languages(folder: Path) -> frozenset[str] | None:
    """What the model's card says it reads (Hugging Face's ``language``), if it says anything that narrows it down."""
    if not (folder / CARD).is_file():
        return None
    from huggingface_hub.repocard import metadata_load

    try:
        said = (metadata_load(folder / CARD) or {}).get("language") or []
    except ValueError:
        return None
    codes = frozenset([said] if isinstance(said, str) else map(str, said))
    return None if not codes or "multilingual" in codes else codes


def _sha256(folder: Path) -> str | None:
    for name in WEIGHTS:
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return None
