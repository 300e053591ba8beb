"""Pages that stay where they are while rows are added: each begins after the last row of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """``total`` counts all pages; ``next_cursor`` is None on the last."""

    items: tuple[Item, ...]
    next_cursor: str | None
    total: int


def cut(rows: Sequence[Item], limit: int) -> tuple[tuple[Item, ...], Item | None]:
    """The page out of ``limit + 1`` rows that were asked for, and its last row where another page follows."""
    page = tuple(rows[:limit])
    return page, page[-1] if len(rows) > limit else None
