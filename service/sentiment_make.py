"""Makes the sentiment model anew: ``python -m service.sentiment_make MODELS_FOLDER TEXTS.jsonl…``.

The texts are those of docs/decisions/0011-sentiment.md, one ``{"text", "label"}`` a line, the label from −1 to +1.
What ``evaluate sentiment --split heldout`` measures is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from classify import load_embedder
from nlp.sentiment_fit import WORDING_WEIGHT, Examples, fitted, wording
from nlp.sentiment_model import FILE, SentimentModel
from service.embedders import ENGLISH, MULTILINGUAL
from service.evaluate.harness import read_rows
from service.evaluate.sentiment import is_heldout


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m service.sentiment_make", description="Make the model anew.")
    parser.add_argument("models", type=Path, help="the folder of the assembled models")
    parser.add_argument("texts", type=Path, nargs="+", help="JSONL with text and label")
    parser.add_argument("--out", type=Path, default=FILE)
    chosen = parser.parse_args()
    made(chosen.models, chosen.texts).save(chosen.out)


def made(models: Path, files: Sequence[Path]) -> SentimentModel:
    from classify.bridge import Bridge

    english, others = (load_embedder(models / name, precision="float32") for name in (ENGLISH, MULTILINGUAL))
    learned = [(row.text, float(row.label or 0)) for file in files for row in read_rows(file, "text", "label")]
    learned = [(text, score) for text, score in learned if not is_heldout(text)]
    own = wording()
    texts = [text for text, _ in (*learned, *own)]
    examples = Examples(
        texts=texts,
        scores=np.array([score for _, score in (*learned, *own)], dtype=np.float32),
        weights=np.array([1.0] * len(learned) + [WORDING_WEIGHT] * len(own), dtype=np.float32),
        vectors=english.encode(texts),
        bridged=Bridge.load().across(others.encode(texts)),
    )
    return fitted(examples, english.provenance.model_sha256 or "")


if __name__ == "__main__":
    main()
