"""Which model, on which device, and what exactly it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from asr.gpu import usable
from data.errors import ModelMissing

PREFERRED = {"cuda": ("large-v3-turbo", "base", "tiny.en"), "cpu": ("base", "tiny.en")}
"""The most accurate first."""
WEIGHTS = "model.bin"
ENGLISH_ONLY = ".en"


def choose_model(
    name: str,
    model_dir: Path,
    device: str = "auto",
    *,
    speeds: Mapping[str, float] | None = None,
    needed_x: float = 0.0,
    english: bool = False,
) -> str:
    """``name`` itself, or for ``auto`` the most accurate model in the folder that keeps up.

    ``speeds`` (× real time) are what was measured; one that was not is taken to keep up with ``needed_x``. Where none
    does it is the fastest. A model of English alone takes the place of one that knows more only where all speak
    ``english``. Raises ModelMissing (retry: once one is assembled).
    """
    if name != "auto":
        return name
    wanted = PREFERRED[pick_device(device)]
    found = [model for model in wanted if (model_dir / model / WEIGHTS).is_file()]
    if not found:
        raise ModelMissing(f"none of {', '.join(wanted)} in {model_dir}")
    known = speeds or {}
    eligible = [model for model in found if model == found[0] or english or not model.endswith(ENGLISH_ONLY)]
    quick = [model for model in eligible if known.get(model, needed_x) >= needed_x]
    return quick[0] if quick else max(eligible, key=lambda model: known[model])


def pick_device(device: str = "auto") -> str:
    """``cuda`` where a GPU can be used, else ``cpu``; a device that was named is taken at its word."""
    if device != "auto":
        return device
    return "cuda" if usable() else "cpu"


def pick_compute_type(device: str, compute_type: str = "auto") -> str:
    """int8 on a CPU; on a GPU float16, or float32 on one too old for it."""
    if compute_type != "auto":
        return compute_type
    if device == "cpu":
        return "int8"
    import ctranslate2

    return "float16" if "float16" in ctranslate2.get_supported_compute_types(device) else "float32"


def find_model(model: str | Path) -> Path:
    """The folder with the model's weights: a path, or a Hugging Face name that is on this machine.

    No network is tried. Raises ModelMissing (retry).
    """
    folder = Path(model)
    if not folder.is_dir():
        folder = _downloaded(str(model))
    if not (folder / WEIGHTS).is_file():
        raise ModelMissing(f"{folder / WEIGHTS}")
    return folder


def _downloaded(name: str) -> Path:
    from faster_whisper.utils import download_model

    try:
        return Path(download_model(name, local_files_only=True))
    except (ValueError, OSError) as error:  # huggingface_hub's own classes derive from these
        raise ModelMissing(name) from error


def weights_sha256(folder: Path) -> str:
    """The SHA-256 of the model's weights; read once a process as long as the file stays as it is."""
    status = (folder / WEIGHTS).stat()
    return _sha256(folder / WEIGHTS, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=16)
def _sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
