"""``evaluate embedding``: how fast texts become vectors, and how near those lie to the same model's in float32."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify import Embedder
from data.errors import TooFewTexts
from service.embedders import open_embedder
from service.evaluate.harness import PeakMemory, read_rows, say

CHUNK = 256
"""The two take turns at so many texts, so that a busy machine slows both."""

Vectors = NDArray[np.float32]


def ours(file: str, text_column: str, embedder: str, model_dir: str, threads: int) -> dict[str, Any]:
    """The figures of the embedder as the product runs it, and under ``reference`` those in float32.

    Raises TooFewTexts (permanent).
    """
    texts = sorted({row.text for row in read_rows(Path(file), text_column)}, key=lambda text: (len(text), text))
    if not texts:
        raise TooFewTexts("there are none")
    with PeakMemory() as memory:
        fast = open_embedder(embedder, Path(model_dir), threads=threads)
        exact = open_embedder(embedder, Path(model_dir), threads=threads, precision="float32")
        say(f"embedding {len(texts)} texts twice …")
        vectors, seconds = _in_turns(texts, (fast, exact))
    cosines = np.sum(vectors[0] * vectors[1], axis=1, dtype=np.float64)
    return {
        "n": len(texts),
        "words": round(float(np.mean([len(text.split()) for text in texts])), 1),
        "texts_per_s": round(len(texts) / seconds[0], 1),
        "cosine_min": round(float(cosines.min()), 4),
        "cosine_mean": round(float(cosines.mean()), 4),
        "ratio": round(seconds[1] / seconds[0], 2),
        "reference": {"texts_per_s": round(len(texts) / seconds[1], 1)},
        "rss_mb": memory.mb,
    }


def _in_turns(texts: Sequence[str], embedders: Sequence[Embedder]) -> tuple[list[Vectors], list[float]]:
    """Each one's vectors and seconds; the first texts of all are not timed, since they build tables."""
    rows: list[list[Vectors]] = [[] for _ in embedders]
    seconds = [0.0 for _ in embedders]
    for embedder in embedders:
        embedder.encode(texts[:CHUNK])
    for begin in range(0, len(texts), CHUNK):
        for place, embedder in enumerate(embedders):
            start = time.perf_counter()
            rows[place].append(embedder.encode(texts[begin : begin + CHUNK]))
            seconds[place] += time.perf_counter() - start
    return [np.concatenate(parts) for parts in rows], seconds
