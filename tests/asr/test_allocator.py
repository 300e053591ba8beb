"""Blocks as large as the recogniser's come back without the system clearing them anew."""

from __future__ import annotations

import subprocess
import sys

import pytest

PAGE_FAULTS = """
import ctypes, resource
from asr.allocator import keep_freed_memory, share_one_arena
share_one_arena()
keep_freed_memory()
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
def use():
    block = library.malloc(ctypes.c_size_t(72 << 20))
    ctypes.memset(ctypes.c_void_p(block), 1, 72 << 20)
    library.free(ctypes.c_void_p(block))
use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3):
    use()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="another C library")
def test_a_large_block_that_was_freed_is_taken_again_as_it_is() -> None:
    done = subprocess.run([sys.executable, "-c", PAGE_FAULTS], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 3 * (72 << 20) // 4096 // 10
