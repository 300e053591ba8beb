"""Whether new contacts are still what the last discovery was made of, and so when to discover again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Sign: TypeAlias = Literal["more_unassigned", "further_away"]
FEWEST = 50
"""Contacts on either side; below it nothing is said."""
CHANCE = 0.01
UNASSIGNED_RISE = 0.05
"""Share of all contacts: a smaller rise is not worth a discovery, however certain."""
DISTANCE_SHIFT = 0.2
"""Largest difference of the two distributions. Members of a discovery lie a little nearer than newcomers always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Contacts of one time: how many, the share without a reason, and the quartiles of 1 − cosine to their nearest."""

    contacts: int
    unassigned_share: float
    distance_quartiles: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """``discover_again`` where there is a sign; None where there are too few contacts to tell."""

    before: Side
    now: Side
    unassigned_p: float | None
    """How likely the rise of the share without a reason is by chance (Fisher's exact test, one-sided)."""
    distance_shift: float | None
    """The largest difference of the two distributions of distances, 0–1 (Kolmogorov and Smirnov)."""
    distance_p: float | None
    signs: tuple[Sign, ...]
    discover_again: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Of contacts of one time: those without a reason, and everyone's distance to the nearest."""

    unassigned: int
    distances: Sequence[float]
    contacts: int


def drift(before: Given, now: Given) -> Drift:
    """Compares the contacts of the last discovery with those that came since."""
    sides = {"before": _side(before), "now": _side(now)}
    if min(before.contacts, now.contacts) < FEWEST:
        unknown = {"unassigned_p": None, "distance_shift": None, "distance_p": None}
        return Drift(**sides, **unknown, signs=(), discover_again=None)  # type: ignore[arg-type]  # named above
    chance, (shift, shift_chance) = _rise(before, now), _shift(before.distances, now.distances)
    signs: list[Sign] = []
    if chance < CHANCE and sides["now"].unassigned_share - sides["before"].unassigned_share >= UNASSIGNED_RISE:
        signs.append("more_unassigned")
    if shift_chance < CHANCE and shift >= DISTANCE_SHIFT:
        signs.append("further_away")
    return Drift(
        before=sides["before"],
        now=sides["now"],
        unassigned_p=chance,
        distance_shift=shift,
        distance_p=shift_chance,
        signs=tuple(signs),
        discover_again=bool(signs),
    )


def _side(given: Given) -> Side:
    import numpy as np

    quartiles = np.quantile(given.distances, (0.25, 0.5, 0.75)) if len(given.distances) else None
    return Side(
        contacts=given.contacts,
        unassigned_share=round(given.unassigned / max(given.contacts, 1), 4),
        distance_quartiles=(
            (round(float(quartiles[0]), 4), round(float(quartiles[1]), 4), round(float(quartiles[2]), 4))
            if quartiles is not None
            else None
        ),
    )


def _rise(before: Given, now: Given) -> float:
    from scipy.stats import fisher_exact

    table = [[given.unassigned, given.contacts - given.unassigned] for given in (now, before)]
    return float(fisher_exact(table, alternative="greater").pvalue)


def _shift(before: Sequence[float], now: Sequence[float]) -> tuple[float, float]:
    """That distances now are larger."""
    from scipy.stats import ks_2samp

    if not len(before) or not len(now):
        return 0.0, 1.0
    found = ks_2samp(now, before, alternative="less", method="asymp")
    return float(found.statistic), float(found.pvalue)
