"""Work on chunks of texts by several processes at once, as several workers do it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Barrier
from typing import Any

READY_S = 120
"""Until all processes must have read their models."""
Step = Callable[[Sequence[str]], list[str]]

_step: Step


@contextmanager
def at_once(
    step: Step, warm_up: Sequence[str], processes: int
) -> Iterator[Callable[[Sequence[Sequence[str]]], list[str]]]:
    """Gives a function that answers for chunks of texts, in order, once all processes have done the ``warm_up``.

    ``step`` is pickled where there are several. Raises BrokenBarrierError where a process does not come up.
    """
    if processes == 1:
        step(warm_up)
        yield lambda chunks: [answer for some in chunks for answer in step(some)]
        return
    context = multiprocessing.get_context("spawn")
    barrier: Any = context.Barrier(processes + 1)
    with context.Pool(processes, _ready, (step, warm_up, barrier)) as pool:
        barrier.wait(READY_S)
        yield lambda chunks: [answer for some in pool.imap(_stepped, chunks) for answer in some]


def _ready(step: Step, warm_up: Sequence[str], barrier: Barrier) -> None:
    global _step  # a process of the pool has one step for all of its life
    _step = step
    step(warm_up)
    barrier.wait(READY_S)


def _stepped(texts: Sequence[str]) -> list[str]:
    return _step(texts)
