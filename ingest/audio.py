"""Recordings: what they are, and their sound.

Decoders lose sound silently (measured: 3.2 s of a 10 s MP3 with a corrupt middle, and no error), so what comes out
is compared with what the file declares, and every gap is silence of the right length.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from data.errors import AudioEmpty, AudioTooLong, AudioUnreadable
from ingest.decoder import Opened, Source, Timed, binary, opened, timed_packets
from ingest.kinds import HEAD_BYTES, HEADERLESS
from ingest.raw import BY_NAME, raw_of
from ingest.timeline import RATE, Damages, pieces
from ingest.wav_header import WavClaim, wav_claim

WHOLE_MAX_S = 4 * 3600.0
"""The longest stretch that is decoded at once; longer recordings are decoded by windows."""
_NO_END_S = 10.0 * 365 * 86_400
GAP_MIN_S = 0.25
_TRIED_PACKETS = 64
_PARTIAL_MIN_S = 0.25
_PARTIAL_SHARE = 0.02
_PLAYABLE = {
    "audio/wav": {"pcm_s16le", "pcm_u8"},
    "audio/mpeg": {"mp3"},
    "audio/ogg": {"opus", "vorbis"},
    "audio/flac": {"flac"},
    "audio/mp4": {"aac"},
    "video/mp4": {"aac"},
    "audio/webm": {"opus", "vorbis"},
}
_COUNTED = frozenset({"audio/ogg", "audio/amr", "audio/aac", "audio/ac3", "video/mp2t", "video/mpeg"})
"""Types that declare no length: what a reader says of theirs is an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioInfo:
    """``duration_s`` is what is there, counted; ``declared_s`` what the header claims, None where it claims nothing."""

    duration_s: float
    declared_s: float | None
    channels: int
    sample_rate: int
    codec: str
    media_type: str
    header_repaired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """``samples``: float32, (channels, n), 16 kHz, of the stretch asked for; gaps are silence.

    ``decoded_s`` is the sound in it, without the gaps; ``declared_s`` is of the whole recording. Flags: ``partial``,
    ``gap``, ``bad_packets``, ``header_repaired``, ``not_finite``.
    """

    samples: NDArray[np.float32]
    declared_s: float | None
    decoded_s: float
    bad_packets: int
    gaps: tuple[tuple[float, float], ...]
    """Begin and end of each, in seconds since the begin of the recording."""
    flags: tuple[str, ...]


def probe(source: Source, *, max_s: float | None = None, media_type: str | None = None) -> AudioInfo:
    """What the recording is, from its packets; only its first frame is decoded, to know that one can be.

    ``media_type`` is what it was taken for, where its content cannot say it; a path says it by its name.

    Raises AudioEmpty, AudioUnreadable, AudioNoStream, AudioTooLong (permanent).
    """
    bare = media_type or _by_name(source)
    with binary(source) as stream, opened(stream, bare) as recording:
        claim = _claim(stream, recording)
        if max_s is not None and (claim.declared_s or 0) > max_s:
            raise AudioTooLong(f"over {max_s:.0f} s")
        stream.seek(0)
    with binary(source) as stream, opened(stream, bare) as recording:
        return AudioInfo(
            duration_s=_counted(recording, max_s),
            declared_s=claim.declared_s,
            channels=recording.channels,
            sample_rate=recording.rate,
            codec=recording.codec,
            media_type=recording.media_type,
            header_repaired=claim.repaired,
        )


def _by_name(source: Source) -> str | None:
    if not isinstance(source, Path):
        return None
    suffix = source.suffix.lower()
    return BY_NAME[suffix].media_type if suffix in BY_NAME else HEADERLESS.get(suffix)


def _counted(recording: Opened, max_s: float | None) -> float:
    end = 0.0
    heard = False
    count = 0
    for count, timed in enumerate(timed_packets(recording), start=1):
        heard = heard or (count <= _TRIED_PACKETS and _has_sound(timed))
        end = timed.end_s
        if max_s is not None and end > max_s:
            raise AudioTooLong(f"over {max_s:.0f} s")
        if not heard and count == _TRIED_PACKETS:
            break
    if not count:
        raise AudioEmpty()
    if not heard:
        raise AudioUnreadable()
    return end


def _has_sound(timed: Timed) -> bool:
    import av

    try:
        return any(frame.samples for frame in timed.packet.decode())
    except (av.error.FFmpegError, ValueError):
        return False


