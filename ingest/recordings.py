"""Recordings as contacts: readable, not too long, and with a channel map that fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.errors import ChannelMapInvalid
from data.types import Channel, Delivery, Metadata
from ingest.audio import probe
from ingest.options import Known


def recording(name: str, media_type: str, content: bytes | Path, own: Metadata, known: Known) -> Delivery:
    """The call in this recording. A map of its own counts only where it has a role for each channel.

    Raises AudioEmpty, AudioUnreadable, AudioNoStream, AudioTooLong, ChannelMapInvalid (permanent).
    """
    info = probe(content, max_s=known.options.audio_max_s, media_type=media_type)
    if own.channel_map is not None and len(own.channel_map) != info.channels:
        own = replace(own, channel_map=None)
    delivery = known.delivery(name, Channel.VOICE, media_type, content, own)
    roles = delivery.metadata.channel_map
    if roles is not None and len(roles) != info.channels:
        raise ChannelMapInvalid(f"{len(roles)} roles for {info.channels} channels")
    return delivery
