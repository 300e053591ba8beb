"""What the caller says of the files to read, and what is known of one of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.errors import MetadataInvalid
from data.types import Channel, Delivery, Metadata
from ingest.columns import ColumnMap
from ingest.metadata import combine
from ingest.name_pattern import compile_pattern
from ingest.raw import Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Raises MetadataInvalid (permanent) at once where a pattern or a zone cannot be used."""

    metadata: Metadata = field(default_factory=Metadata)
    """For what no side-car, file name or content says."""
    columns: ColumnMap | None = None
    name_pattern: str | None = None
    """How the names of recordings, mails and notes are built; see ``ingest.name_pattern``."""
    channel: Channel | None = None
    """Of mails, notes and rows; a recording is always voice."""
    audio_max_s: float = 24 * 3600
    max_bytes: int = 512 * 2**20
    vcon_keys: bytes | None = None
    """PEM certificates or public keys; a signed vCon must be signed by one. None: signatures are not checked."""
    time_zone: str | None = None
    """The IANA zone of times without an offset; None: UTC."""
    raw: Raw | None = None
    """What recordings without a header hold, by their names (``ingest.raw.NAMES``)."""

    def __post_init__(self) -> None:
        if self.name_pattern is not None:
            compile_pattern(self.name_pattern)
        self.zone()

    def zone(self) -> dt.tzinfo:
        """The zone of times without an offset."""
        try:
            return ZoneInfo(self.time_zone) if self.time_zone and self.time_zone != "UTC" else dt.UTC
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise MetadataInvalid("time_zone: not an IANA name, such as Europe/Berlin") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The options, and what was found beside one file or in its name, which goes before its content."""

    options: ReadOptions
    beside: Metadata = field(default_factory=Metadata)
    joined: bool = False

    def for_many(self) -> Known:
        """For a file with several contacts, which cannot all have the one external id."""
        return replace(self, beside=replace(self.beside, external_id=None))

    def delivery(self, name: str, channel: Channel, media_type: str, payload: bytes | Path, own: Metadata) -> Delivery:
        """The contact with all that is known of it; ``channel`` is the usual one of its kind.

        Raises MetadataInvalid (permanent) where a written contact is called a call.
        """
        metadata = combine(self.beside, own, self.options.metadata)
        if channel is not Channel.VOICE:
            channel = self.beside.channel or own.channel or self.options.channel or metadata.channel or channel
            if channel is Channel.VOICE:
                raise MetadataInvalid("channel: voice is for recordings")
        metadata = replace(metadata, channel=channel)
        return Delivery(
            name=name, channel=channel, media_type=media_type, payload=payload, metadata=metadata, joined=self.joined
        )
