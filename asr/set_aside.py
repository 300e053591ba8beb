"""What is kept of a transcript besides its turns: the suspect segments, to be redacted and looked at."""

from __future__ import annotations

from collections.abc import Sequence

from asr.trust import SUSPECT, is_suspect
from data.types import Segment, SetAside, Transcript, Turn


def suspects(transcript: Transcript) -> tuple[Segment, ...]:
    return tuple(segment for segment in transcript.segments if is_suspect(segment))


def as_turns(segments: Sequence[Segment], first: int) -> tuple[Turn, ...]:
    """A turn each, so that they are redacted as turns are; positions go on from ``first``."""
    return tuple(
        Turn(
            position=position,
            role=segment.role,
            text=segment.text,
            begin_ms=segment.begin_ms,
            end_ms=segment.end_ms,
            words=segment.words,
        )
        for position, segment in enumerate(segments, start=first)
    )


def set_aside(segments: Sequence[Segment], redacted: Sequence[Turn]) -> tuple[SetAside, ...]:
    """The segments with the texts of their redacted turns."""
    return tuple(
        SetAside(
            position=turn.position,
            role=segment.role,
            text=turn.text,
            begin_ms=segment.begin_ms,
            end_ms=segment.end_ms,
            trust=segment.trust,
            flags=tuple(flag for flag in segment.flags if flag != SUSPECT),
        )
        for segment, turn in zip(segments, redacted, strict=True)
    )
