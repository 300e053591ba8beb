"""An inbox beside the database, and contacts to put into both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from data.accept import accept
from data.database import Database
from data.inbox import Inbox
from data.interactions import Added
from data.keys import MasterKey
from data.stores import Stores
from data.types import Channel, Delivery, Metadata

Accept: TypeAlias = Callable[..., Added]


@pytest.fixture
def inbox(tmp_path: Path, master_key: MasterKey) -> Inbox:
    return Inbox(tmp_path / "inbox", master_key)


def nothing_owed(_stores: Stores, _added: Added) -> None:
    """For tests that are not about work."""


@pytest.fixture
def accepted(database: Database, inbox: Inbox) -> Accept:
    """Accepts a note: ``accepted(b"content", name=…, tenant=…, **metadata)``."""

    def deliver(content: bytes, *, name: str = "note.txt", tenant: str = "default", **metadata: object) -> Added:
        delivery = Delivery(
            name=name,
            channel=Channel.NOTE,
            media_type="text/plain",
            payload=content,
            metadata=Metadata(**metadata),  # type: ignore[arg-type]  # the test names the fields
        )
        return accept(database, inbox, tenant, delivery, enqueue=nothing_owed)

    return deliver
