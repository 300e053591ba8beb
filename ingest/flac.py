"""Sound as FLAC (RFC 9639): every browser plays it, silence is exact to the sample, and it is half as large as WAV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from ingest.timeline import RATE, Samples

MEDIA_TYPE = "audio/flac"
MAGIC = b"fLaC"
LAYOUTS = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
"""By the number of channels; the format has no more."""
_TOTAL_AT = 21
"""Where the five bytes begin whose lower 36 bits tell how many samples there are."""


class _Pipe:
    """What the writer writes, until it is taken; it cannot seek, so nothing is written twice."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def flac(pieces: Iterable[Samples], *, channels: int, samples: int) -> Iterator[bytes]:
    """The file in parts, 16 bit at 16 kHz. ``samples`` is how many each channel will have; players show it.

    ``channels`` is at most that of LAYOUTS. Memory stays that of a piece. Raises ValueError where the pieces do not
    have as many samples.
    """
    parts = _parts(pieces, LAYOUTS[channels - 1], samples)
    begin = next(parts)
    total = int.from_bytes(begin[_TOTAL_AT : _TOTAL_AT + 5]) | samples
    yield begin[:_TOTAL_AT] + total.to_bytes(5) + begin[_TOTAL_AT + 5 :]
    yield from parts


def _parts(pieces: Iterable[Samples], layout: str, samples: int) -> Iterator[bytes]:
    """As the writer writes them: the first holds the header."""
    import av

    pipe, written = _Pipe(), 0
    with av.open(pipe, "w", format="flac") as output:
        stream = output.add_stream("flac", rate=RATE, layout=layout)
        for piece in pieces:
            if not piece.shape[1]:
                continue
            frame = av.AudioFrame.from_ndarray(_interleaved(piece), format="s16", layout=layout)
            frame.sample_rate, frame.pts = RATE, written
            written += piece.shape[1]
            output.mux(stream.encode(frame))
            if part := pipe.take():
                yield part
        output.mux(stream.encode(None))
    yield pipe.take()
    if written != samples:
        raise ValueError(f"{written} samples, {samples} were said")


def _interleaved(piece: Samples) -> NDArray[np.int16]:
    return (np.clip(piece.T, -1, 1) * 32767).round().astype(np.int16).reshape(1, -1)
