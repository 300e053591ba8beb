"""Who uses the embedded server: file locks, which the kernel takes away from a process that dies in any way."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Use:
    """Each user holds a shared lock on ``users`` while it lives; starting and stopping happen under ``change``."""

    def __init__(self, folder: Path) -> None:
        self._change = folder / "change.lock"
        self._users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Nobody else starts or stops the server meanwhile."""
        descriptor = os.open(self._change, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def join(self) -> None:
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Returns whether this was the last user. Only within ``exclusive``."""
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            last = True
        except BlockingIOError:
            last = False
        os.close(self._users)
        return last
