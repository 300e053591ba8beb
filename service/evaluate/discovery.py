"""``evaluate discovery``: time and memory as texts grow; the contract is docs/evaluate.md."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify import discover
from data.errors import TableUnreadable
from service.embedders import open_embedder
from service.evaluate.harness import PeakMemory, read_rows, say
from service.evaluate.scores_reasons import same_partition

SIZES = (10_000, 30_000)
SENTENCES = 10_000
OTHERS_SHARE = 0.4
"""Of a second sentence in a made one: it stays nearer to the first than two sentences of one reason are."""
WORDS = 3
SEED = 1

Vectors = NDArray[np.float32]


def ours(file: str, text_column: str, texts: int, embedder: str, model_dir: str, threads: int) -> dict[str, Any]:
    """The figures for ``texts`` texts, and under ``growth`` for fewer. Raises TableUnreadable (permanent)."""
    sentences = sorted({row.text for row in read_rows(Path(file), text_column) if row.text.strip()})
    if not sentences:
        raise TableUnreadable(f"{Path(file).name}: no text in it")
    sentences = sentences[:: -(-len(sentences) // SENTENCES)]
    say(f"embedding {len(sentences)} sentences …")
    vectors = open_embedder(embedder, Path(model_dir), threads=threads).encode(sentences)
    sizes = [*(size for size in SIZES if size < texts), texts]
    steps = [_measured(*made(sentences, vectors, size)) for size in sizes]
    return {**steps[-1], "growth": steps[:-1]}


def made(sentences: list[str], vectors: Vectors, count: int) -> tuple[list[str], Vectors]:
    """``count`` texts and their vectors: sentences, and those again with a little of another one; always the same."""
    random = np.random.default_rng(SEED)
    first = np.arange(count) % len(sentences)
    other = random.integers(0, len(sentences), count)
    share = np.where(np.arange(count) < len(sentences), 0.0, OTHERS_SHARE).astype(np.float32)
    mixed = vectors[first] + share[:, None] * vectors[other]
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    ends = ["" if part == 0 else _beginning(sentences[row]) for part, row in zip(share, other, strict=True)]
    return [sentences[row] + end for row, end in zip(first, ends, strict=True)], mixed


def _beginning(sentence: str) -> str:
    return " " + " ".join(sentence.split()[:WORDS])


def _measured(texts: list[str], vectors: Vectors) -> dict[str, Any]:
    say(f"discovering in {len(texts)} texts …")
    with PeakMemory() as memory:
        begin, busy = time.perf_counter(), time.process_time()
        found = discover(texts, vectors)
        seconds, cpu_s = time.perf_counter() - begin, time.process_time() - busy
    say("again, shuffled …")
    order = np.random.default_rng(SEED).permutation(len(texts))
    again = discover([texts[row] for row in order], vectors[order])
    return {
        "n": len(texts),
        "k": len(found.reasons),
        "coverage": round(float((found.labels != -1).mean()), 4),
        "seconds": round(seconds, 2),
        "cpu_s": round(cpu_s, 2),
        "rss_mb": memory.mb,
        "order_stable": same_partition(found.labels[order], again.labels),
    }
