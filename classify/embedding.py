"""Texts become vectors: the only file that knows the embedding library."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from classify.calibration import same_meaning_threshold
from classify.values import Vectors
from data.errors import ModelCorrupt, ModelMissing
from data.types import Provenance

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 64
WEIGHTS = ("model.safetensors", "pytorch_model.bin", "onnx/model.onnx")


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
    def threshold(self) -> float:
        """The cosine from which two texts are alike in meaning; it does not carry from one model to another."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row a text, in order. The same texts give the same bits, in whatever order they come."""


class SentenceEmbedder:
    """A model of sentence-transformers; safe to share between threads, one of which encodes at a time."""

    def __init__(self, model: SentenceTransformer, name: str, sha256: str | None) -> None:
        self._model = model
        self._sha256 = sha256
        self.name = name

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
        return same_meaning_threshold(self.encode)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        # A row's last bits depend on how far its batch is padded: distinct texts in a fixed order make fixed batches.
        distinct = sorted(set(texts), key=lambda text: (len(text), text))
        rows = np.concatenate([self._encode(batch) for batch in _batches(distinct)])
        place = {text: row for row, text in enumerate(distinct)}
        return np.ascontiguousarray(rows[[place[text] for text in texts]])

    def _encode(self, batch: Sequence[str]) -> Vectors:
        rows = self._model.encode(list(batch), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


def load_embedder(model: str | Path, *, threads: int | None = None) -> SentenceEmbedder:
    """An embedder from a folder, or from a name that is in the local model cache; nothing is fetched.

    ``threads`` bounds the processor's threads of the whole process; None leaves the library's choice.
    Raises ModelMissing, ModelCorrupt (retry, once the files are put right).
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # the library leaves it without types
    if threads is not None:
        torch.set_num_threads(threads)
    if isinstance(model, Path) and not model.is_dir():
        raise ModelMissing(str(model))
    try:
        loaded = SentenceTransformer(str(model), local_files_only=True)
    except OSError as error:
        raise (ModelCorrupt if Path(model).is_dir() else ModelMissing)(str(model)) from error
    except (RuntimeError, ValueError, KeyError) as error:
        raise ModelCorrupt(f"{model}: {error}") from error
    loaded.eval()
    return SentenceEmbedder(loaded, Path(model).name if Path(model).is_dir() else str(model), _sha256(Path(model)))


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(texts), BATCH):
        yield texts[begin : begin + BATCH]


def _sha256(folder: Path) -> str | None:
    for name in WEIGHTS:
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return None
