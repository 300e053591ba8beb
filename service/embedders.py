"""Which model reads what contacts are about, by the setting's name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import ModelMissing
from data.models import resolve

if TYPE_CHECKING:
    from classify import Embedder, Precision

AUTO = "auto"
ENGLISH, MULTILINGUAL = "all-MiniLM-L6-v2", "universal-sentence-encoder-v3"


def open_embedder(name: str, model_dir: Path, *, threads: int | None = None, precision: Precision = "auto") -> Embedder:
    """``auto``: the bundled English model, and for other languages the multilingual one where it is assembled.

    Raises ModelMissing, ModelCorrupt (retry).
    """
    from classify import load_bridged, load_embedder
    from nlp.language import detect

    paths = embedder_paths(name, model_dir)
    if len(paths) == 1:
        return load_embedder(paths[0], threads=threads, precision=precision)
    english, others = map(Path, paths)
    return load_bridged(english, others, language_of=detect, threads=threads, precision=precision)


def embedder_name(name: str) -> str:
    """What its vectors are stored under; nothing is loaded, and nothing need be there."""
    return ENGLISH if name == AUTO else Path(name).name if Path(name).is_dir() else name


def embedder_paths(name: str, model_dir: Path) -> tuple[Path | str, ...]:
    """What is to be loaded; nothing is. Raises ModelMissing, ModelCorrupt (retry)."""
    if name != AUTO:
        return (resolve(name, model_dir),)
    english = resolve(ENGLISH, model_dir)
    try:
        return english, resolve(MULTILINGUAL, model_dir)
    except ModelMissing:
        return (english,)
