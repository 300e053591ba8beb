"""A vocabulary out of a file: a table with a name each row, or a text with a name each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from data.errors import VocabularyInvalid
from data.types import Refusal, VocabularyEntry
from ingest.fields import read_text
from ingest.phrase_tables import MAX_CHARS, plain_phrase, read_phrases
from ingest.tables import Row

MAX_SPOKEN = 20
Kind: TypeAlias = Literal["product", "competitor", "name", "place", "other", "shorthand"]
FIELDS: Mapping[str, tuple[str, ...]] = {
    "phrase": ("word", "term", "name", "entry"),
    "kind": ("type", "category"),
    "spoken": ("sounds_like", "variants", "variant", "aliases", "alias"),
    "language": ("lang", "locale"),
}


def read_vocabulary(path: Path) -> Iterator[VocabularyEntry | Refusal]:
    """Every row of a CSV, TSV, XLSX or JSONL table (spoken variants with ``|`` between), or line of any other text.

    Raises InputRefused with its code (permanent) for the file as a whole.
    """
    return read_phrases(path, FIELDS, _entry)


def vocabulary_entry(
    phrase: str, kind: str = "other", spoken: tuple[str, ...] = (), language: str | None = None
) -> VocabularyEntry:
    """The entry, its spaces made plain. Raises VocabularyInvalid (permanent)."""
    if kind not in get_args(Kind):
        raise VocabularyInvalid(f"kind is one of {', '.join(get_args(Kind))}")
    if kind == "shorthand" and not spoken:
        raise VocabularyInvalid("shorthand: its short forms are missing")
    if len(spoken) > MAX_SPOKEN:
        raise VocabularyInvalid(f"at most {MAX_SPOKEN} spoken variants")
    variants = tuple(dict.fromkeys(_name(one) for one in spoken))
    return VocabularyEntry(phrase=_name(phrase), kind=kind, spoken=variants, language=language or None)  # type: ignore[arg-type]  # narrowed above


def _name(text: str) -> str:
    name = plain_phrase(text)
    if name is None:
        raise VocabularyInvalid(repr(" ".join(text.split())[:MAX_CHARS]))
    return name


def _entry(row: Row) -> VocabularyEntry:
    texts = {field: read_text(field, value) for field, value in row.items() if field != "spoken"}
    if "phrase" not in texts:
        raise VocabularyInvalid("phrase: missing")
    return vocabulary_entry(
        texts["phrase"], texts.get("kind", "other").casefold(), _variants(row.get("spoken")), texts.get("language")
    )


def _variants(value: object) -> tuple[str, ...]:
    """A list, as JSON has it, or a text with ``|`` between."""
    if value is None:
        return ()
    parts = value if isinstance(value, list) else read_text("spoken", value).split("|")
    return tuple(read_text("spoken", part) for part in parts if str(part).strip())


__all__ = ["MAX_CHARS", "MAX_SPOKEN", "Kind", "read_vocabulary", "vocabulary_entry"]
