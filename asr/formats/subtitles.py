"""SubRip and WebVTT (W3C Recommendation track, https://www.w3.org/TR/webvtt1/)."""

from __future__ import annotations

from collections.abc import Sequence

from asr.formats.cues import Cue, cues
from asr.formats.wording import shown
from data.types import Turn

# SubRip has no escapes, and players take these for markup and hide them: full-width forms show what was said, and
# compatibility normalisation (NFKC) gives the signs back.
_PLAIN = str.maketrans({"<": "＜", ">": "＞", "{": "｛", "}": "｝"})
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt(turns: Sequence[Turn]) -> str:
    """SubRip, with who speaks in front where that changes."""
    found = enumerate(cues(turns, labelled=True), start=1)
    blocks = (f"{number}\n{_times(cue, ',')}\n{_lines(cue)}\n" for number, cue in found)
    return "\n".join(blocks)


def webvtt(turns: Sequence[Turn], *, note: str = "") -> str:
    """WebVTT with a voice tag for each role; a cue is named after its turn, as in ``turn-3-1``."""
    head = f"WEBVTT\n\nNOTE {shown(note).translate(_ESCAPED)}\n" if note else "WEBVTT\n"
    return "\n".join([head, *map(_voiced, cues(turns))])


def _voiced(cue: Cue) -> str:
    said = "\n".join(cue.lines).translate(_ESCAPED)
    return f"turn-{cue.turn}-{cue.part}\n{_times(cue, '.')}\n<v {cue.role.value}>{said}\n"


def _lines(cue: Cue) -> str:
    return "\n".join(cue.lines).translate(_PLAIN)


def _times(cue: Cue, point: str) -> str:
    return f"{_clock(cue.begin_ms, point)} --> {_clock(cue.end_ms, point)}"


def _clock(ms: int, point: str) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"