def decode(source: Source, *, begin_s: float = 0.0, end_s: float | None = None, media_type: str | None = None) -> Audio:
    """The sound from ``begin_s`` up to ``end_s`` (None: the end) in all its channels, unmixed.

    Memory grows with the stretch, not with the recording. Raises as ``probe`` does; AudioTooLong too where the
    stretch is over WHOLE_MAX_S, AudioUnreadable where nothing in it can be decoded.
    """
    damages = Damages()
    with binary(source) as stream, opened(stream, media_type or _by_name(source)) as recording:
        claim = _claim(stream, recording)
        stop_s = begin_s + WHOLE_MAX_S if end_s is None else end_s
        found = list(pieces(recording, begin_s, stop_s, damages))
        if (end_s is None and damages.cut) or stop_s - begin_s > WHOLE_MAX_S:
            raise AudioTooLong(f"over {WHOLE_MAX_S:.0f} s at once: decode it by windows")
        channels = recording.channels
    samples = np.concatenate(found, axis=1) if found else np.zeros((channels, 0), dtype=np.float32)
    _check(samples, begin_s, damages)
    flags = _flags(claim, damages, begin_s, end_s)
    return Audio(
        samples=samples,
        declared_s=claim.declared_s,
        decoded_s=damages.decoded / RATE,
        bad_packets=damages.bad_packets,
        gaps=_gaps(damages),
        flags=flags,
    )


def _check(samples: NDArray[np.float32], begin_s: float, damages: Damages) -> None:
    if begin_s == 0 and not samples.size:
        raise AudioUnreadable() if damages.bad_packets else AudioEmpty()


def _gaps(damages: Damages) -> tuple[tuple[float, float], ...]:
    return tuple((begin / RATE, end / RATE) for begin, end in damages.gaps if end - begin >= GAP_MIN_S * RATE)


def _flags(claim: WavClaim, damages: Damages, begin_s: float, end_s: float | None) -> tuple[str, ...]:
    expected = 0.0
    if claim.declared_s is not None:
        expected = min(claim.declared_s, claim.declared_s if end_s is None else end_s) - begin_s
    missing = expected - damages.decoded / RATE
    found = {
        "header_repaired": claim.repaired,
        "partial": damages.broken or missing > max(_PARTIAL_MIN_S, _PARTIAL_SHARE * expected),
        "gap": bool(_gaps(damages)),
        "bad_packets": damages.bad_packets > 0,
        "not_finite": damages.not_finite,
    }
    return tuple(flag for flag, applies in found.items() if applies)


def _claim(stream: BinaryIO, recording: Opened) -> WavClaim:
    """What the file says of its own length, where that is no estimate. The reader's place in it is kept."""
    place = stream.tell()
    try:
        if recording.media_type == "audio/wav":
            return wav_claim(stream)
        if (
            raw_of(recording.media_type)
            or recording.media_type in _COUNTED
            or not _says_its_length(stream, recording.media_type)
        ):
            return WavClaim()
    finally:
        stream.seek(place)
    audio = recording.stream
    if audio.duration is not None and audio.time_base is not None:
        return WavClaim(declared_s=float(audio.duration * audio.time_base))
    whole = recording.container.duration
    return WavClaim(declared_s=whole / 1_000_000 if whole and whole > 0 else None)


def _says_its_length(stream: BinaryIO, media_type: str) -> bool:
    """An MP3 does in the frame that LAME, Xing and VBRI writers put first; bare samples and frames never do."""
    if media_type in _COUNTED or raw_of(media_type):
        return False
    if media_type != "audio/mpeg":
        return True
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))


def plays(info: AudioInfo) -> bool:
    """Whether every browser plays the recording as it is."""
    return info.codec in _PLAYABLE.get(info.media_type, ()) and not info.header_repaired


@contextmanager
def listening(source: Source, media_type: str | None = None) -> Iterator[tuple[int, Iterator[NDArray[np.float32]]]]:
    """The number of channels, and all the sound piece by piece, each (channels, n) at 16 kHz; gaps are silence.

    Memory stays that of a piece. Raises as ``probe`` does.
    """
    with binary(source) as stream, opened(stream, media_type or _by_name(source)) as recording:
        yield recording.channels, pieces(recording, 0.0, _NO_END_S, Damages())
