"""Generator functions that a child process runs in tests."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import time
from collections.abc import Iterator

from data.errors import AudioUnreadable

LOADED: list[int] = []


def count(to: int) -> Iterator[int]:
    yield from range(to)


def slowly(items: int, pause_s: float) -> Iterator[float]:
    for _ in range(items):
        yield time.monotonic()
        time.sleep(pause_s)


def loads() -> Iterator[tuple[int, int]]:
    """How often this process has been used, and its id."""
    LOADED.append(1)
    yield len(LOADED), os.getpid()


def crash() -> Iterator[int]:
    yield 1
    os.kill(os.getpid(), signal.SIGSEGV)


def hang_in_native_code() -> Iterator[int]:
    yield os.getpid()
    ctypes.PyDLL(None).sleep(600)  # PyDLL keeps the interpreter's lock, as bad native code does


def eat_memory() -> Iterator[int]:
    yield len(bytearray(2**30))


def refuse() -> Iterator[int]:
    raise AudioUnreadable("no packets")
    yield 0


def quote_a_customer() -> Iterator[int]:
    raise ValueError("my card is 4111 1111 1111 1111")
    yield 0


def echo(payload: bytes) -> Iterator[int]:
    yield len(payload)


def call_out() -> Iterator[None]:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
    yield
