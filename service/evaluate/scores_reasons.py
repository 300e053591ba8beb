"""How well found groups agree with labelled ones; those without a reason form one group of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def agreement(truth: Sequence[object], labels: NDArray[np.int64]) -> dict[str, float]:
    """AMI, ARI, V-measure and purity over all rows."""
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

    named = [str(label) for label in truth]
    return {
        "ami": round(float(adjusted_mutual_info_score(named, labels)), 4),
        "ari": round(float(adjusted_rand_score(named, labels)), 4),
        "v_measure": round(float(v_measure_score(named, labels)), 4),
        "purity": round(purity(named, labels), 4),
    }


def purity(truth: Sequence[str], labels: NDArray[np.int64]) -> float:
    """The share of rows that have the most frequent true label of their group."""
    from sklearn.metrics.cluster import contingency_matrix

    return float(contingency_matrix(truth, labels).max(axis=0).sum() / len(labels))


def same_partition(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    """Whether both put the same rows together, whatever the numbers; −1 is the same in both."""
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    return len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs) and all(
        (a == -1) == (b == -1) for a, b in pairs
    )
