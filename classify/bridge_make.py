"""Makes the bridge between the two bundled embedders anew: ``python -m classify.bridge_make MODELS_FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

from classify.bridge import FILE, Bridge
from classify.bridge_sentences import sentences
from classify.embedding import load_embedder

HERE, THERE = "universal-sentence-encoder-v3", "all-MiniLM-L6-v2"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m classify.bridge_make", description="Make the bridge anew.")
    parser.add_argument("models", type=Path, help="the folder of the assembled models")
    parser.add_argument("--out", type=Path, default=FILE)
    chosen = parser.parse_args()
    made(chosen.models).save(chosen.out)


def made(models: Path) -> Bridge:
    here, there = (load_embedder(models / name, precision="float32") for name in (HERE, THERE))
    texts = sentences()
    return Bridge.fitted(
        here.provenance.model_sha256 or "",
        there.provenance.model_sha256 or "",
        here.encode(texts),
        there.encode(texts),
    )


if __name__ == "__main__":
    main()
