"""Where texts lie densely: the only file that knows hdbscan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classify.values import UNASSIGNED, Labels

SMALLEST = 5
"""Distinct texts that make a group; one answer is an incident, five are a matter."""
MOST_GROUPS = 3_000
"""In more texts a group must be larger, which bounds the hierarchy's memory."""
MOST_POINTS = 20_000
"""More are represented by every second, third, … in their order: hdbscan's time grows fastest of all."""


def dense_groups(points: NDArray[np.float64]) -> Labels:
    """A small dense group for each row, or −1 where it lies alone."""
    if len(points) < 2 * SMALLEST:
        return np.zeros(len(points), dtype=np.int64)
    if len(points) <= MOST_POINTS:
        return _leaves(points)
    sample = points[np.arange(MOST_POINTS) * len(points) // MOST_POINTS]
    return _as_sampled(points, sample, _leaves(sample))


def _leaves(points: NDArray[np.float64]) -> Labels:
    """The leaves of the density hierarchy (Campello, Moulavi and Sander 2013): finer than reasons, and pure."""
    from hdbscan import HDBSCAN

    clusterer = HDBSCAN(
        min_cluster_size=max(SMALLEST, -(-len(points) // MOST_GROUPS)),
        min_samples=1,
        cluster_selection_method="leaf",
        approx_min_span_tree=False,
        core_dist_n_jobs=1,
    )
    labels = np.asarray(clusterer.fit(points).labels_, dtype=np.int64)
    return labels if labels.max() >= 0 else np.zeros(len(points), dtype=np.int64)


def _as_sampled(points: NDArray[np.float64], sample: NDArray[np.float64], labels: Labels) -> Labels:
    """Each row in the group whose centre is nearest, or alone where it is farther off than all of that group's own."""
    means = centres(sample, labels)
    held = labels != UNASSIGNED
    reach = np.zeros(len(means))
    np.maximum.at(reach, labels[held], np.linalg.norm(sample[held] - means[labels[held]], axis=1))
    nearest = attach(points, np.full(len(points), UNASSIGNED), means)
    away = np.linalg.norm(points - means[nearest], axis=1)
    return np.where(away <= reach[nearest], nearest, UNASSIGNED)


def centres(points: NDArray[np.float64], groups: Labels) -> NDArray[np.float64]:
    """The mean of each group's points; those of no group do not count."""
    held = groups != UNASSIGNED
    sums = np.zeros((int(groups.max()) + 1, points.shape[1]))
    np.add.at(sums, groups[held], points[held])
    return np.asarray(sums / np.bincount(groups[held])[:, None])


def attach(points: NDArray[np.float64], groups: Labels, means: NDArray[np.float64]) -> Labels:
    """The same groups, with each lone row in the one of whose ``means`` it is nearest to."""
    lone = np.flatnonzero(groups == UNASSIGNED)
    if not len(lone):
        return groups
    squares = np.square(means).sum(axis=1)
    attached = groups.copy()
    for part in np.array_split(lone, max(1, len(lone) // 4096)):
        attached[part] = (squares - 2 * points[part] @ means.T).argmin(axis=1)
    return attached
