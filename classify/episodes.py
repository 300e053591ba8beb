"""Repeat-contact rate and first-contact resolution, from counts, with their interval."""

from __future__ import annotations

from dataclasses import dataclass

CONFIDENCE = 0.95
FORMULA = (
    "repeat_contact_rate = numerator / denominator; numerator: contacts that the same customer followed with another"
    " about the same reason within {days:g} days; denominator: contacts at least {days:g} days older than"
    " observed_until, with known customer and reason, but no clicks on the web;"
    " first_contact_resolution = 1 − repeat_contact_rate"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """``numerator`` of ``denominator`` contacts came back; all else is None where there are none to tell from.

    ``low`` and ``high`` hold the repeat-contact rate with 95 % confidence (Wilson 1927).
    """

    numerator: int
    denominator: int
    repeat_contact_rate: float | None
    low: float | None
    high: float | None
    first_contact_resolution: float | None


def rate(numerator: int, denominator: int) -> Rate:
    """The shares of these counts."""
    if not denominator:
        return Rate(
            numerator=0, denominator=0, repeat_contact_rate=None, low=None, high=None, first_contact_resolution=None
        )
    from scipy.stats import binomtest

    held = binomtest(numerator, denominator).proportion_ci(CONFIDENCE, method="wilson")
    share = numerator / denominator
    return Rate(
        numerator=numerator,
        denominator=denominator,
        repeat_contact_rate=share,
        low=float(held.low),
        high=float(held.high),
        first_contact_resolution=1 - share,
    )


def formula(days: float) -> str:
    return FORMULA.format(days=days)
