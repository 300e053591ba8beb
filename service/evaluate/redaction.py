"""``evaluate redaction``: how much of what is personal is masked, and how much else; ours and Presidio's.

Counted in characters of the text as it came, so that a mask that is too short or too wide counts as what it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import TableRowInvalid
from service.evaluate.harness import read_records, say
from service.evaluate.scores_redaction import TYPES, Case, Labelled, scores

if TYPE_CHECKING:
    from nlp import LanguagePipeline

Masker = Callable[[str], Sequence[Labelled]]
"""What is masked in a text."""


def ours(**options: Any) -> dict[str, Any]:
    """The figures of the pipeline's own redaction: each text is a contact of its own, in the language it is in."""
    from nlp.redaction.policy import ALL, DEFAULT

    policy = ALL if options["policy"] == "all" else DEFAULT
    pipelines = _Pipelines(options)

    def masked(text: str) -> list[Labelled]:
        found = pipelines.of(text).masks([text], policy=policy)[0]
        return [Labelled(type=one.type, begin=one.begin, end=one.end) for one in found]

    return _figures(masked, policy.masked, options)


def baseline(**options: Any) -> dict[str, Any]:
    """The same figures of plain Presidio with the same model; the policy ``all`` masks all that it finds."""
    from nlp.redaction.plain import PlainPresidio
    from nlp.redaction.policy import DEFAULT

    peer = PlainPresidio(_model(options))
    wanted = peer.types if options["policy"] == "all" else peer.types & DEFAULT.masked

    def masked(text: str) -> list[Labelled]:
        return [Labelled(type=one.type, begin=one.begin, end=one.end) for one in peer.find(text) if one.type in wanted]

    return _figures(masked, wanted, options)


class _Pipelines:
    """A pipeline for each language met, as a worker has them."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._loaded: dict[str, LanguagePipeline] = {}

    def of(self, text: str) -> LanguagePipeline:
        from nlp import load_language
        from nlp.language import detect

        code = self._options["language"] or detect(text)
        if code not in self._loaded:
            self._loaded[code] = load_language(code, _model(self._options) if code == "en" else None)
        return self._loaded[code]


def _model(options: dict[str, Any]) -> Path | str:
    from data.models import resolve

    return resolve(options["spacy_model"], Path(options["model_dir"]))


def _figures(masker: Masker, known: frozenset[str], options: dict[str, Any]) -> dict[str, Any]:
    rows = list(_rows(Path(options["file"])))
    say(f"{len(rows)} texts …")
    for text, _ in rows[:1]:
        masker(text)  # the first text loads models
    begin = time.perf_counter()
    found = [masker(text) for text, _ in rows]
    seconds = time.perf_counter() - begin
    cases = [Case(text=text, gold=gold, masked=masked) for (text, gold), masked in zip(rows, found, strict=True)]
    return {
        **scores(cases, known=known),
        "n": len(rows),
        "texts_per_s": round(len(rows) / seconds, 1) if rows else None,
        "types": dict(TYPES),
    }


def _rows(path: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """Raises TableUnreadable, TableColumnMissing, TableRowInvalid (permanent)."""
    for number, record in enumerate(read_records(path, ["text", "spans"]), start=1):
        text = str(record["text"])
        try:
            gold = [_label(span, len(text)) for span in record["spans"]]
        except (KeyError, TypeError, ValueError) as error:
            raise TableRowInvalid(f"row {number}: a span is {{start, end, type}}, within its text") from error
        yield text, gold


def _label(span: dict[str, Any], length: int) -> Labelled:
    begin, end = int(span["start"]), int(span["end"])
    if not 0 <= begin < end <= length:
        raise ValueError
    return Labelled(type=str(span["type"]), begin=begin, end=end)
