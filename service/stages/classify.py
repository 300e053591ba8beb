"""Annotations become a reason: what the contact is about, as a vector, and the known reason nearest to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.embeddings import NewEmbedding
from data.stores import Stores
from data.types import ReasonAssignment, State
from service.runtime import Runtime
from service.stages.work import KeepGoing, Outcome, Owed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNASSIGNED = ReasonAssignment(reason_id=None, confidence=0.0, nearest_id=None, distance=None)
"""For a contact that says nothing of why it came: counted, not guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    assignment: ReasonAssignment
    vector: NDArray[np.float32] | None = None
    text_hash: str = ""


def compute(runtime: Runtime, tenant: str, owed: Sequence[Owed], keep_going: KeepGoing) -> Iterator[Outcome]:
    """All issues are encoded together: a model that sees one text at a time is several times slower."""
    from classify import assign

    telling = [one for one in owed if one.record.issue]
    embedder = runtime.models.embedder
    vectors = embedder.encode([one.record.issue or "" for one in telling])
    with runtime.database.tenant(tenant) as stores:
        known = stores.reasons.known(embedder.name)
    for one, vector, assignment in zip(telling, vectors, assign(vectors, known), strict=True):
        yield Outcome(
            owed=one,
            value=Classified(assignment=assignment, vector=vector, text_hash=text_hash(one.record.issue or "")),
        )
    for one in owed:
        if not one.record.issue:
            yield Outcome(owed=one, value=Classified(assignment=UNASSIGNED))


def save(runtime: Runtime, stores: Stores, results: Sequence[tuple[Owed, Classified]]) -> None:
    vectors = [
        NewEmbedding(interaction_id=owed.id, vector=value.vector, text_hash=value.text_hash)
        for owed, value in results
        if value.vector is not None
    ]
    if vectors:
        stores.embeddings.put_many(runtime.models.embedder.name, vectors)
    # A click on the web has no reason, and is not counted among those that none fits.
    said = [(owed.id, value.assignment) for owed, value in results if owed.record.page is None]
    stores.reasons.assign_all(said)
    stores.interactions.set_states([owed.id for owed, _ in results], State.ANALYSED)


def text_hash(text: str) -> str:
    """Tells whether a stored vector is of this text."""
    return hashlib.sha256(text.encode()).hexdigest()
