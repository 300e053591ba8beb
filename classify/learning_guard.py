"""A head goes live only where no reason gets worse: held-out precision, before and after, beyond noise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from classify.learning import Taught

CERTAINTY = 2.33
"""Standard errors that a reason's precision must drop by to count: one in a hundred by chance."""


def worse(before: Taught, after: Taught) -> frozenset[str]:
    """The reasons whose precision drops beyond noise on the corrections that ``before`` was taught, each held out.

    Both of one corpus. On corrections that only ``after`` was taught the old head does badly by their nature: they
    would hide what they do to the others.
    """
    meant = dict(_meant(before).items() & _meant(after).items())
    said_before, said_after = _said(before), _said(after)
    return frozenset(
        reason for reason in before.ids if _drops(_right(said_before, meant, reason), _right(said_after, meant, reason))
    )


def _said(taught: Taught) -> dict[int, str | None]:
    named: list[str | None] = [*taught.ids, None]
    return {row: named[answer] for row, answer in zip(taught.checks.rows.tolist(), taught.checks.answers, strict=True)}


def _meant(taught: Taught) -> dict[int, str | None]:
    named: list[str | None] = [*taught.ids, None]
    return {row: named[label] for row, label in zip(taught.checks.rows.tolist(), taught.checks.truth, strict=True)}


def _right(said: Mapping[int, str | None], meant: Mapping[int, str | None], reason: str) -> NDArray[np.bool_]:
    """Whether each that was said to have it does."""
    return np.array([meant[row] == reason for row, one in said.items() if one == reason and row in meant], dtype=bool)


def _drops(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> bool:
    """Agresti and Caffo's interval (2000) for the difference of two shares, which holds for small counts too."""
    if not len(before) or not len(after):
        return False
    one, other = (before.sum() + 1) / (len(before) + 2), (after.sum() + 1) / (len(after) + 2)
    error = np.sqrt(one * (1 - one) / (len(before) + 2) + other * (1 - other) / (len(after) + 2))
    return bool(one - other > CERTAINTY * error)
