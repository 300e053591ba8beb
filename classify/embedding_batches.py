"""Texts in fixed batches, so that the same texts give the same bits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from classify.values import Vectors

BATCH = 64
GPU_BATCH = 256
"""Measured on a GPU: 1.7 times the texts a second of 64, and little more with 1,024."""

Encode: TypeAlias = Callable[[Sequence[str]], Vectors]


def in_fixed_batches(texts: Sequence[str], dimensions: int, encode: Encode, *, batch: int = BATCH) -> Vectors:
    """One row a text, in order; ``encode`` sees each distinct text once, among others of its length.

    A row's last bits depend on what shares its batch (padding, the blocks of a matrix product): distinct texts in a
    fixed order make fixed batches.
    """
    if not texts:
        return np.zeros((0, dimensions), dtype=np.float32)
    distinct = sorted(set(texts), key=lambda text: (len(text), text))
    rows = np.concatenate([encode(part) for part in _batches(distinct, batch)])
    place = {text: row for row, text in enumerate(distinct)}
    return np.ascontiguousarray(rows[[place[text] for text in texts]])


def _batches(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for begin in range(0, len(texts), size):
        yield texts[begin : begin + size]
