"""Vectors that another package computed of texts, as this one takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVectors:
    """L2-normalised vectors by text, all of one embedder."""

    embedder: str | None
    """The SHA-256 of its weights; vectors of others lie elsewhere."""
    languages: frozenset[str] | None
    """Those whose texts it places by meaning; None: nobody says which."""
    by_text: Mapping[str, NDArray[np.float32]]

    def rows(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One a text, in order. Raises KeyError for a text that was not handed over."""
        import numpy as np

        return np.array([self.by_text[text] for text in texts], dtype=np.float32)
