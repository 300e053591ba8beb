"""``evaluate sentiment``: macro-F1 in three classes and texts a second, ours and plain VADER's."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import TableRowInvalid
from nlp import TextVectors
from nlp.language import detect
from nlp.sentiment import label
from nlp.sentiment_texts import passages_of, score_texts
from service.embedders import open_embedder
from service.evaluate.harness import Row, read_rows, say
from service.evaluate.several import Step, at_once

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

LABELS = ("negative", "neutral", "positive")
CHUNK = 256
"""Texts that are scored together, as the pipeline scores the turns of several contacts."""


def ours(**options: Any) -> dict[str, Any]:
    """The figures of the sentiment that the pipeline stores for a turn: embedded once, then scored."""
    embedder = open_embedder(options["embedder"], Path(options["model_dir"]), threads=options["threads"])
    rows = _rows(options)
    parts = passages_of([row.text for row in rows])
    say(f"embedding {len(parts)} passages …")
    embedder.encode(["Warm up: the first text builds tables."])
    begin = time.perf_counter()
    encoded = embedder.encode(parts)
    seconds = time.perf_counter() - begin
    vectors = TextVectors(
        embedder=embedder.provenance.model_sha256,
        languages=embedder.languages,
        by_text=dict(zip(parts, encoded, strict=True)),
    )
    figures = _figures(rows, partial(_labels, vectors), options["threads"])
    return {**figures, "embed_texts_per_s": round(len(rows) / seconds, 1) if rows else None}


def baseline(**options: Any) -> dict[str, Any]:
    """The same figures of VADER's compound score, as its authors say to use it."""
    return _figures(_rows(options), _vader_labels, options["threads"])


def gold_label(value: str | float | None) -> str:
    """The class of a gold label: one of three words in any case, or a number from −1 to +1.

    Raises TableRowInvalid (permanent).
    """
    word = str(value).strip().lower()
    if word in LABELS:
        return word
    try:
        return label(float(word))
    except ValueError as error:
        raise TableRowInvalid(f"label {value!r} is neither a number nor one of {', '.join(LABELS)}") from error


def is_heldout(text: str) -> bool:
    """Whether a text belongs to the three tenths that are kept aside."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 10 < 3


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean of the F1 of the classes that occur in either."""
    classes = [name for name in LABELS if name in gold or name in predicted]
    return sum(_f1(gold, predicted, name) for name in classes) / len(classes) if classes else 0.0


def _f1(gold: Sequence[str], predicted: Sequence[str], name: str) -> float:
    pairs = list(zip(gold, predicted, strict=True))
    hits = sum(true == guess == name for true, guess in pairs)
    seen = sum(true == name for true, _ in pairs) + sum(guess == name for _, guess in pairs)
    return 2 * hits / seen if seen else 0.0


def _labels(vectors: TextVectors, texts: Sequence[str]) -> list[str]:
    """A text in a language that is not read has no feeling that could be told."""
    languages = [detect(text) for text in texts]
    scores: dict[str, float | None] = {}
    for language in sorted(set(languages)):
        mine = [text for text, its in zip(texts, languages, strict=True) if its == language]
        scores |= zip(mine, score_texts(mine, language, vectors), strict=True)
    return [label(scores[text] or 0.0) for text in texts]


def _rows(options: dict[str, Any]) -> list[Row]:
    rows = read_rows(Path(options["file"]), options["text_column"], options["label_column"])
    return [row for row in rows if options["split"] == "all" or is_heldout(row.text)]


def _vader_labels(texts: Sequence[str]) -> list[str]:
    return [label(_vader().polarity_scores(text)["compound"]) for text in texts]


@cache
def _vader() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def _figures(rows: Sequence[Row], predict: Step, processes: int) -> dict[str, Any]:
    gold = [gold_label(row.label) for row in rows]
    say(f"{len(rows)} texts …")
    texts = [row.text for row in rows]
    with at_once(predict, texts[:1], processes) as several:
        begin = time.perf_counter()
        predicted = several([texts[at : at + CHUNK] for at in range(0, len(texts), CHUNK)])
        seconds = time.perf_counter() - begin
    right = sum(true == guess for true, guess in zip(gold, predicted, strict=True))
    return {
        "macro_f1": round(macro_f1(gold, predicted), 4) if rows else None,
        "accuracy": round(right / len(rows), 4) if rows else None,
        "n": len(rows),
        "texts_per_s": round(len(rows) / seconds, 1) if rows else None,
        "embed_texts_per_s": None,
    }
