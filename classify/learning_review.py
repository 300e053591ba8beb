"""Which contacts a person should look at first: those whose correction teaches the most about the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def teaches(uncertainty: NDArray[np.float64], weights: csr_matrix) -> NDArray[np.float64]:
    """Of each row its own uncertainty times that of its neighbours, which its correction would settle too (0–1).

    ``weights`` say how likely two rows are neighbours.
    """
    around = weights @ uncertainty
    representative = around / max(float(around.max(initial=0.0)), 1e-12)
    return np.asarray(uncertainty * representative)


def in_order(scores: Sequence[float], about: Sequence[str | None], texts: Sequence[str]) -> list[int]:
    """The rows to ask about, the best of each reason first, then the second of each; no text twice, none of score 0.

    ``about`` is the reason that each row has or comes nearest to.
    """
    best = sorted(range(len(scores)), key=lambda row: (-scores[row], texts[row], row))
    turn: dict[str | None, int] = defaultdict(int)
    seen: set[str] = set()
    placed: list[tuple[int, float, int]] = []
    for row in best:
        said = " ".join(texts[row].split()).lower()
        if scores[row] > 0 and said not in seen:
            seen.add(said)
            placed.append((turn[about[row]], -scores[row], row))
            turn[about[row]] += 1
    return [row for _, _, row in sorted(placed)]
