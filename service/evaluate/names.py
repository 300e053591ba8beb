"""``evaluate names``: how well the names of discovered reasons say what they are, ours and BERTopic's."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classify import discover
from service.embedders import open_embedder
from service.evaluate.harness import read_rows, say
from service.evaluate.scores_names import Labels, name_figures

WORDS_JOINED = 3
"""BERTopic's own label joins four words; three are nearer to the length of a name."""


def ours(
    file: str, text_column: str, label_column: str | None, embedder: str, model_dir: str, threads: int
) -> dict[str, Any]:
    """The figures of our names."""
    return _measured(file, text_column, label_column, embedder, model_dir, threads)


def baseline(
    file: str, text_column: str, label_column: str | None, embedder: str, model_dir: str, threads: int
) -> dict[str, Any]:
    """Those of BERTopic's: the first words of a topic by class TF-IDF, for the very same groups."""
    return _measured(file, text_column, label_column, embedder, model_dir, threads, peer=True)


def _measured(
    file: str,
    text_column: str,
    label_column: str | None,
    embedder: str,
    model_dir: str,
    threads: int,
    peer: bool = False,
) -> dict[str, Any]:
    rows = read_rows(Path(file), text_column, label_column)
    texts = [row.text for row in rows]
    model = open_embedder(embedder, Path(model_dir), threads=threads)
    say(f"embedding {len(texts)} texts …")
    vectors = model.encode(texts)
    say("discovering …")
    found = discover(texts, vectors, encode=model.encode)
    names = _bertopic(texts, found.labels) if peer else [reason.name for reason in found.reasons]
    truth = [row.label for row in rows] if label_column else None
    return {"n": len(rows), **name_figures(names, found.labels, vectors, truth, model.encode), "names": names}


def _bertopic(texts: Sequence[str], labels: Labels) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    kinds = range(int(labels.max()) + 1)
    joined = [" ".join(text for text, label in zip(texts, labels, strict=True) if label == kind) for kind in kinds]
    counter = CountVectorizer(stop_words="english")
    weights = ClassTfidfTransformer().fit_transform(counter.fit_transform(joined)).toarray()
    vocabulary = counter.get_feature_names_out()
    return [" ".join(vocabulary[np.argsort(-row, kind="stable")[:WORDS_JOINED]]) for row in weights]
