"""What turns mean: which of them get a vector, and which of those are known already."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.meaning import TurnText, TurnVector
from data.stores import Stores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORD = re.compile(r"[\u3040-\u30FF\u3400-\u9FFF]|[^\W_]+")
"""In Chinese and Japanese, a character."""
WORDS_MIN = 3
"""Of a turn with a vector: "yes, okay" means nothing that could be searched for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Turns with something to say, and the vectors of those that were said in the same words before."""

    turns: tuple[TurnText, ...]
    known: Mapping[bytes, NDArray[np.float32]]

    @property
    def fresh(self) -> tuple[str, ...]:
        """What is to be embedded, each text once."""
        return tuple(dict.fromkeys(turn.text for turn in self.turns if hash_of(turn.text) not in self.known))

    def vectors(self, encoded: Mapping[str, NDArray[np.float32]]) -> dict[uuid.UUID, tuple[TurnVector, ...]]:
        """By contact. ``encoded`` has those of ``fresh`` at least."""
        found: dict[uuid.UUID, list[TurnVector]] = defaultdict(list)
        for turn in self.turns:
            known_as = hash_of(turn.text)
            vector = self.known[known_as] if known_as in self.known else encoded[turn.text]
            found[turn.interaction_id].append(
                TurnVector(
                    interaction_id=turn.interaction_id, position=turn.position, vector=vector, text_hash=known_as
                )
            )
        return {contact: tuple(vectors) for contact, vectors in found.items()}


def to_embed(stores: Stores, embedder: str, interactions: Collection[uuid.UUID]) -> Said:
    turns = tuple(turn for turn in stores.meaning.said(interactions) if len(WORD.findall(turn.text)) >= WORDS_MIN)
    return Said(turns=turns, known=stores.meaning.of_texts(embedder, {hash_of(turn.text) for turn in turns}))


def hash_of(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
