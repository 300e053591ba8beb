"""CTM and RTTM, as NIST's scoring tools read them (Rich Transcription 2009 evaluation plan, appendices A and B)."""

from __future__ import annotations

from collections.abc import Sequence

from asr.formats.wording import shown
from data.types import Turn


def has_word_times(turns: Sequence[Turn]) -> bool:
    """Whether whatever is said is said in words with times."""
    return all(turn.words for turn in turns if shown(turn.text))


def ctm(turns: Sequence[Turn], *, source: str) -> str:
    """One line a word: source, channel, begin, duration, word, confidence, type and speaker; times in seconds.

    By channel and time, as sclite wants it. ``source`` holds no blank; channels count from 1.
    """
    words = [((turn.channel or 0) + 1, word.begin_ms, turn, word) for turn in turns for word in turn.words]
    words.sort(key=lambda one: one[:2])
    lines = (
        f"{source} {channel} {_seconds(word.begin_ms)} {_seconds(max(0, word.end_ms - word.begin_ms))} "
        f"{token} {word.confidence:.4f} lex {turn.role.value}\n"
        for channel, _, turn, word in words
        if (token := "_".join(shown(word.text).split()))
    )
    return "".join(lines)


def rttm(turns: Sequence[Turn], *, source: str) -> str:
    """One SPEAKER line a turn that has a time, by time; the speaker's name is the role, channels count from 1."""
    timed = [
        (turn.begin_ms, turn.end_ms, turn) for turn in turns if turn.begin_ms is not None and turn.end_ms is not None
    ]
    lines = (
        f"SPEAKER {source} {(turn.channel or 0) + 1} {_seconds(begin)} {_seconds(max(0, end - begin))} "
        f"<NA> <NA> {turn.role.value} <NA> <NA>\n"
        for begin, end, turn in sorted(timed, key=lambda one: one[0])
    )
    return "".join(lines)


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03d}"
