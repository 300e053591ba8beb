"""A tenant's vocabulary: the names its calls are about, each once."""

from __future__ import annotations

from typing import Any

from data.errors import VocabularyFull
from data.phrase_lists import PhraseList
from data.tables import VocabularyRow
from data.types import VocabularyEntry


class VocabularyStore(PhraseList[VocabularyEntry]):
    table = VocabularyRow
    fields = ("kind", "spoken", "language")
    most = 10_000
    """A name is looked for in all that was heard: what nobody says costs time and can only do harm."""
    full = VocabularyFull

    def entry(self, row: Any) -> VocabularyEntry:
        return VocabularyEntry(phrase=row.phrase, kind=row.kind, spoken=tuple(row.spoken), language=row.language)
