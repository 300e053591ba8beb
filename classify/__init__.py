"""Text to reasons: vectors, discovery, permanent ids, assignment; and what follows: trends and customers' tags."""

from classify.assigning import assign, memberships
from classify.discovery import discover
from classify.embedding import Embedder, load_embedder
from classify.registry import reconcile
from classify.values import (
    DiscoveredReason,
    Discovery,
    Granularity,
    KnownReason,
    ReasonEvent,
    Reconciled,
)

__all__ = [
    "DiscoveredReason",
    "Discovery",
    "Embedder",
    "Granularity",
    "KnownReason",
    "ReasonEvent",
    "Reconciled",
    "assign",
    "discover",
    "load_embedder",
    "memberships",
    "reconcile",
]
