"""The inbox: originals and checkpoints, encrypted with a key each, until what was asked of them is done.

A file is durable before its row exists, and its row is gone before the file is: a crash leaves at most a file
without a key, which is noise, and which the sweep deletes.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Literal, TypeAlias

from sqlalchemy import Select, delete, event, select
from sqlalchemy.orm import Session

from data.errors import InputTooLarge, NotFound, StorageCorrupt
from data.files import durable, remove
from data.ids import new_id
from data.inbox_cipher import Opener, Sealed, Sealer
from data.keys import KEY_BYTES, MasterKey
from data.tables import InboxItemRow

Kind: TypeAlias = Literal["original", "checkpoint", "transcript", "recording"]
"""A ``recording`` is what is kept of a call and may be played: nothing that was masked can be heard in it."""
COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """An encrypted file and what opens it; the key is wrapped by the master key."""

    tenant: str
    id: uuid.UUID
    kind: Kind
    path: str
    wrapped_key: bytes
    size_bytes: int

    @property
    def context(self) -> str:
        return f"inbox:{self.tenant}:{self.id}"


class Writer:
    """Takes an item's plain bytes; ``item`` and ``digest`` are there once the block that made it has ended."""

    def __init__(self, sealer: Sealer, hasher: hmac.HMAC, max_bytes: int | None) -> None:
        self._sealer = sealer
        self._hasher = hasher
        self._max_bytes = max_bytes
        self.item: InboxItem
        self.digest: bytes
        """HMAC of the content: the content id of an original."""

    def write(self, data: bytes) -> None:
        """Raises InputTooLarge (permanent), StorageFull (retry)."""
        if self._max_bytes is not None and self._sealer.size_bytes + len(data) > self._max_bytes:
            raise InputTooLarge()
        self._hasher.update(data)
        self._sealer.write(data)


class Inbox:
    """The files of the inbox folder. Thread-safe; several processes and machines may share the folder."""

    def __init__(self, folder: Path, master_key: MasterKey) -> None:
        self.folder = folder
        self._master_key = master_key

    @contextmanager
    def writer(self, tenant: str, kind: Kind, *, max_bytes: int | None = None) -> Iterator[Writer]:
        """A new item to stream into: durable when the block ends, nothing there when it raises.

        Raises StorageFull (retry).
        """
        data_key = secrets.token_bytes(KEY_BYTES)
        item = self._new_item(tenant, kind, data_key)
        with durable(self.folder / item.path) as file:
            sealer = Sealer(file, data_key, item.context)
            hasher = self._master_key.tenant(tenant).content_hasher()
            writer = Writer(sealer, hasher, max_bytes)
            yield writer
            sealer.finish()
        writer.item = replace(item, size_bytes=sealer.size_bytes)
        writer.digest = hasher.digest()

    def write(self, tenant: str, kind: Kind, content: bytes | Path | Iterable[bytes]) -> Writer:
        """A whole item at once; the result has its ``item`` and ``digest``. Raises StorageFull (retry)."""
        with self.writer(tenant, kind) as writer:
            for piece in _pieces(content):
                writer.write(piece)
        return writer

    def read(self, item: InboxItem) -> bytes:
        """Raises StorageCorrupt, MasterKeyMissing (permanent)."""
        return b"".join(self.stream(item))

    def stream(self, item: InboxItem) -> Iterator[bytes]:
        """The content in pieces of 64 KiB, each checked before it is yielded. Raises StorageCorrupt (permanent)."""
        with self._opened(item) as opener:
            yield from opener.chunks()

    def range(self, item: InboxItem, begin: int, end: int) -> Iterator[bytes]:
        """The bytes from ``begin`` to before ``end``: for players that seek. Raises StorageCorrupt (permanent)."""
        with self._opened(item) as opener:
            yield from opener.range(begin, end)

    def sealed(self, item: InboxItem) -> Sealed:
        """What another process needs to read the item, and only it. Raises MasterKeyMissing (permanent)."""
        data_key = self._master_key.unwrap(item.wrapped_key, item.context)
        return Sealed(path=self.folder / item.path, key=data_key, context=item.context, size_bytes=item.size_bytes)

    def remove(self, path: str) -> None:
        """Deletes an item's file; its row is gone already, or never was."""
        remove(self.folder / path)

    def paths(self) -> Iterator[tuple[str, float]]:
        """Every file there is, with its age in seconds; names are relative to the folder."""
        now = time.time()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(self.folder).as_posix(), now - path.stat().st_mtime

    @contextmanager
    def _opened(self, item: InboxItem) -> Iterator[Opener]:
        data_key = self._master_key.unwrap(item.wrapped_key, item.context)
        try:
            file: IO[bytes] = (self.folder / item.path).open("rb")
        except FileNotFoundError:
            raise StorageCorrupt(f"inbox file {item.path} is missing") from None
        with file:
            yield Opener(file, data_key, item.context, item.size_bytes)

    def _new_item(self, tenant: str, kind: Kind, data_key: bytes) -> InboxItem:
        item_id = new_id()
        # The last digits are random, the first are the time: so the folders fill evenly.
        path = f"{tenant}/{item_id.hex[-2:]}/{item_id}"
        item = InboxItem(tenant=tenant, id=item_id, kind=kind, path=path, wrapped_key=b"", size_bytes=0)
        return replace(item, wrapped_key=self._master_key.wrap(data_key, item.context))


