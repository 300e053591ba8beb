"""Texts become vectors: the only file that knows the embedding library."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classify.calibration import same_meaning_threshold
from classify.embedding_batches import BATCH, GPU_BATCH, in_fixed_batches
from classify.embedding_bridged import BridgedEmbedder
from classify.embedding_protocol import Embedder, Precision
from classify.embedding_universal import LANGUAGES as UNIVERSAL_LANGUAGES
from classify.embedding_universal import WEIGHTS as UNIVERSAL_WEIGHTS
from classify.embedding_universal import is_universal, load_universal
from classify.values import Vectors
from data.errors import ModelCorrupt, ModelMissing
from data.types import Provenance

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHTS = ("model.safetensors", "pytorch_model.bin", "onnx/model.onnx", UNIVERSAL_WEIGHTS)
CARD = "README.md"


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
        return in_fixed_batches(texts, self.dimensions, self._encode, batch=self._batch)

    @property
    def _batch(self) -> int:
        return GPU_BATCH if self._model.device.type == "cuda" else BATCH

    def _encode(self, batch: Sequence[str]) -> Vectors:
        rows = self._model.encode(list(batch), batch_size=self._batch, show_progress_bar=False)
        vectors = np.asarray(rows, dtype=np.float32)
        # Here and not by the model, which would round the length in its own precision.
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def load_embedder(model: str | Path, *, threads: int | None = None, precision: Precision = "auto") -> Embedder:
    """An embedder from a folder, or from a name that is in the local model cache; nothing is fetched.

    ``threads`` bounds the processor's threads of the whole process; None leaves the library's choice.
    Raises ModelMissing, ModelCorrupt (retry, once the files are put right).
    """
    folder = Path(model)
    if isinstance(model, Path) and not model.is_dir():
        raise ModelMissing(str(model))
    if is_universal(folder):
        return load_universal(folder, _sha256(folder), threads)
    return _load_sentence_embedder(model, threads, precision)


def load_bridged(
    english: Path,
    others: Path,
    *,
    language_of: Callable[[str], str],
    threads: int | None = None,
    precision: Precision = "auto",
) -> Embedder:
    """English texts as ``english`` places them, and those of other languages that ``others`` reads among them.

    ``language_of`` answers a BCP-47 primary code. Raises as ``load_embedder``; for ``others`` only when it is needed.
    """
    return BridgedEmbedder(
        load_embedder(english, threads=threads, precision=precision),
        lambda: load_embedder(others, threads=threads, precision=precision),
        UNIVERSAL_LANGUAGES,
        language_of,
    )


def _load_sentence_embedder(model: str | Path, threads: int | None, precision: Precision) -> SentenceEmbedder:
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
    if precision == "auto" and loaded.device.type == "cpu" and _multiplies_in_bfloat16():
        loaded.bfloat16()
    return SentenceEmbedder(loaded, folder.name if folder.is_dir() else str(model), _sha256(folder), _languages(folder))


def _multiplies_in_bfloat16() -> bool:
    """Without such instructions bfloat16 is emulated, and slower than float32."""
    import torch

    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


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
