"""What makes a segment suspect, and what alone does not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from asr import assemble, turns
from asr.decoding import Decoding
from asr.pace import looped_share, pace_doubt
from asr.speech import FRAME_S, SAMPLE_RATE, Window
from asr.trust import BELIEVED, Evidence, is_suspect, trust, voice_share
from asr.words import segment_of
from data.types import Provenance, Role, Segment, Word

SURE = Evidence(voice=1.0, no_speech=0.05, log_probability=-0.2, compression=1.3, confidence=0.9)
PROVENANCE = Provenance(component="test", version="1")


def words(text: str, begin_ms: int = 0, each_ms: int = 300) -> tuple[Word, ...]:
    found, place = [], 0
    for number, word in enumerate(text.split()):
        at = begin_ms + number * each_ms
        end = place + len(word)
        found.append(Word(text=word, begin_ms=at, end_ms=at + each_ms, confidence=0.9, char_begin=place, char_end=end))
        place = end + 1
    return tuple(found)


def said(text: str, begin_ms: int, *, channel: int = 0, score: float = 1.0, flags: tuple[str, ...] = ()) -> Segment:
    spoken = words(text, begin_ms)
    return Segment(
        text=text,
        begin_ms=begin_ms,
        end_ms=spoken[-1].end_ms,
        channel=channel,
        role=Role.CUSTOMER,
        confidence=0.9,
        words=spoken,
        language="en",
        flags=flags,
        trust=score,
    )


@pytest.mark.parametrize("text", ["Thank you.", "Bye.", "Okay.", "Thanks for watching!", "I lost my card."])
def test_what_is_heard_is_believed_whatever_it_says(text: str) -> None:
    assert trust(text, words(text), SURE) > 0.6


@pytest.mark.parametrize("text", ["Thank you.", "Thanks for watching!", "Untertitelung des ZDF, 2020"])
def test_a_known_artefact_is_suspect_where_nobody_is_heard(text: str) -> None:
    assert trust(text, words(text), replace(SURE, voice=0.0)) < BELIEVED


@pytest.mark.parametrize(
    "doubt",
    [
        {"voice": 0.0},
        {"no_speech": 1.0},
        {"log_probability": -2.0},
        {"compression": 4.0},
        {"confidence": 0.1},
    ],
)
def test_no_single_sign_makes_speech_suspect(doubt: dict[str, float]) -> None:
    text = "I want to cancel my contract."
    assert trust(text, words(text), replace(SURE, **doubt)) >= BELIEVED


def test_two_signs_that_agree_do() -> None:
    text = "I want to cancel my contract."
    assert trust(text, words(text), replace(SURE, voice=0.0, no_speech=0.9)) < BELIEVED
    assert trust(text, words(text), replace(SURE, log_probability=-1.6, confidence=0.1)) < BELIEVED


def test_punctuation_and_notes_on_the_sound_are_no_speech_at_all() -> None:
    assert trust("[Music]", words("[Music]"), SURE) == trust("...", words("..."), SURE) == 0


@pytest.mark.parametrize(
    ("text", "each_ms", "plausible"),
    [
        ("yes I would like to know why my bill is so high", 250, True),
        ("yes I would like to know why my bill is so high", 20, False),
        ("you", 8000, False),
        ("okay", 1500, True),
        ("我 想 问 一 下 我 的 账 单", 200, True),
        ("我 想 问 一 下 我 的 账 单 为 什 么 这 么 高", 30, False),
        ("もしもし 予約 を 変更 したい のです が", 400, True),
    ],
)
def test_pace_is_judged_by_script(text: str, each_ms: int, plausible: bool) -> None:
    assert (pace_doubt(text, words(text, each_ms=each_ms)) < 0.3) is plausible


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("thank you " * 20, True),
        ("I'm going to be a good person. " * 6, True),
        ("你也知道" * 8, True),
        ("no no no", False),
        ("zero zero seven zero zero", False),
        ("yes yes yes of course I have the number here with me", False),
        ("", False),
    ],
)
def test_a_loop_is_what_goes_on_after_three_times(text: str, loops: bool) -> None:
    assert (looped_share(text) > 0.3) is loops


def test_voice_is_looked_for_near_the_words_not_in_their_pauses() -> None:
    probabilities = np.zeros(100, dtype=np.float32)
    probabilities[10:20] = probabilities[60:70] = 0.9
    spoken = [
        Word(
            text="a",
            begin_ms=round(begin * FRAME_S * 1000),
            end_ms=round(end * FRAME_S * 1000),
            confidence=1,
            char_begin=0,
            char_end=1,
        )
        for begin, end in ((8, 21), (60, 70))
    ]
    assert voice_share(spoken, 0, 3000, probabilities) == 1
    assert voice_share([], 0, 3200, probabilities) < 0.5
    assert voice_share([], 0, 3200, probabilities[:0]) == 0


def test_the_recognisers_segment_carries_its_trust() -> None:
    leg, frames = np.zeros(SAMPLE_RATE * 4, dtype=np.float32), round(4 / FRAME_S)
    heard = SimpleNamespace(
        text=" Thank you.",
        start=0.0,
        end=1.0,
        avg_logprob=-0.4,
        no_speech_prob=0.7,
        compression_ratio=0.8,
        words=[SimpleNamespace(word=" Thank you.", start=0.2, end=0.9, probability=0.9)],
    )
    for level, suspect in ((0.02, True), (0.8, False)):
        window = Window(leg, np.full(frames, level, dtype=np.float32), ((0, frames),))
        segment = segment_of(heard, window, "en", Decoding())
        assert segment is not None
        assert is_suspect(segment) is suspect


def test_a_suspect_segment_stays_in_the_transcript_and_reaches_no_turn() -> None:
    segments = [said("hello there", 0), said("thank you", 9000, score=0.1, flags=("suspect",))]
    transcript = assemble(segments, duration_s=12, provenance=PROVENANCE)
    assert [segment.text for segment in transcript.segments] == ["hello there", "thank you"]
    assert transcript.flags == ("set_aside",)
    assert [turn.text for turn in turns(transcript)] == ["hello there"]


def test_a_transcript_of_nothing_but_suspects_says_that_nobody_spoke() -> None:
    suspect = replace(said("thank you", 0, score=0.1, flags=("suspect",)), language="nn")
    transcript = assemble([suspect], duration_s=12, provenance=PROVENANCE)
    assert set(transcript.flags) == {"set_aside", "no_speech"}
    assert transcript.language == "und"


def test_segments_that_go_round_in_circles_lose_trust() -> None:
    loop = [said("you know", 600 * number, score=0.5) for number in range(5)]
    transcript = assemble(loop, duration_s=12, provenance=PROVENANCE)
    assert all(is_suspect(segment) for segment in transcript.segments)


def test_the_same_answer_to_several_questions_is_no_loop() -> None:
    answers = [said("yes", 5000 * number, score=0.5) for number in range(5)]
    transcript = assemble(answers, duration_s=30, provenance=PROVENANCE)
    assert not any(is_suspect(segment) for segment in transcript.segments)
