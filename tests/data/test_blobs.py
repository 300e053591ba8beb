from __future__ import annotations

from pathlib import Path

import pytest

from data.blobs import Blobs
from data.errors import NotFound, StorageCorrupt


@pytest.fixture(params=["folder", "file-url", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    urls = {"folder": str(tmp_path / "b"), "file-url": f"file://{tmp_path}/b", "memory": f"memory://{tmp_path}"}
    return Blobs(urls[request.param])


def test_content_is_found_by_its_name(blobs: Blobs) -> None:
    assert list(blobs.names()) == []
    name = blobs.put(b"hello")
    assert name == blobs.put(b"hello") == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert blobs.get(name) == b"hello"
    assert blobs.range(name, 1, 3) == b"el"
    assert list(blobs.names()) == [name]


def test_a_deleted_blob_is_gone(blobs: Blobs) -> None:
    name = blobs.put(b"hello")
    blobs.delete(name)
    blobs.delete(name)
    for read in (blobs.get, lambda wanted: blobs.range(wanted, 0, 1)):
        with pytest.raises(NotFound):
            read(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_what_is_no_name_never_becomes_a_path(blobs: Blobs, name: str) -> None:
    with pytest.raises(NotFound):
        blobs.get(name)


def test_changed_content_is_seen(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path))
    name = blobs.put(b"hello")
    (tmp_path / name[:2] / name).write_bytes(b"hallo")
    with pytest.raises(StorageCorrupt):
        blobs.get(name)
