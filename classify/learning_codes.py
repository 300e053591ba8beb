"""Wrap-up codes as weak labels: what an agent chose hints at a reason, where the code has meant one so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from classify.learning_head import Beliefs

SMOOTHED_BY = 10.0
"""Contacts: a code of fewer says hardly more than how frequent a reason is anyhow."""
AGREES_FROM = 0.6
WEIGHT = 0.2
"""Of a hint among all that is believed of a contact."""


def code_meanings(codes: Sequence[str | None], reasons: Sequence[str | None]) -> dict[str, str]:
    """The reason that contacts of a code mostly have, for those codes that have one; parallel sequences.

    Shares are smoothed towards each reason's share of all contacts.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for code, reason in zip(codes, reasons, strict=True):
        if code and reason:
            counts[code][reason] += 1
    everywhere = sum(counts.values(), Counter())
    total = max(everywhere.total(), 1)
    meanings: dict[str, str] = {}
    for code, counted in counts.items():
        reason, count = min(counted.items(), key=lambda item: (-item[1], item[0]))
        share = (count + SMOOTHED_BY * everywhere[reason] / total) / (counted.total() + SMOOTHED_BY)
        if share >= AGREES_FROM:
            meanings[code] = reason
    return meanings


def hints(codes: Sequence[str | None], meanings: Mapping[str, str], column: Mapping[str | None, int]) -> Beliefs:
    """A small belief in the reason that each one's code means; nothing where there is none or it means none."""
    given = np.zeros((len(codes), len(column)), dtype=np.float32)
    for row, code in enumerate(codes):
        reason = meanings.get(code) if code else None
        if reason in column and reason is not None:
            given[row, column[reason]] = WEIGHT
    return given
