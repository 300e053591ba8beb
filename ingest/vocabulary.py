"""A vocabulary out of a file: a table with a name each row, or a text with a name each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from data.errors import InputRefused, TableColumnMissing, VocabularyInvalid
from data.types import Refusal, VocabularyEntry
from ingest.fields import is_given, read_text, squeezed
from ingest.files import display_name, open_regular
from ingest.kinds import CSV, HEAD_BYTES, JSONL, TSV, XLSX, sniff
from ingest.tables import Row, open_table

MAX_CHARS = 100
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
    name = display_name(path.name)
    for place, row in _rows(path, name):
        try:
            yield _entry(row)
        except InputRefused as error:
            yield Refusal(name=name, code=error.code, message=error.message, row=place)


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
    plain = " ".join(text.split())
    if not 0 < len(plain) <= MAX_CHARS or not any(map(str.isalpha, plain)) or not plain.isprintable():
        raise VocabularyInvalid(repr(plain[:MAX_CHARS]))
    return plain


def _rows(path: Path, name: str) -> Iterator[tuple[int, Row | InputRefused]]:
    with open_regular(path.resolve()) as stream:
        media_type = sniff(stream.read(HEAD_BYTES), name)
        stream.seek(0)
        if media_type not in (CSV, TSV, XLSX, JSONL):
            lines = stream.read().decode("utf-8-sig", "replace").splitlines()
            yield from ((place, {"phrase": line}) for place, line in enumerate(lines, start=1) if line.strip())
            return
        with open_table(stream, media_type) as table:
            columns = _columns(table.columns)
            for place, row in table.rows:
                yield place, row if isinstance(row, InputRefused) else _named(row, columns)


def _columns(header: tuple[str, ...]) -> dict[str, str]:
    """The column of each field. Raises TableColumnMissing (permanent)."""
    by_name = {squeezed(column): column for column in reversed(header)}
    found = {
        field: by_name[squeezed(name)]
        for field, names in FIELDS.items()
        for name in reversed((field, *names))
        if squeezed(name) in by_name
    }
    if "phrase" not in found:
        raise TableColumnMissing("no column for phrase")
    return found


def _named(row: Row, columns: Mapping[str, str]) -> Row:
    return {field: row[column] for field, column in columns.items() if is_given(row.get(column))}


def _entry(row: Row | InputRefused) -> VocabularyEntry:
    if isinstance(row, InputRefused):
        raise row
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
