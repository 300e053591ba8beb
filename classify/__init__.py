"""Text to reasons: vectors, discovery, permanent ids, assignment; and what follows: trends and customers' tags."""

from classify.assigning import assign, memberships
from classify.discovery import discover
from classify.embedding import load_bridged, load_embedder
from classify.embedding_protocol import Embedder, Precision
from classify.facets import Facets
from classify.learning import Taught, learn
from classify.learning_surroundings import Surroundings
from classify.registry import reconcile
from classify.registry_levels import Hierarchy, Placed, reconcile_levels
from classify.values import (
    DiscoveredReason,
    Discovery,
    Granularity,
    KnownReason,
    ReasonEvent,
    Reconciled,
    RegisteredReason,
)

__all__ = [
    "DiscoveredReason",
    "Discovery",
    "Embedder",
    "Facets",
    "Granularity",
    "Hierarchy",
    "KnownReason",
    "Placed",
    "Precision",
    "ReasonEvent",
    "Reconciled",
    "RegisteredReason",
    "Surroundings",
    "Taught",
    "assign",
    "discover",
    "learn",
    "load_bridged",
    "load_embedder",
    "memberships",
    "reconcile",
    "reconcile_levels",
]
