"""Speech that no word was written for: what is read again for it, and what of that is kept."""

from __future__ import annotations

import numpy as np
import pytest

from asr.coverage import surroundings, within
from asr.decoding import Decoding
from asr.speech import FRAME, FRAME_S, Window, frames
from data.types import Role, Segment, Word

DECODING = Decoding()


def window(seconds: float, *stretches: tuple[float, float]) -> Window:
    leg = np.zeros(frames(seconds) * FRAME, dtype=np.float32)
    speech = tuple((frames(begin), frames(end)) for begin, end in stretches)
    return Window(leg, np.ones(frames(seconds), dtype=np.float32), speech)


def segment(text: str, begin_s: float, end_s: float, confidence: float = 0.9) -> Segment:
    """Its words are of one length."""
    parts = text.split()
    step = (end_s - begin_s) / len(parts)
    words, place = [], 0
    for number, word in enumerate(parts):
        begin_ms = round(1000 * (begin_s + number * step))
        words.append(
            Word(
                text=word,
                begin_ms=begin_ms,
                end_ms=round(begin_ms + 1000 * step),
                confidence=confidence if number else 0.1,
                char_begin=place,
                char_end=place + len(word),
            )
        )
        place += len(word) + 1
    return Segment(
        text=text,
        begin_ms=round(begin_s * 1000),
        end_ms=round(end_s * 1000),
        channel=0,
        role=Role.UNKNOWN,
        confidence=confidence,
        language="en",
        words=tuple(words),
    )


def seconds(stretch: tuple[int, int]) -> tuple[float, float]:
    return stretch[0] * FRAME_S, stretch[1] * FRAME_S


def test_a_passed_over_stretch_is_read_with_the_sentences_beside_it() -> None:
    said = [segment("it was late", 1, 3), segment("your order will be", 5, 9), segment("thank you", 11, 12)]
    found = surroundings(window(20, (0, 20)), said, (frames(9.2), frames(10.8)), DECODING)
    assert seconds(found) == pytest.approx((5, 12), abs=0.05)


def test_what_stands_far_off_or_behind_a_silence_is_left_alone() -> None:
    said = [segment("long ago", 1, 3), segment("and on and on", 5, 29), segment("later", 45, 46)]
    found = surroundings(window(60, (4, 44), (44.5, 60)), said, (frames(30), frames(43)), DECODING)
    assert seconds(found) == pytest.approx((30 - DECODING.around_s, 44), abs=0.05)


def test_only_words_of_the_stretch_are_kept_with_their_own_confidence() -> None:
    read = segment("your order will be there tomorrow thank you", 5, 13, confidence=0.8)
    kept = within(read, (frames(9), frames(11)), DECODING)
    assert kept is not None
    assert kept.text == "there tomorrow"
    assert [kept.text[word.char_begin : word.char_end] for word in kept.words] == ["there", "tomorrow"]
    assert (kept.begin_ms, kept.end_ms, kept.confidence) == (9000, 11_000, 0.8)


def test_where_no_word_lies_in_it_nothing_is_kept() -> None:
    assert within(segment("your order", 5, 7), (frames(9), frames(11)), DECODING) is None
