"""Segments of all channels and windows to one transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from asr.crosstalk import CROSSTALK, without_crosstalk
from asr.languages import UNDETERMINED
from asr.loudness import Levels
from asr.ordering import in_order
from asr.trust import is_suspect, with_loops
from data.types import Provenance, Segment, Transcript

SET_ASIDE = "set_aside"


def assemble(
    segments: Iterable[Segment],
    *,
    duration_s: float,
    provenance: Provenance,
    language: str | None = None,
    flags: Sequence[str] = (),
    levels: Levels = (),
) -> Transcript:
    """The transcript, its segments by time; leaked speech left out and said so by the flag ``crosstalk``. A recording
    lasts at least as long as there is speech in it, whatever it declares.

    ``flags`` are those of decoding and channels; ``set_aside`` is added where a segment is suspect, ``no_speech`` where
    nothing else was said. Without a ``language`` it is the one spoken longest, ``und`` in silence.
    """
    heard = in_order(segments)
    kept = with_loops(without_crosstalk(heard))
    said = [segment for segment in kept if not is_suspect(segment)]
    found = {CROSSTALK: len(kept) < len(heard), SET_ASIDE: len(said) < len(kept), "no_speech": not said}
    return Transcript(
        segments=tuple(kept),
        language=language or spoken_language(said),
        duration_s=max([duration_s, *(segment.end_ms / 1000 for segment in heard)]),
        levels=levels,
        provenance=provenance,
        flags=tuple(dict.fromkeys([*flags, *(flag for flag, is_so in found.items() if is_so)])),
    )


def spoken_language(segments: Iterable[Segment]) -> str:
    """The language spoken longest; ``und`` where none is known."""
    spoken: Counter[str] = Counter()
    for segment in segments:
        if segment.language:
            spoken[segment.language] += segment.end_ms - segment.begin_ms
    return spoken.most_common(1)[0][0] if spoken else UNDETERMINED
