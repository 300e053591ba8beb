"""Files that are wholly there or not there at all, also after a power cut: temporary, fsync, rename, fsync folder."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from data.errors import StorageFull

TEMPORARY = ".partial-"
"""Begins the name of every file that is not finished; the sweep deletes those that nobody writes any more."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def durable(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that appears under ``path`` once it is durable; any error leaves nothing behind.

    Raises StorageFull (retry).
    """
    make_private(path.parent)
    temporary = path.parent / (TEMPORARY + secrets.token_hex(8))
    try:
        with _new_file(temporary) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull() from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def create_once(path: Path, content: bytes) -> bool:
    """Writes a small private file unless one is there; of several callers at once exactly one writes.

    Returns whether this one did. Readers never see half of it.
    """
    make_private(path.parent)
    temporary = path.parent / (TEMPORARY + secrets.token_hex(8))
    try:
        with _new_file(temporary) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A hard link fails where the name exists; a rename would replace it.
        os.link(temporary, path)
        sync_folder(path.parent)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True


def remove(path: Path) -> None:
    """Deletes a file for good, also over a power cut; one that is gone already is no error."""
    path.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        sync_folder(path.parent)


def make_private(folder: Path) -> None:
    """The folder, 0700 where it is made here."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_file(path: Path) -> IO[bytes]:
    """A file of our own, 0600 from the first moment."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
