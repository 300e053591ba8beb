"""What a process has learned from a tenant's corrections, kept until something changes."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classify import Facets, KnownReason, Surroundings, Taught
    from classify.values import Vectors
    from data.types import ReasonAssignment


@dataclass(frozen=True, slots=True)
class Corpus:
    """Contacts that were there when it was read; ``row`` finds one's place."""

    version: str
    row: Mapping[uuid.UUID, int]
    texts: Sequence[str]
    surroundings: Surroundings


@dataclass(frozen=True, slots=True)
class Assigner:
    """Gives new contacts their reason: by the reasons' centroids and facets, or as corrections have taught it."""

    version: str
    known: Sequence[KnownReason]
    taught: Taught | None
    meanings: Mapping[str, str]
    """The reason that a wrap-up code means, where it means one."""
    facets: Facets | None = None

    def assign(self, vectors: Vectors, codes: Sequence[str | None]) -> list[ReasonAssignment]:
        """Parallel to ``vectors``; ``codes`` are the contacts' wrap-up codes."""
        from classify import assign
        from classify.learning import class_ids
        from classify.learning_codes import hints

        if self.taught is None:
            return assign(vectors, self.known, self.facets)
        return self.taught.assign(vectors, hints(codes, self.meanings, class_ids(self.taught.ids)))


@dataclass(slots=True)
class Assigners:
    """By tenant; who holds ``lock`` may read and put. One process learns one thing at a time."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    assigners: dict[str, Assigner] = field(default_factory=dict)
    corpora: dict[str, Corpus] = field(default_factory=dict)
