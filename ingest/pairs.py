"""Two mono files that are one call: Asterisk and others write what each side says to a file of its own.

They are known by the ends of their names (``call-in.wav`` and ``call-out.wav``), or by ``{leg}`` in a name pattern.
What was sent to the customer's line becomes the first channel, where an agent is expected, what came from it the
second; the words decide in the end.
"""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from data.errors import InputRefused, InputTooLarge
from ingest.audio import AudioInfo, decode, probe
from ingest.files import Source, open_regular
from ingest.kinds import HEAD_BYTES, is_recording, sniff
from ingest.name_pattern import LEG, match
from ingest.options import ReadOptions
from ingest.timeline import RATE

SENT = frozenset({"out", "t", "tx", "agent"})
RECEIVED = frozenset({"in", "r", "rx", "customer", "caller"})
"""What legs are called, seen from the telephone system on the customer's line."""
COUNTERPARTS = ({"in", "out"}, {"r", "t"}, {"rx", "tx"}, {"agent", "customer"}, {"agent", "caller"})
JOINED = "audio/wav"
NARROW = 8000
WINDOW_S = 600.0
_NAMED = re.compile(r"(?P<call>.+)[-_.](?P<leg>in|out|r|t|rx|tx|agent|customer|caller)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two legs of one call, both mono; ``name`` is that of the call, with the legs' extension."""

    name: str
    sent: Source
    received: Source

    @property
    def legs(self) -> tuple[Source, Source]:
        return self.sent, self.received


def find_pairs(sources: Iterable[Source], options: ReadOptions) -> Iterator[Pair]:
    """The pairs among the files of one folder. A leg whose counterpart is not there, or not mono, is in none."""
    by_call: dict[object, dict[str, tuple[str, Source]]] = {}
    for source in sources:
        if found := _leg(source, options):
            call, leg, name = found
            by_call.setdefault(call, {})[leg] = (name, source)
    for legs in by_call.values():
        if set(legs) in COUNTERPARTS and all(_is_mono(source, options) for _, source in legs.values()):
            yield _pair(legs)


def _leg(source: Source, options: ReadOptions) -> tuple[object, str, str] | None:
    """Which call the file may be a leg of, which leg, and the call's name; None where its name says nothing of that."""
    path = PurePath(source.name)
    if options.name_pattern is not None and f"{{{LEG}}}" in options.name_pattern:
        return _by_pattern(path, options.name_pattern)
    named = _NAMED.fullmatch(path.stem)
    if named is None:
        return None
    name = f"{named['call']}{path.suffix}"
    return name, named["leg"].casefold(), name


def _by_pattern(path: PurePath, pattern: str) -> tuple[object, str, str] | None:
    try:
        fields = dict(match(pattern, path.stem))
    except InputRefused:
        return None
    leg = str(fields.pop(LEG)).casefold()
    return tuple(sorted((key, str(value)) for key, value in fields.items())), leg, path.name


def _pair(legs: Mapping[str, tuple[str, Source]]) -> Pair:
    (name, sent), (_, received) = (next(legs[leg] for leg in legs if leg in side) for side in (SENT, RECEIVED))
    return Pair(name=name, sent=sent, received=received)


def _is_mono(source: Source, options: ReadOptions) -> bool:
    try:
        media_type = _media_type(source, options)
        return is_recording(media_type) and _info(source, options).channels == 1
    except (InputRefused, OSError):
        return False


def _media_type(source: Source, options: ReadOptions) -> str:
    with open_regular(source.path) as stream:
        return sniff(stream.read(HEAD_BYTES), source.name, options.raw)


def _info(source: Source, options: ReadOptions) -> AudioInfo:
    return probe(source.path, max_s=options.audio_max_s, media_type=_media_type(source, options))


def joined(pair: Pair, options: ReadOptions) -> bytes:
    """Both legs as the channels of one WAV file, the shorter one ended with silence.

    The same two files always give the same bytes. Raises InputTooLarge, and as ``probe`` and ``decode`` do
    (permanent).
    """
    infos = [_info(leg, options) for leg in pair.legs]
    step = RATE // NARROW if all(info.sample_rate <= NARROW for info in infos) else 1
    duration_s = max(info.duration_s for info in infos)
    if duration_s * RATE / step * 4 > options.max_bytes:
        raise InputTooLarge(f"both legs in one file are over {options.max_bytes} bytes")
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE // step)
        for begin_s in np.arange(0.0, max(duration_s, 1e-3), WINDOW_S).tolist():
            # Nothing above 4 kHz is in a leg of 8 kHz, so that every second sample says it all.
            heard = [_window(leg.path, info, begin_s) for leg, info in zip(pair.legs, infos, strict=True)]
            file.writeframes(_frames(heard)[::step].tobytes())
    return target.getvalue()


def _window(path: Path, info: AudioInfo, begin_s: float) -> NDArray[np.float32]:
    """A leg's sound in one window; none past its end."""
    if info.duration_s <= begin_s:
        return np.zeros(0, dtype=np.float32)
    heard = decode(path, begin_s=begin_s, end_s=begin_s + WINDOW_S, media_type=info.media_type)
    leg: NDArray[np.float32] = heard.samples[0]
    return leg


def _frames(legs: Sequence[NDArray[np.float32]]) -> NDArray[np.int16]:
    """(samples, 2), little-endian."""
    length = max(map(len, legs))
    padded = np.stack([np.pad(leg, (0, length - len(leg))) for leg in legs], axis=1)
    frames: NDArray[np.int16] = np.clip(np.round(padded * 32768), -32768, 32767).astype("<i2")
    return frames


def legs_of(pairs: Iterable[Pair]) -> set[Path]:
    return {leg.path for leg in chain.from_iterable(pair.legs for pair in pairs)}
