"""How well names say what their reasons are: whether a name finds its own members among all names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from classify.wording import words

SIBLINGS = 5
FEWEST_WORDS, MOST_WORDS = 2, 5
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]
Encode = Callable[[Sequence[str]], Vectors]


def name_figures(
    names: Sequence[str], labels: Labels, vectors: Vectors, truth: Sequence[object] | None, encode: Encode
) -> dict[str, float | int | None]:
    """``labels`` has for each row the place of its name, or −1; ``truth`` its labelled reason, None where unknown."""
    named = encode(names)
    assigned = labels != -1
    cosines, own = vectors[assigned] @ named.T, labels[assigned]
    lengths = [len(words(name)) for name in names]
    return {
        "k": len(names),
        "names_distinct": len({name.casefold() for name in names}),
        "words_mean": round(float(np.mean(lengths)), 2),
        "phrase_share": round(float(np.mean([FEWEST_WORDS <= length <= MOST_WORDS for length in lengths])), 4),
        "retrieval": round(_nearest(cosines, own), 4),
        "retrieval_siblings": round(_nearest(_among_siblings(cosines, own, vectors[assigned]), own), 4),
        "label_match": None if truth is None else round(_label_match(named, labels, truth, encode), 4),
    }


def _nearest(cosines: NDArray[np.float32], own: Labels) -> float:
    return float((cosines.argmax(axis=1) == own).mean())


def _among_siblings(cosines: NDArray[np.float32], own: Labels, vectors: Vectors) -> NDArray[np.float32]:
    """The same, with all names out of the race but a member's own and those of the nearest reasons."""
    count = cosines.shape[1]
    centres = np.stack([vectors[own == label].mean(axis=0) for label in range(count)])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    near = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, : SIBLINGS + 1]
    racing = np.eye(count, dtype=bool)
    racing[np.arange(count)[:, None], near] = True
    return np.where(racing[own], cosines, -np.inf).astype(np.float32)


def _label_match(named: Vectors, labels: Labels, truth: Sequence[object], encode: Encode) -> float:
    gold = np.array([str(label) for label in truth])
    usual = [Counter(gold[labels == label].tolist()).most_common(1)[0][0] for label in range(len(named))]
    return float((named * encode([_spelled(label) for label in usual])).sum(axis=1).mean())


def _spelled(label: str) -> str:
    """ "card_arrival" and "CardArrival" in words."""
    return CAMEL.sub(" ", label).replace("_", " ").lower()
