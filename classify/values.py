"""What the classifier takes and gives: values, in the order in which they come about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""One row a text, L2-normalised."""
Labels: TypeAlias = NDArray[np.int64]
"""One number a text: the index of its reason, or −1 for unassigned."""
Granularity: TypeAlias = Literal["coarse", "medium", "fine"]
Progress: TypeAlias = Callable[[int, int], None]
"""Told how many steps are done, and of how many."""
Encode: TypeAlias = Callable[[Sequence[str]], Vectors]
"""Gives one L2-normalised row a text."""
EventKind: TypeAlias = Literal["created", "matched", "merged", "split", "retired", "restored"]

UNASSIGNED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredReason:
    """A reason as found. ``representatives`` are rows of the input, the most typical first."""

    name: str
    keywords: tuple[str, ...]
    centroid: NDArray[np.float32]
    """The mean of its members' vectors, not normalised: its length is their mean cosine with it."""
    size: int
    representatives: tuple[int, ...]


def _no_labels() -> Labels:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The reasons of a corpus, the largest first, and which row has which; coarser ``groups`` and finer ``details``.

    All three are cuts of one hierarchy: a reason lies in one group, a detail in one reason. A reason that does not
    fall apart has no details.
    """

    labels: Labels
    reasons: tuple[DiscoveredReason, ...]
    groups: tuple[DiscoveredReason, ...] = ()
    group_of: tuple[int, ...] = ()
    """For each reason the index of its group."""
    details: tuple[DiscoveredReason, ...] = ()
    detail_labels: Labels = field(default_factory=_no_labels)
    """For each row the index of its detail, or −1."""
    detail_of: tuple[int, ...] = ()
    """For each detail the index of its reason."""


class KnownReason(Protocol):
    """What is needed of a reason that a registry holds; ``centroid`` is as a discovery gave it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def centroid(self) -> NDArray[np.float32]: ...
    @property
    def size(self) -> int: ...


class RegisteredReason(KnownReason, Protocol):
    """A reason that the registry holds or held, with what people did to it, which outlives discoveries."""

    @property
    def keywords(self) -> tuple[str, ...]: ...
    @property
    def active(self) -> bool: ...
    @property
    def merged_into(self) -> str | None:
        """Where its contacts are today, where it was merged away."""

    @property
    def kept(self) -> bool:
        """No discovery retires it or merges it away."""

    @property
    def whole(self) -> bool:
        """No discovery splits it."""

    @property
    def joined(self) -> bool:
        """A person merged it into another: what is like it belongs there."""

    @property
    def barred(self) -> bool:
        """A person retired it: what is like it is no reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonEvent:
    """What a discovery did to one reason.

    ``others`` are those it was merged into, the one with most of its contacts first, or split or restored from.
    """

    kind: EventKind
    reason_id: str
    others: tuple[str, ...] = ()
    similarity: float | None = None
    """Cosine of the two centroids."""
    size_before: int | None = None
    size_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """``ids`` has the permanent id of each reason of the discovery, in their order; none stands there twice.

    ``discovery`` is the one that was found, as the registry takes it: its labels and reasons may differ.
    """

    discovery: Discovery
    ids: tuple[str, ...]
    events: tuple[ReasonEvent, ...]


Texts: TypeAlias = Sequence[str]
Phrases: TypeAlias = Sequence[Sequence[str]]
"""Key phrases of each text."""
