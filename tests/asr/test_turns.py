from __future__ import annotations

from asr import assemble, turns
from asr.turns import split_at_pauses
from data.types import Role, Segment, Transcript, Word
from tests.asr.doubles import LoudnessTranscriber


def segment(
    text: str, *times_ms: tuple[int, int], role: Role = Role.AGENT, channel: int = 0, language: str = "en"
) -> Segment:
    """A segment whose words (by spaces) lie at these times."""
    words, place = [], 0
    for word, (begin, end) in zip(text.split(" "), times_ms, strict=True):
        words.append(
            Word(text=word, begin_ms=begin, end_ms=end, confidence=0.9, char_begin=place, char_end=place + len(word))
        )
        place += len(word) + 1
    return Segment(
        text=text,
        begin_ms=times_ms[0][0],
        end_ms=times_ms[-1][1],
        channel=channel,
        role=role,
        confidence=0.9,
        words=tuple(words),
        language=language,
    )


def transcript(*segments: Segment) -> Transcript:
    return assemble(segments, duration_s=60, provenance=LoudnessTranscriber.provenance)


def test_neighbouring_segments_of_a_role_are_one_turn() -> None:
    made = turns(
        transcript(segment("Hello there.", (0, 400), (400, 900)), segment("How are", (1200, 1500), (1500, 1800)))
    )
    assert [(turn.position, turn.text, turn.begin_ms, turn.end_ms) for turn in made] == [
        (0, "Hello there. How are", 0, 1800)
    ]


def test_words_keep_their_place_in_the_turns_text() -> None:
    made = turns(
        transcript(
            segment("One two", (0, 400), (3000, 3400)),
            segment("three four", (3600, 3900), (3900, 4200)),
            segment("five", (1000, 1500), role=Role.CUSTOMER, channel=1),
        )
    )
    assert [(turn.role, turn.text) for turn in made] == [
        (Role.AGENT, "One"),
        (Role.CUSTOMER, "five"),
        (Role.AGENT, "two three four"),
    ]
    for turn in made:
        assert [turn.text[word.char_begin : word.char_end] for word in turn.words] == [w.text for w in turn.words]


def test_a_long_pause_begins_a_new_turn() -> None:
    made = turns(transcript(segment("Bye.", (0, 400)), segment("Hello?", (1500, 1900))))
    assert [turn.text for turn in made] == ["Bye.", "Hello?"]


def test_the_other_one_speaking_begins_a_new_turn() -> None:
    other = segment("Yes.", (500, 700), role=Role.CUSTOMER, channel=1)
    made = turns(transcript(segment("One.", (0, 400)), other, segment("Two.", (800, 1000))))
    assert [turn.text for turn in made] == ["One.", "Yes.", "Two."]


def test_two_people_of_unknown_role_are_told_apart_by_channel() -> None:
    unknown = [segment(word, (n * 300, n * 300 + 200), role=Role.UNKNOWN, channel=n) for n, word in enumerate("ab")]
    assert len(turns(transcript(*unknown))) == 2


def test_chinese_is_joined_without_spaces() -> None:
    made = turns(transcript(segment("你好", (0, 500), language="zh"), segment("世界", (600, 900), language="zh")))
    assert [turn.text for turn in made] == ["你好世界"]
    assert [word.char_begin for word in made[0].words] == [0, 2]


def test_a_segment_without_words_stays_whole() -> None:
    bare = Segment(text="Hm.", begin_ms=0, end_ms=5000, channel=0, role=Role.AGENT, confidence=0.5)
    assert list(split_at_pauses(bare)) == [bare]


def test_segments_are_by_time_over_all_channels_and_the_language_is_the_one_spoken_longest() -> None:
    made = transcript(
        segment("Hallo.", (4000, 4200), language="de"), segment("Hello.", (0, 1200), role=Role.CUSTOMER, channel=1)
    )
    assert [one.begin_ms for one in made.segments] == [0, 4000]
    assert made.language == "en"


def test_a_transcript_of_nothing_says_so() -> None:
    made = assemble([], duration_s=3, provenance=LoudnessTranscriber.provenance, flags=("silent_channel",))
    assert (made.language, made.flags, turns(made)) == ("und", ("silent_channel", "no_speech"), ())


def test_a_turn_keeps_the_channel_it_was_heard_on() -> None:
    found = turns(transcript(segment("yes", (0, 400), channel=1), segment("no", (5000, 5400), channel=0)))
    assert [turn.channel for turn in found] == [1, 0]
