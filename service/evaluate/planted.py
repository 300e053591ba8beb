"""``evaluate trends --planted``: are true rises found, and only those, in simulated contact centres?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.trends import SUPPORT, Change, compare_counts
from service.evaluate.harness import say

TENANTS = 200
REASONS = 50
RISES = 5
"""Reasons of each tenant that truly rise."""
FACTOR = 1.5
WEEKS = 8
"""Before the compared period, as many as ``usual`` looks back."""
VOLUMES = (40, 200)
"""Mean contacts of a reason in a week: drawn evenly between these."""
WEEKDAYS = (1.25, 1.1, 1.05, 1.0, 1.0, 0.35, 0.25)
"""How busy each weekday is, as parts of their sum."""
DISPERSION = 0.015
"""Daily counts vary as mean + this · mean²: 12 % from day to day beyond chance."""
SPREAD = 0.3
"""The logarithm of a reason's own dispersion varies so much among reasons."""
SEED = 2026
LOW, HIGH = 80, 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Daily counts, shape (weeks, 7, reasons): the last is compared. ``rising`` are those that truly rise."""

    counts: NDArray[np.int64]
    means: NDArray[np.float64]
    rising: frozenset[int]


def ours() -> dict[str, Any]:
    """Power and false discovery over all tenants, for a rise a week old and one that has lasted two."""
    say(f"simulating {TENANTS} tenants …")
    week, fortnight = (_figures(list(_tenants(weeks)), weeks) for weeks in (1, 2))
    return {
        **week,
        "lasting_two_weeks": fortnight,
        "tenants": TENANTS,
        "reasons": REASONS,
        "rising": RISES,
        "factor": FACTOR,
        "weekly_contacts": list(VOLUMES),
        "daily_dispersion": DISPERSION,
    }


def _tenants(weeks: int) -> Iterator[Planted]:
    """``weeks``: how long the rise has lasted; as many weeks are compared with eight times as many before."""
    for number in range(TENANTS):
        random = np.random.default_rng((SEED, number))
        means = random.uniform(*VOLUMES, REASONS)
        rising = random.choice(REASONS, RISES, replace=False)
        days = means * (np.array(WEEKDAYS) / sum(WEEKDAYS))[None, :, None] * np.ones(((WEEKS + 1) * weeks, 1, 1))
        days[-weeks:, :, rising] *= FACTOR
        own = DISPERSION * np.exp(random.normal(0, SPREAD, REASONS))
        counts = random.poisson(random.gamma(1 / own, days * own))
        yield Planted(counts=counts, means=means, rising=frozenset(rising.tolist()))


def _figures(tenants: list[Planted], weeks: int) -> dict[str, Any]:
    found = [_changes(tenant, weeks) for tenant in tenants]
    called = [{int(change.key[0]) for change in changes if change.rises} for changes in found]
    hits = [
        (tenant.means[reason], reason in names)
        for tenant, names in zip(tenants, called, strict=True)
        for reason in tenant.rising
    ]
    false = [len(names - tenant.rising) / max(1, len(names)) for tenant, names in zip(tenants, called, strict=True)]
    return {
        "power": _mean([hit for _, hit in hits]),
        "false_discovery": _mean(false),
        "power_by_weekly_contacts": {
            f"<{LOW}": _mean([hit for mean, hit in hits if mean < LOW]),
            f"{LOW}-{HIGH}": _mean([hit for mean, hit in hits if LOW <= mean < HIGH]),
            f">={HIGH}": _mean([hit for mean, hit in hits if mean >= HIGH]),
        },
        "called": sum(map(len, called)),
        "below_support_share": _mean([not change.supported for changes in found for change in changes]),
        "support": SUPPORT,
    }


def _changes(tenant: Planted, weeks: int) -> list[Change]:
    periods = tenant.counts.reshape(WEEKS + 1, weeks * 7, REASONS).sum(axis=1)
    return list(compare_counts([(str(reason),) for reason in range(REASONS)], periods[-1], periods[:-1]))


def _mean(values: list[Any]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0
