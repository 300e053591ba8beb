from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.database import Database
from data.errors import InputTooLarge, NotFound, StorageCorrupt, StorageFull
from data.inbox import Inbox, InboxItem
from data.inbox_cipher import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES
from data.keys import MasterKey
from tests.data.conftest import Accept

SEALED = CHUNK_BYTES + TAG_BYTES
CONTENT = bytes(range(256)) * (3 * CHUNK_BYTES // 256) + b"the end"


def stored(inbox: Inbox, content: bytes = CONTENT) -> tuple[InboxItem, Path]:
    item = inbox.write("default", "original", content).item
    return item, inbox.folder / item.path


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 200_001])
def test_what_was_written_is_read(inbox: Inbox, size: int) -> None:
    content = os.urandom(size)
    item, _ = stored(inbox, content)
    assert inbox.read(item) == content
    assert item.size_bytes == size


def test_a_stream_in_any_pieces_is_the_same_content(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CONTENT)
    pieces = (CONTENT[at : at + 1000] for at in range(0, len(CONTENT), 1000))
    written = [inbox.write("default", "original", content) for content in (CONTENT, tmp_path / "file", pieces)]
    assert {inbox.read(one.item) for one in written} == {CONTENT}
    assert len({one.digest for one in written}) == 1


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (0, 1),
        (0, 10**9),
        (CHUNK_BYTES - 1, CHUNK_BYTES + 1),
        (CHUNK_BYTES, 2 * CHUNK_BYTES),
        (7, 7),
        (10**9, 10**9 + 1),
    ],
)
def test_any_range_is_read_alone(inbox: Inbox, begin: int, end: int) -> None:
    item, _ = stored(inbox)
    assert b"".join(inbox.range(item, begin, end)) == CONTENT[begin:end]


def test_nothing_lies_in_the_clear(inbox: Inbox) -> None:
    item, path = stored(inbox, b"my card is 4111 1111 1111 1111 " * 5000)
    assert b"4111" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert "wrapped" not in item.context


def test_a_changed_byte_is_seen_anywhere(inbox: Inbox) -> None:
    item, path = stored(inbox)
    sealed = path.read_bytes()
    for at in (0, HEADER_BYTES - 1, HEADER_BYTES, len(sealed) // 2, len(sealed) - 1):
        path.write_bytes(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        with pytest.raises(StorageCorrupt):
            inbox.read(item)


@pytest.mark.parametrize("kept", [0, HEADER_BYTES, HEADER_BYTES + SEALED, HEADER_BYTES + 3 * SEALED, -1])
def test_a_cut_is_seen_even_between_chunks(inbox: Inbox, kept: int) -> None:
    item, path = stored(inbox)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(StorageCorrupt):
        inbox.read(item)
    shortened = InboxItem(**{name: getattr(item, name) for name in item.__slots__} | {"size_bytes": CHUNK_BYTES})
    with pytest.raises(StorageCorrupt):
        inbox.read(shortened)


def test_chunks_in_another_order_do_not_open(inbox: Inbox) -> None:
    item, path = stored(inbox)
    sealed = path.read_bytes()
    head, first, second, rest = (
        sealed[:HEADER_BYTES],
        sealed[HEADER_BYTES : HEADER_BYTES + SEALED],
        sealed[HEADER_BYTES + SEALED : HEADER_BYTES + 2 * SEALED],
        sealed[HEADER_BYTES + 2 * SEALED :],
    )
    path.write_bytes(head + second + first + rest)
    with pytest.raises(StorageCorrupt):
        inbox.read(item)


def test_another_items_file_does_not_open(inbox: Inbox) -> None:
    item, path = stored(inbox)
    _other, other_path = stored(inbox)
    path.write_bytes(other_path.read_bytes())
    with pytest.raises(StorageCorrupt):
        inbox.read(item)


def test_another_master_key_opens_nothing(inbox: Inbox) -> None:
    item, _ = stored(inbox)
    with pytest.raises(StorageCorrupt):
        Inbox(inbox.folder, MasterKey(b"z" * 32)).read(item)


def test_a_missing_file_is_a_fault(inbox: Inbox) -> None:
    item, path = stored(inbox)
    path.unlink()
    with pytest.raises(StorageCorrupt, match="missing"):
        inbox.read(item)


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_nothing_half_visible_f06(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    target = {"write": "data.inbox_cipher.Sealer._seal", "fsync": "os.fsync", "replace": "pathlib.Path.replace"}
    monkeypatch.setattr(target[failing], full)
    with pytest.raises(StorageFull) as caught:
        stored(inbox)
    monkeypatch.undo()
    assert caught.value.status == 507
    assert list(inbox.paths()) == []


def breaking_off() -> Iterator[bytes]:
    yield CONTENT
    raise ConnectionError


def test_an_upload_that_is_too_large_or_breaks_off_leaves_nothing(inbox: Inbox) -> None:
    with pytest.raises(InputTooLarge), inbox.writer("default", "original", max_bytes=10) as writer:
        writer.write(b"x" * 11)
    with pytest.raises(ConnectionError):
        inbox.write("default", "original", breaking_off())
    assert list(inbox.paths()) == []


def test_destroying_takes_the_key_and_then_the_file(database: Database, inbox: Inbox, accepted: Accept) -> None:
    added = accepted(b"hello")
    with database.tenant("default") as stores:
        item = stores.inbox.original(added.id)
        assert inbox.read(item) == b"hello"
        stores.inbox.destroy(item.id, inbox)
        assert (inbox.folder / item.path).exists()
    assert not (inbox.folder / item.path).exists()
    with database.tenant("default") as stores, pytest.raises(NotFound):
        stores.inbox.original(added.id)


def test_a_destruction_that_is_rolled_back_keeps_both(database: Database, inbox: Inbox, accepted: Accept) -> None:
    added = accepted(b"hello")
    with contextlib.suppress(ZeroDivisionError), database.tenant("default") as stores:
        stores.inbox.destroy(stores.inbox.original(added.id).id, inbox)
        raise ZeroDivisionError
    with database.tenant("default") as stores:
        assert inbox.read(stores.inbox.original(added.id)) == b"hello"
