"""Where texts lie densely: the only file that knows hdbscan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classify.values import UNASSIGNED, Labels

SMALLEST = 5
"""Distinct texts that make a group; one answer is an incident, five are a matter."""
MOST_GROUPS = 3_000
"""In more texts a group must be larger, which bounds the hierarchy's memory."""


def dense_groups(points: NDArray[np.float64]) -> Labels:
    """A small dense group for each row, or −1 where it lies alone.

    The leaves of the density hierarchy (Campello, Moulavi and Sander 2013): finer than reasons, and pure.
    """
    if len(points) < 2 * SMALLEST:
        return np.zeros(len(points), dtype=np.int64)
    from hdbscan import HDBSCAN

    smallest = max(SMALLEST, -(-len(points) // MOST_GROUPS))
    clusterer = HDBSCAN(
        min_cluster_size=smallest,
        min_samples=1,
        cluster_selection_method="leaf",
        approx_min_span_tree=False,
        core_dist_n_jobs=1,
    )
    labels = np.asarray(clusterer.fit(points).labels_, dtype=np.int64)
    return labels if labels.max() >= 0 else np.zeros(len(points), dtype=np.int64)


def centres(points: NDArray[np.float64], groups: Labels) -> NDArray[np.float64]:
    """The mean of each group's points; those of no group do not count."""
    held = groups != UNASSIGNED
    sums = np.zeros((int(groups.max()) + 1, points.shape[1]))
    np.add.at(sums, groups[held], points[held])
    return np.asarray(sums / np.bincount(groups[held])[:, None])


def attach(points: NDArray[np.float64], groups: Labels) -> Labels:
    """The same groups, with each lone row in the one whose centre is nearest."""
    lone = np.flatnonzero(groups == UNASSIGNED)
    if not len(lone):
        return groups
    means = centres(points, groups)
    squares = np.square(means).sum(axis=1)
    attached = groups.copy()
    for part in np.array_split(lone, max(1, len(lone) // 4096)):
        attached[part] = (squares - 2 * points[part] @ means.T).argmin(axis=1)
    return attached
