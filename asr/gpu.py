"""Whether a GPU can be used: CTranslate2 sees the card itself, but looks for cuBLAS only at its first product.

The Python packages of NVIDIA lie where no loader searches. A library that is in memory already is found by its name,
so they are loaded from there.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("libcublasLt.so.12", "libcublas.so.12")
"""Each needs the one before it."""

_log = logging.getLogger(__name__)


@cache
def usable() -> bool:
    """True where there is a GPU and what computes on it; a GPU without is left alone, and the log says so."""
    import ctranslate2

    if not ctranslate2.get_cuda_device_count():
        return False
    if load_libraries():
        return True
    _log.warning("There is a GPU, but no %s: speech is recognised on the processor.", LIBRARIES[-1])
    return False


def load_libraries() -> bool:
    """Whether cuBLAS is in memory from now on: the system's own where its loader finds it, else the package's.

    Windows has other names for them, and a loader that CTranslate2 tells where to look.
    """
    if not sys.platform.startswith("linux"):
        return True
    return _load(LIBRARIES[-1]) or any(all(_load(str(at / name)) for name in LIBRARIES) for at in _package_folders())


def _load(library: str) -> bool:
    try:
        ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def _package_folders() -> list[Path]:
    """Where ``pip install nvidia-cublas-cu12`` puts it."""
    spec = find_spec("nvidia")
    roots = spec.submodule_search_locations if spec and spec.submodule_search_locations else ()
    return [Path(root) / "cublas" / "lib" for root in roots]
