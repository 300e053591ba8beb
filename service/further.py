"""Reasons beside the primary one, given anew once the reasons themselves have been found anew."""

from __future__ import annotations

import uuid
from dataclasses import replace

from data.stores import Stores
from data.types import ReasonAssignment
from service.learning import nearest


def give_further_reasons(stores: Stores, embedder: str) -> None:
    """To every contact with several issues, from the vectors that are stored: nothing is encoded."""
    import numpy as np

    further = stores.embeddings.further(embedder)
    if not further:
        return
    given: dict[uuid.UUID, list[ReasonAssignment]] = {one.interaction_id: [] for one in further}
    found = nearest(stores, embedder, np.stack([one.vector for one in further]))
    for one, assignment in zip(further, found, strict=True):
        given[one.interaction_id].append(replace(assignment, evidence=one.spans))
    stores.reasons.assign_further(list(given.items()))
