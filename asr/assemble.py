"""Segments of all channels and windows to one transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from asr.crosstalk import CROSSTALK, without_crosstalk
from asr.languages import UNDETERMINED
from data.types import Provenance, Segment, Transcript


def assemble(
    segments: Iterable[Segment],
    *,
    duration_s: float,
    provenance: Provenance,
    language: str | None = None,
    flags: Sequence[str] = (),
) -> Transcript:
    """The transcript, its segments by time; leaked speech left out and said so by the flag ``crosstalk``.

    ``flags`` are those of decoding and channels; ``no_speech`` is added where nothing was said. Without a
    ``language`` it is the one spoken longest, ``und`` in silence.
    """
    heard = sorted(segments, key=lambda segment: (segment.begin_ms, segment.channel))
    kept = without_crosstalk(heard)
    found = [CROSSTALK] if len(kept) < len(heard) else []
    found += [] if kept else ["no_speech"]
    return Transcript(
        segments=tuple(kept),
        language=language or spoken_language(kept),
        duration_s=duration_s,
        provenance=provenance,
        flags=tuple(dict.fromkeys([*flags, *found])),
    )


def spoken_language(segments: Iterable[Segment]) -> str:
    """The language spoken longest; ``und`` where none is known."""
    spoken: Counter[str] = Counter()
    for segment in segments:
        if segment.language:
            spoken[segment.language] += segment.end_ms - segment.begin_ms
    return spoken.most_common(1)[0][0] if spoken else UNDETERMINED