class InboxStore:
    """The rows of a tenant's inbox items: with its row an item loses its key."""

    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def add(self, item: InboxItem, interaction_id: uuid.UUID, *, expires_at: dt.datetime | None = None) -> None:
        self._session.add(
            InboxItemRow(
                tenant=self._tenant,
                id=item.id,
                interaction_id=interaction_id,
                kind=item.kind,
                path=item.path,
                wrapped_key=item.wrapped_key,
                size_bytes=item.size_bytes,
                expires_at=expires_at,
            )
        )
        self._session.flush()

    def get(self, item_id: uuid.UUID) -> InboxItem:
        """Raises NotFound (permanent)."""
        return _item(self._row(item_id))

    def has(self, item_id: uuid.UUID) -> bool:
        return self._session.get(InboxItemRow, (self._tenant, item_id)) is not None

    def original(self, interaction_id: uuid.UUID) -> InboxItem:
        """Raises NotFound (permanent): it has been destroyed, or its time was over."""
        row = self._session.scalar(self._of(interaction_id).where(InboxItemRow.kind == "original"))
        if row is None:
            raise NotFound("the original is no longer kept")
        return _item(row)

    def recording(self, interaction_id: uuid.UUID) -> InboxItem | None:
        """What may be played of a call; None while it is not made, or where none is kept."""
        return self.newest([interaction_id], "recording").get(interaction_id)

    def audible(self, interaction_id: uuid.UUID) -> InboxItem:
        """What can be transcribed: the original while it is there, then the recording. Raises NotFound (permanent)."""
        found = {item.kind: item for item in self.of(interaction_id)}
        return found.get("original") or found.get("recording") or self.original(interaction_id)

    def keep(self, item_id: uuid.UUID) -> None:
        """Lets an original be played as it is: nothing in it has to be silenced. Raises NotFound (permanent)."""
        row = self._row(item_id)
        row.kind, row.expires_at = "recording", None
        self._session.flush()

    def newest(self, interaction_ids: Collection[uuid.UUID], kind: Kind) -> dict[uuid.UUID, InboxItem]:
        """By interaction, the latest item of that kind; those without one are left out."""
        mine = (InboxItemRow.tenant == self._tenant, InboxItemRow.interaction_id.in_(interaction_ids))
        rows = self._session.scalars(
            select(InboxItemRow).where(*mine, InboxItemRow.kind == kind).order_by(InboxItemRow.id)
        )
        return {row.interaction_id: _item(row) for row in rows if row.interaction_id is not None}

    def of(self, interaction_id: uuid.UUID) -> tuple[InboxItem, ...]:
        """All of an interaction's items, oldest first."""
        return tuple(_item(row) for row in self._session.scalars(self._of(interaction_id)))

    def all(self) -> tuple[InboxItem, ...]:
        statement = select(InboxItemRow).where(InboxItemRow.tenant == self._tenant).order_by(InboxItemRow.id)
        return tuple(_item(row) for row in self._session.scalars(statement))

    def expire(self, item_id: uuid.UUID, expires_at: dt.datetime | None) -> None:
        """Sets when the sweep destroys it. Raises NotFound (permanent)."""
        self._row(item_id).expires_at = expires_at

    def destroy(self, item_id: uuid.UUID, inbox: Inbox) -> None:
        """Deletes the key with this transaction, and the file once that is committed. Gone already is no error."""
        row = self._session.get(InboxItemRow, (self._tenant, item_id))
        if row is None:
            return
        path = row.path
        self._session.delete(row)
        self._session.flush()
        event.listen(self._session, "after_commit", lambda _session: inbox.remove(path))

    def destroy_all(self, item_ids: Collection[uuid.UUID], inbox: Inbox) -> None:
        """As ``destroy``, many at once."""
        mine = (InboxItemRow.tenant == self._tenant, InboxItemRow.id.in_(item_ids))
        paths = self._session.scalars(delete(InboxItemRow).where(*mine).returning(InboxItemRow.path)).all()

        def remove_files(_session: Session) -> None:
            for path in paths:
                inbox.remove(path)

        event.listen(self._session, "after_commit", remove_files)

    def _row(self, item_id: uuid.UUID) -> InboxItemRow:
        row = self._session.get(InboxItemRow, (self._tenant, item_id))
        if row is None:
            raise NotFound(f"inbox item {item_id}")
        return row

    def _of(self, interaction_id: uuid.UUID) -> Select[InboxItemRow]:
        wanted = (InboxItemRow.tenant == self._tenant, InboxItemRow.interaction_id == interaction_id)
        return select(InboxItemRow).where(*wanted).order_by(InboxItemRow.id)


def _item(row: InboxItemRow) -> InboxItem:
    return InboxItem(
        tenant=row.tenant,
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]  # the table's check allows no others
        path=row.path,
        wrapped_key=row.wrapped_key,
        size_bytes=row.size_bytes,
    )


def _pieces(content: bytes | Path | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Path):
        with content.open("rb") as file:
            while piece := file.read(COPY_BYTES):
                yield piece
    else:
        yield from content
