"""Identifiers that sort by the time they were made, so that indexes grow at one end."""

from __future__ import annotations

import os
import time
import uuid

from data.errors import NotFound


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, the rest random."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 2 << 62)


def parse_id(text: str | uuid.UUID) -> uuid.UUID:
    """Raises NotFound (permanent): what is no id cannot be anything's id."""
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise NotFound() from None
