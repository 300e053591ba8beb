"""Files as they may be opened: regular ones only, never through a link, in one order."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data.errors import InputTooLarge, InputUnreadable
from ingest.text import clean_line

MAX_DEPTH = 64
MAX_NAME_CHARS = 500
OWN_DESCRIPTORS = Path("/proc/self/fd")
"""Where an upload that is kept in memory has its path: a link, but one that nobody outside this process can lay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to read: ``name`` is what the world calls it, ``path`` where its bytes lie."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One folder's entries by name: files to read, and what is there but cannot be."""

    path: Path
    name: str
    files: tuple[Source, ...]
    unreadable: tuple[str, ...]


def display_name(name: str) -> str:
    """A name that can be stored and shown: in NFC, on one line, without what hides or turns text."""
    readable = clean_line(os.fsencode(name).decode("utf-8", errors="replace"))
    return readable[-MAX_NAME_CHARS:] or "unnamed"


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Raises InputUnreadable (permanent): a link, a pipe, a device, a folder, or no permission."""
    follow = 0 if path.parent == OWN_DESCRIPTORS else os.O_NOFOLLOW
    try:
        # Without O_NONBLOCK opening a pipe that nobody writes to waits for ever.
        handle = os.open(path, os.O_RDONLY | follow | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise InputUnreadable() from error
    with open(handle, "rb") as stream:  # noqa: PTH123  # pathlib cannot open a descriptor
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise InputUnreadable("not a regular file")
        yield stream


def read_bounded(path: Path, limit: int) -> bytes:
    """The whole file. Raises InputTooLarge (permanent) where it is over ``limit`` bytes, InputUnreadable."""
    with open_regular(path) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise InputTooLarge(f"over {limit} bytes")
    return content


def walk(root: Path, name: str = "", depth: int = 0) -> Iterator[Folder]:
    """Every folder from ``root`` down, by name; hidden entries are left out and links are not followed."""
    entries = _entries(root) if depth <= MAX_DEPTH else None
    if entries is None:
        yield Folder(path=root, name=name, files=(), unreadable=(name or display_name(root.name),))
        return
    labelled = [(entry, display_name(f"{name}/{entry.name}" if name else entry.name)) for entry in entries]
    kinds = {entry.name: _kind(entry) for entry, _ in labelled}
    yield Folder(
        path=root,
        name=name,
        files=tuple(
            Source(name=label, path=Path(entry.path)) for entry, label in labelled if kinds[entry.name] == "file"
        ),
        unreadable=tuple(label for entry, label in labelled if kinds[entry.name] == "other"),
    )
    for entry, label in labelled:
        if kinds[entry.name] == "folder":
            yield from walk(Path(entry.path), label, depth + 1)


def _kind(entry: os.DirEntry[str]) -> str:
    try:
        if entry.is_dir(follow_symlinks=False):
            return "folder"
        return "file" if entry.is_file(follow_symlinks=False) else "other"
    except OSError:
        return "other"


def _entries(root: Path) -> list[os.DirEntry[str]] | None:
    try:
        with os.scandir(root) as entries:
            return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        return None
