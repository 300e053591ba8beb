"""Memory that the recogniser frees is kept for its next step.

Whisper's attention over 30 s fills one block of 72 MB a layer. The C library asks the system for so large a block and
hands it back each time, and the system clears every page of it anew. Measured: two fifths of the encoder's time, and
more than half of it in a batch.
"""

from __future__ import annotations

import ctypes
import sys

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
"""Parameters of mallopt(3)."""
_KEPT = 512 << 20
_NEVER = 1 << 30


def share_one_arena() -> None:
    """To be called before threads are started: only the first arena can hold a block this large."""
    _set(_ARENA_MAX, 1)


def keep_freed_memory() -> None:
    """From now on up to 512 MB of freed memory stay with this process; without glibc nothing changes.

    To be called once models are read, which takes twice their size for a moment.
    """
    _set(_MMAP_THRESHOLD, _NEVER)
    _set(_TRIM_THRESHOLD, _KEPT)


def _set(parameter: int, value: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(parameter, value)
