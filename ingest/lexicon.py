"""A lexicon of feeling out of a table with a phrase and its valence each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from data.errors import LexiconInvalid
from data.types import LexiconEntry, Refusal
from ingest.fields import number, read_text
from ingest.phrase_tables import MAX_CHARS, plain_phrase, read_phrases
from ingest.tables import Row

MOST = 4.0
FIELDS: Mapping[str, tuple[str, ...]] = {
    "phrase": ("word", "term", "token", "entry"),
    "valence": ("score", "sentiment", "polarity", "value", "weight"),
    "language": ("lang", "locale"),
}


def read_lexicon(path: Path) -> Iterator[LexiconEntry | Refusal]:
    """Every row of a CSV, TSV, XLSX or JSONL table.

    Raises InputRefused with its code (permanent) for the file as a whole.
    """
    return read_phrases(path, FIELDS, _entry)


def lexicon_entry(phrase: str, valence: float, language: str | None = None) -> LexiconEntry:
    """The entry in lower case, its spaces made plain. Raises LexiconInvalid (permanent)."""
    plain = plain_phrase(phrase)
    if plain is None:
        raise LexiconInvalid(repr(" ".join(phrase.split())[:MAX_CHARS]))
    if not -MOST <= valence <= MOST:
        raise LexiconInvalid(f"valence: not from {-MOST:g} to {MOST:g}")
    return LexiconEntry(phrase=plain.lower(), valence=valence, language=language or None)


def _entry(row: Row) -> LexiconEntry:
    valence = number(row.get("valence"))
    if "phrase" not in row or valence is None:
        raise LexiconInvalid("phrase or valence: missing, or valence not a number")
    language = read_text("language", row["language"]) if "language" in row else None
    return lexicon_entry(read_text("phrase", row["phrase"]), valence, language)


__all__ = ["MAX_CHARS", "MOST", "lexicon_entry", "read_lexicon"]
