"""A category's share over the weeks as a line, in the coordinates of its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.category_counts import Share

WIDTH, HEIGHT, EDGE = 240.0, 48.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """``is_whole``: enough of that week is analysed; otherwise it is drawn open."""

    x: float
    y: float
    is_whole: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """``path`` goes through the weeks that have contacts; ``most`` is the share at the upper edge, 0–1."""

    path: str
    dots: tuple[Dot, ...]
    most: float


def sparkline(weeks: Sequence[Share]) -> Sparkline | None:
    """None where no week has a share."""
    shares = [week.counts.share for week in weeks]
    most = max((share for share in shares if share is not None), default=None)
    if most is None:
        return None
    step = (WIDTH - 2 * EDGE) / max(1, len(weeks) - 1)
    dots = [
        Dot(
            x=round(EDGE + at * step, 1),
            y=round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (share / most if most else 0), 1),
            is_whole=week.coverage.complete,
            told=_told(week, share),
        )
        for at, (week, share) in enumerate(zip(weeks, shares, strict=True))
        if share is not None
    ]
    return Sparkline(path="M" + " L".join(f"{dot.x} {dot.y}" for dot in dots), dots=tuple(dots), most=most)


def _told(week: Share, share: float) -> str:
    counts = week.counts
    note = "" if week.coverage.complete else ", still being analysed"
    return f"week of {week.begin:%Y-%m-%d}: {100 * share:.1f} %, {counts.matched} of {counts.evaluated}{note}"
