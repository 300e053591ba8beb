"""Kept files under the SHA-256 of their content, on any fsspec URL: a folder, S3, GCS, Azure, NFS.

Only what may lie in the clear comes here: redacted and muted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from data.errors import NotFound, StorageCorrupt
from data.files import durable, remove

NAME_LENGTH = 64


class Blobs:
    """Thread-safe. A name is the content's own, so writing twice is writing once."""

    def __init__(self, url: str) -> None:
        """``url``: a path, or any URL of fsspec with its options in the environment (keys, regions)."""
        import fsspec

        self._files: Any
        self._files, self._root = fsspec.core.url_to_fs(url)
        self._local = Path(self._root) if self._files.protocol[0] in ("file", "local") else None

    def put(self, content: bytes) -> str:
        """The blob's name; durable when it returns. Raises StorageFull (retry)."""
        name = hashlib.sha256(content).hexdigest()
        if not self.exists(name):
            with self._target(name) as file:
                file.write(content)
        return name

    def get(self, name: str) -> bytes:
        """Raises NotFound, StorageCorrupt (permanent)."""
        try:
            content: bytes = self._files.cat_file(self._path(name))
        except FileNotFoundError:
            raise NotFound(f"blob {name}") from None
        if hashlib.sha256(content).hexdigest() != name:
            raise StorageCorrupt(f"blob {name}")
        return content

    def range(self, name: str, begin: int, end: int) -> bytes:
        """The bytes from ``begin`` to before ``end``, unchecked. Raises NotFound (permanent)."""
        try:
            content: bytes = self._files.cat_file(self._path(name), start=begin, end=end)
        except FileNotFoundError:
            raise NotFound(f"blob {name}") from None
        return content

    def exists(self, name: str) -> bool:
        return bool(self._files.exists(self._path(name)))

    def delete(self, name: str) -> None:
        """Gone already is no error."""
        if self._local is not None:
            remove(Path(self._path(name)))
        elif self.exists(name):
            self._files.rm_file(self._path(name))

    def names(self) -> Iterator[str]:
        """All blobs, sorted."""
        if self._files.exists(self._root):
            yield from sorted(Path(path).name for path in self._files.find(self._root) if _is_name(Path(path).name))

    @contextmanager
    def _target(self, name: str) -> Iterator[IO[bytes]]:
        """Object stores show a file only once it is complete; a local folder needs our own care for that."""
        if self._local is not None:
            with durable(Path(self._path(name))) as file:
                yield file
        else:
            with self._files.open(self._path(name), "wb") as file:
                yield file

    def _path(self, name: str) -> str:
        """Raises NotFound (permanent): not a blob's name; it never becomes a path then."""
        if not _is_name(name):
            raise NotFound("no such blob")
        return f"{self._root}/{name[:2]}/{name}"


def _is_name(name: str) -> bool:
    return len(name) == NAME_LENGTH and all(character in "0123456789abcdef" for character in name)
