"""From what the recogniser answers to segments and words of ours: whole recordings' times, offsets into the text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Protocol

from asr.decoding import Decoding
from asr.speech import Window
from asr.trust import Evidence, marked, trust, voice_share
from data.types import Role, Segment, Word


class HeardWord(Protocol):
    """``word`` with its leading space; times in seconds of the window."""

    word: str
    start: float
    end: float
    probability: float


class HeardSegment(Protocol):
    text: str
    start: float
    end: float
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    words: Sequence[HeardWord] | None


def segment_of(heard: HeardSegment, window: Window, language: str, decoding: Decoding) -> Segment | None:
    """The segment with times of the whole leg; None where it has no text."""
    words = words_of(heard.words or (), window)
    text = "".join(word.word for word in heard.words or ()).strip() or heard.text.strip()
    if not text:
        return None
    middle = (heard.start + heard.end) / 2
    begin_ms = words[0].begin_ms if words else window.original_ms(heard.start, middle)
    end_ms = words[-1].end_ms if words else max(window.original_ms(heard.end, middle), begin_ms)
    confidence = round(fmean(word.confidence for word in words) if words else math.exp(heard.avg_logprob), 4)
    evidence = Evidence(
        voice=voice_share(words, begin_ms, end_ms, window.probabilities),
        no_speech=heard.no_speech_prob,
        log_probability=heard.avg_logprob,
        compression=heard.compression_ratio,
        confidence=confidence,
    )
    segment = Segment(
        text=text,
        begin_ms=begin_ms,
        end_ms=end_ms,
        channel=0,
        role=Role.UNKNOWN,
        confidence=confidence,
        words=words,
        language=language,
        trust=trust(text, words, evidence),
    )
    return marked(segment, *flags_of(heard, decoding))


def words_of(heard: Sequence[HeardWord], window: Window) -> tuple[Word, ...]:
    """The words with their punctuation; ``text[char_begin:char_end]`` of the stripped segment is the word."""
    words: list[Word] = []
    place = -_leading_space("".join(word.word for word in heard))
    for word in heard:
        begin = place + _leading_space(word.word)
        place += len(word.word)
        if text := word.word.strip():
            begin_ms, end_ms = _times(word, window, words[-1] if words else None)
            words.append(
                Word(
                    text=text,
                    begin_ms=begin_ms,
                    end_ms=end_ms,
                    confidence=round(float(word.probability), 4),
                    char_begin=begin,
                    char_end=begin + len(text),
                )
            )
    return tuple(words)


def _times(word: HeardWord, window: Window, before: Word | None) -> tuple[int, int]:
    """In milliseconds of the leg; never before the word before it, and never ending before it begins."""
    middle = (word.start + word.end) / 2
    begin_ms = max(window.original_ms(word.start, middle), before.begin_ms if before else 0)
    return begin_ms, max(window.original_ms(word.end, middle), begin_ms, before.end_ms if before else 0)


def _leading_space(text: str) -> int:
    return len(text) - len(text.lstrip())


def flags_of(heard: HeardSegment, decoding: Decoding) -> tuple[str, ...]:
    """What makes this text doubtful; it is kept all the same."""
    doubts = {
        "low_confidence": heard.avg_logprob < decoding.min_log_probability,
        "maybe_no_speech": heard.no_speech_prob > decoding.max_no_speech,
        "repetition": heard.compression_ratio > decoding.max_compression,
    }
    return tuple(flag for flag, doubtful in doubts.items() if doubtful)
