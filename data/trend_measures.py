"""Measures of contacts that lie by column: each contact's part in one, and the sums of groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from data.trend_blocks import EPOCH, MICROSECOND, NONE, Columns
from data.trend_facts import ANALYSED, number_of
from data.types import Channel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def grid(cell: NDArray[np.int64], shape: tuple[int, ...], weights: Any = None) -> NDArray[Any]:
    """How many of the cells there are, or the sum of their weights, in this shape."""
    import numpy as np

    return np.bincount(cell, weights=weights, minlength=int(np.prod(shape))).reshape(shape)


def sums_of(
    columns: Columns, measure: str, chosen: NDArray[np.int64], cell: NDArray[np.int64], shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """How many of the chosen contacts have a value, its sum and the sum of its squares, by cell."""
    import numpy as np

    if measure == "customers":
        return _distinct(columns["customer"][chosen], cell, shape)
    values = np.ones(len(chosen)) if measure == "contacts" else VALUES[measure](columns[measure][chosen])
    known = ~np.isnan(values)
    values, cell = values[known], cell[known]
    return grid(cell, shape), grid(cell, shape, values), grid(cell, shape, np.square(values))


def _distinct(
    customers: NDArray[np.int64], cell: NDArray[np.int64], shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """How many contacts have a customer, and how many different ones there are.

    Customers are told apart by as many of their random bits as stand beside the cell's number in 63.
    """
    import numpy as np

    known = customers != NONE
    cell, customers = cell[known], customers[known].astype(np.int64)
    bits = 63 - int(np.prod(shape)).bit_length()
    pairs = np.sort((cell << bits) | (customers & ((1 << bits) - 1)))
    first = np.concatenate([[True], pairs[1:] != pairs[:-1]]) if len(pairs) else np.zeros(0, dtype=bool)
    found = grid(pairs[first] >> bits, shape).astype(np.float64)
    return grid(cell, shape), found, found


def _plain(column: NDArray[Any]) -> NDArray[np.float64]:
    return column.astype("f8")


def _asked(score: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[[NDArray[Any]], NDArray[np.float64]]:
    """A survey's answer as a number whose mean is the score; NaN where nobody answered."""

    def values(column: NDArray[Any]) -> NDArray[np.float64]:
        import numpy as np

        return np.where(column >= 0, score(column), np.nan)

    return values


VALUES: Mapping[str, Callable[[NDArray[Any]], NDArray[np.float64]]] = {
    "handle_time_s": _plain,
    "sentiment": _plain,
    "repeat_contact_rate": _plain,
    "csat": _asked(lambda answer: answer >= 4),
    "nps": _asked(lambda answer: (answer >= 9) * 1.0 - (answer <= 6)),
    "ces": _asked(lambda answer: answer),
    "junk_share": _asked(lambda answer: answer),
}
"""Each contact's part in a measure's mean, as the glossary defines it."""


def repeats(
    columns: Columns, values: Sequence[str | None], after: dt.timedelta, observed_until: dt.datetime
) -> NDArray[np.float64]:
    """1 where the same customer came again about the same reason within ``after``, else 0; as ``data.episodes`` does.

    NaN where customer or reason is not known, of a click on the web, and where it is too early to tell.
    """
    import numpy as np

    customer, reason, started_at = columns["customer"], columns["reason"], columns["started_at"].astype("i8")
    answer = np.full(len(started_at), np.nan)
    web = number_of(Channel.WEB.value, values)
    known = np.flatnonzero(
        (customer != NONE) & (reason != NONE) & (columns["state"] == ANALYSED) & (columns["channel"] != web)
    )
    limit = after // MICROSECOND
    order = known[np.lexsort((known, reason[known], customer[known]))]
    again = np.zeros(len(order), dtype=bool)
    one, following = order[:-1], order[1:]
    again[:-1] = (
        (customer[one] == customer[following])
        & (reason[one] == reason[following])
        & (started_at[following] - started_at[one] <= limit)
    )
    over = started_at[order] <= (observed_until - EPOCH) // MICROSECOND - limit
    answer[order] = np.where(over, again, np.nan)
    return answer
