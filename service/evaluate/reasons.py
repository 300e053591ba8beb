"""``evaluate reasons``: discovery on labelled texts, ours and BERTopic's, by the contract of docs/evaluate.md."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify import discover
from service.embedders import open_embedder
from service.evaluate.harness import PeakMemory, Row, read_rows, say
from service.evaluate.scores_reasons import agreement, same_partition

SHUFFLE_SEED = 1

Vectors = NDArray[np.float32]
Find = Callable[[Sequence[str], Vectors], NDArray[np.int64]]


def ours(file: str, text_column: str, label_column: str, embedder: str, model_dir: str, threads: int) -> dict[str, Any]:
    """Our figures, with one set of defaults for every file."""
    return _measured(file, text_column, label_column, embedder, model_dir, threads, _ours)


def baseline(
    file: str, text_column: str, label_column: str, embedder: str, model_dir: str, threads: int
) -> dict[str, Any]:
    """BERTopic's, with its defaults and our vectors."""
    return _measured(file, text_column, label_column, embedder, model_dir, threads, _bertopic)


def _measured(
    file: str, text_column: str, label_column: str, embedder: str, model_dir: str, threads: int, find: Find
) -> dict[str, Any]:
    rows = read_rows(Path(file), text_column, label_column)
    with PeakMemory() as memory:
        model = open_embedder(embedder, Path(model_dir), threads=threads)
        texts = [row.text for row in rows]
        say(f"embedding {len(texts)} texts …")
        vectors, embed_s = _timed(lambda: model.encode(texts))
        say("discovering …")
        labels, seconds = _timed(lambda: find(texts, vectors))
    figures = _figures(rows, labels, seconds, embed_s)
    return {**figures, "rss_mb": memory.mb, "order_stable": _order_stable(texts, vectors, labels, find)}


def _figures(rows: Sequence[Row], labels: NDArray[np.int64], seconds: float, embed_s: float) -> dict[str, Any]:
    truth = [row.label for row in rows]
    return {
        "n": len(rows),
        "true_k": len(set(truth)),
        "k": len({*labels.tolist()} - {-1}),
        "coverage": round(float((labels != -1).mean()), 4),
        **agreement(truth, labels),
        "seconds": round(seconds, 2),
        "embed_s": round(embed_s, 2),
    }


def _order_stable(texts: Sequence[str], vectors: Vectors, labels: NDArray[np.int64], find: Find) -> bool:
    say("discovering again, shuffled …")
    order = np.random.default_rng(SHUFFLE_SEED).permutation(len(texts))
    return same_partition(labels[order], find([texts[row] for row in order], vectors[order]))


def _ours(texts: Sequence[str], vectors: Vectors) -> NDArray[np.int64]:
    return discover(texts, vectors).labels


def _bertopic(texts: Sequence[str], vectors: Vectors) -> NDArray[np.int64]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertopic import BERTopic

        topics, _ = BERTopic().fit_transform(list(texts), embeddings=vectors)
    return np.asarray(topics, dtype=np.int64)


def _timed(step: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.perf_counter()
    answer = step()
    return answer, time.perf_counter() - begin
