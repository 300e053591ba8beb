"""PyAV behind one door: one reader for one kind of content, and times that stay true behind damage.

The reader is chosen by content and given bytes only. Were it to ask for another file or a socket, it would be
refused (fault F26).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, TypeAlias

from data.errors import AudioNoStream, AudioUnreadable
from ingest.files import open_regular
from ingest.frames import adts_frame_bytes, mpeg_frame_bytes
from ingest.kinds import HEAD_BYTES, HEADERLESS, demuxer, is_recording, sniff
from ingest.raw import Raw, raw_of

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet

Source: TypeAlias = "bytes | Path | BinaryIO"
"""A recording: its bytes, its file, or a stream that can be sought in."""
MAX_CHANNELS = 32
_FRAME_BYTES = {"mp3": mpeg_frame_bytes, "aac": adts_frame_bytes}
"""The readers whose packets carry no times of their own: damage has to be measured by its length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A recording whose first audio stream can be read; later streams and video are left alone (F25)."""

    media_type: str
    container: InputContainer
    stream: AudioStream
    faults: list[str] = field(default_factory=list)
    """Grows while the recording is read."""

    @property
    def rate(self) -> int:
        return self.stream.codec_context.sample_rate

    @property
    def channels(self) -> int:
        return self.stream.codec_context.channels

    @property
    def codec(self) -> str:
        return self.stream.codec_context.codec.canonical_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A packet and its time since the begin of the recording; ``damaged`` where it is longer than it should be."""

    packet: Packet[AudioStream]
    begin_s: float
    end_s: float
    damaged: bool


@contextmanager
def binary(source: Source) -> Iterator[BinaryIO]:
    """The recording as a stream; one that is open stays so. Raises InputUnreadable (permanent): no regular file."""
    if isinstance(source, Path):
        with open_regular(source) as stream:
            yield stream
    elif isinstance(source, bytes):
        yield io.BytesIO(source)
    else:
        yield source


@contextmanager
def opened(stream: BinaryIO, media_type: str | None = None) -> Iterator[Opened]:
    """``media_type`` is believed where the content cannot tell it.

    Raises AudioEmpty, AudioUnreadable, AudioNoStream or InputTypeRefused (permanent).
    """
    import av

    media_type = _kind(stream, media_type)
    raw = raw_of(media_type)
    stream.seek(0)
    try:
        with _container(stream, demuxer(media_type), raw) as container:
            yield Opened(media_type=media_type, container=container, stream=_first_audio(container))
    except (av.error.FFmpegError, ValueError, OSError, EOFError, IndexError) as error:
        raise AudioUnreadable() from error


def _kind(stream: BinaryIO, told: str | None) -> str:
    """Raises AudioEmpty, AudioUnreadable, InputTypeRefused (permanent)."""
    stream.seek(0)
    name = next((f"recording{suffix}" for suffix, bare in HEADERLESS.items() if bare == told), "recording.wav")
    raw = raw_of(told)
    media_type = sniff(stream.read(HEAD_BYTES), "recording.raw" if raw else name, raw)
    if not is_recording(media_type):
        raise AudioUnreadable("it is no recording")
    return media_type


def _container(stream: BinaryIO, demuxer: str, raw: Raw | None) -> InputContainer:
    import av

    return av.open(
        stream,
        mode="r",
        format=demuxer,
        io_open=_refuse,
        options=raw.options if raw else {},
        container_options={"protocol_whitelist": "none", "format_whitelist": _whitelist(demuxer)},
        metadata_errors="replace",
    )


def _whitelist(demuxer: str) -> str:
    return {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}.get(demuxer, demuxer)


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise PermissionError


def _first_audio(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise AudioNoStream()
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or context.sample_rate < 1 or not 0 < context.channels <= MAX_CHANNELS:
        raise AudioUnreadable()
    context.thread_count = 1  # the same bytes give the same samples, and 16 recordings do not start 64 threads
    return stream


def timed_packets(recording: Opened) -> Iterator[Timed]:
    """The packets of the stream with their times, without decoding.

    Formats without times of their own count packets; what damage swallowed is added by its bytes, so that later
    times stay true (F20).
    """
    length_of = _FRAME_BYTES.get(demuxer(recording.media_type))
    damage = _Damage()
    origin, end = _origin(recording), 0.0
    for packet in _demuxed(recording):
        length_s = float((packet.duration or 0) * packet.time_base)
        at = None if packet.pts is None else float(packet.pts * packet.time_base)
        origin = max(0.0, at or 0.0) if origin is None else origin
        begin = end if at is None else at - origin + damage.lost_s
        damaged = length_of is not None and _is_damaged(packet, length_of)
        end = max(end, begin + length_s + damage.seen(packet.size, length_s, damaged=damaged))
        yield Timed(packet=packet, begin_s=begin, end_s=end, damaged=damaged)


def _origin(recording: Opened) -> float | None:
    """When the sound begins on the stream's clock, behind what the encoder put before it; None: unknown."""
    stream = recording.stream
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)


class _Damage:
    """How much time the damaged packets stand for, by the bytes that a second takes in the good ones."""

    def __init__(self) -> None:
        self.lost_s = 0.0
        self._good_bytes = 0
        self._good_s = 0.0

    def seen(self, size: int, length_s: float, *, damaged: bool) -> float:
        """The seconds this packet stands for beyond those it says."""
        if not damaged:
            self._good_bytes += size
            self._good_s += length_s
            return 0.0
        more = max(0.0, size * self._good_s / self._good_bytes - length_s) if self._good_bytes else 0.0
        self.lost_s += more
        return more


def _is_damaged(packet: Packet[AudioStream], length_of: Callable[[bytes], int | None]) -> bool:
    expected = length_of(bytes(memoryview(packet)[:8]))
    return expected is None or packet.size > expected + 1


def _demuxed(recording: Opened) -> Iterator[Packet[AudioStream]]:
    """Packets up to the end, or to where the container breaks."""
    packets = recording.container.demux(recording.stream)
    while True:
        try:
            packet = next(packets, None)
        except Exception:  # the library's own errors, and IndexError where damage looks like a new stream
            recording.faults.append("container")
            return
        if packet is None:
            return
        if packet.size:
            yield packet
