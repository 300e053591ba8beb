"""Each role's loudness over a call as a line of bars, in the coordinates of its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.types import Role

WIDTH, HEIGHT = 600, 30
QUIETEST_DB = -60


def loudness_lines(by_role: Mapping[Role, Sequence[int | None]]) -> list[tuple[str, str]]:
    """Role and SVG path: a bar a second, the loudest of several where there are more seconds than room."""
    longest = max(map(len, by_role.values()), default=0)
    step = max(1, -(-longest // WIDTH))
    return [(role.value, _path(levels, step, longest)) for role, levels in by_role.items()]


def _path(levels: Sequence[int | None], step: int, length: int) -> str:
    bars = [
        max((level for level in levels[at : at + step] if level is not None), default=None)
        for at in range(0, length, step)
    ]
    width = WIDTH / len(bars)
    drawn = ((at, _height(level)) for at, level in enumerate(bars) if level is not None)
    return " ".join(f"M{at * width:.1f} {HEIGHT}v-{tall}h{width:.1f}v{tall}z" for at, tall in drawn)


def _height(level: int) -> int:
    return max(1, round(HEIGHT * (1 - max(level, QUIETEST_DB) / QUIETEST_DB)))
