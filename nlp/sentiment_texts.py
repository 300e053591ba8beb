"""Sentiment of texts that belong to no interaction, as a turn of such words would have it."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.sentiment import Passage, mean, passages
from nlp.sentiment_model import load_model
from nlp.vectors import TextVectors


def passages_of(texts: Sequence[str]) -> list[str]:
    """What vectors are wanted of."""
    return [text[begin:end] for text in texts for begin, end in passages(text)]


def score_texts(texts: Sequence[str], language: str, vectors: TextVectors | None = None) -> list[float | None]:
    """−1…+1 for each text of a BCP-47 language; None for one without words, and for all where no model reads it."""
    model = load_model()
    kind = model.kind(language, vectors)
    if kind is None:
        return [None] * len(texts)
    cuts = [passages(text) for text in texts]
    parts = [text[begin:end] for text, cut in zip(texts, cuts, strict=True) for begin, end in cut]
    scores = iter(model.scores(kind, parts, vectors.rows(parts) if vectors and kind != "words" else None))
    return [mean([Passage(begin=begin, end=end, score=next(scores)) for begin, end in cut]) for cut in cuts]
