"""An inbox beside the database, and contacts to put into both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from data.database import Database
from data.inbox import Inbox
from data.interactions import Added, NewInteraction
from data.keys import MasterKey
from data.types import Channel, Metadata

Accept: TypeAlias = Callable[..., Added]


@pytest.fixture
def inbox(tmp_path: Path, master_key: MasterKey) -> Inbox:
    return Inbox(tmp_path / "inbox", master_key)


@pytest.fixture
def accepted(database: Database, inbox: Inbox) -> Accept:
    """Accepts a note: ``accepted(b"content", name=…, tenant=…, **metadata)``."""

    def deliver(content: bytes, *, name: str = "note.txt", tenant: str = "default", **metadata: object) -> Added:
        written = inbox.write(tenant, "original", content)
        new = NewInteraction(
            content_id=written.digest,
            channel=Channel.NOTE,
            name=name,
            media_type="text/plain",
            metadata=Metadata(**metadata),  # type: ignore[arg-type]  # the test names the fields
            original=written.item,
        )
        with database.tenant(tenant) as stores:
            added = stores.interactions.add(new)
        if added.repeated:
            inbox.remove(written.item.path)
        return added

    return deliver
