"""Whether confidence can be believed, and whether strangers are told from one's own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BINS = 15


def calibration_error(confidences: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Expected calibration error over 15 bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((confidences * BINS).astype(np.int64), BINS - 1)
    errors = [
        abs(confidences[bins == one].mean() - right[bins == one].mean()) * np.mean(bins == one)
        for one in np.unique(bins)
    ]
    return float(sum(errors))


def auroc(own: NDArray[np.float64], strangers: NDArray[np.float64]) -> float:
    """How often one's own scores higher than a stranger; a tie counts half."""
    from sklearn.metrics import roc_auc_score

    truth = np.concatenate([np.ones(len(own)), np.zeros(len(strangers))])
    return float(roc_auc_score(truth, np.concatenate([own, strangers])))
