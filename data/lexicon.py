"""A tenant's own lexicon of feeling: words and phrases, and how good or bad each is in its trade."""

from __future__ import annotations

from typing import Any

from data.errors import LexiconFull
from data.phrase_lists import PhraseList
from data.tables import LexiconRow
from data.types import LexiconEntry


class LexiconStore(PhraseList[LexiconEntry]):
    table = LexiconRow
    fields = ("valence", "language")
    most = 5_000
    full = LexiconFull

    def entry(self, row: Any) -> LexiconEntry:
        return LexiconEntry(phrase=row.phrase, valence=row.valence, language=row.language)
