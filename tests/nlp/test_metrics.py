from __future__ import annotations

import pytest

from data.types import Role, Turn, Word
from nlp.metrics import conversation_metrics


def spoken(position: int, role: Role, *intervals: tuple[int, int]) -> Turn:
    """A turn whose words lie at these milliseconds."""
    text = " ".join(["word"] * len(intervals))
    words = tuple(
        Word(text="word", begin_ms=begin, end_ms=end, confidence=1.0, char_begin=5 * number, char_end=5 * number + 4)
        for number, (begin, end) in enumerate(intervals)
    )
    return Turn(position=position, role=role, text=text, begin_ms=intervals[0][0], end_ms=intervals[-1][1], words=words)


def test_talk_share_and_speed_come_from_word_times() -> None:
    turns = [
        spoken(0, Role.AGENT, (0, 1000), (1000, 2000), (2000, 3000)),
        spoken(1, Role.CUSTOMER, (4000, 4500), (4500, 5000)),
    ]
    metrics = conversation_metrics(turns, duration_s=6)
    assert metrics["talk_s.agent"] == 3
    assert metrics["talk_s.customer"] == 1
    assert metrics["talk_share.agent"] == 0.75
    assert metrics["talk_speed_wpm.agent"] == 60
    assert metrics["talk_speed_wpm.customer"] == 120


def test_only_silences_of_three_seconds_count_also_at_the_ends() -> None:
    turns = [
        spoken(0, Role.AGENT, (4000, 5000)),
        spoken(1, Role.CUSTOMER, (7000, 8000)),
        spoken(2, Role.AGENT, (11000, 12000)),
    ]
    metrics = conversation_metrics(turns, duration_s=17)
    assert metrics["non_talk_s"] == 4 + 3 + 5
    assert metrics["longest_silence_s"] == 5


def test_overtalk_is_the_time_two_speak_and_the_one_who_broke_in_interrupts() -> None:
    turns = [spoken(0, Role.AGENT, (0, 5000)), spoken(1, Role.CUSTOMER, (4000, 6000))]
    metrics = conversation_metrics(turns, duration_s=6)
    assert metrics["overtalk_s"] == 1
    assert (metrics["interruptions.customer"], metrics["interruptions.agent"]) == (1, 0)


def test_a_word_of_assent_is_no_interruption() -> None:
    turns = [spoken(0, Role.AGENT, (0, 5000)), spoken(1, Role.CUSTOMER, (2000, 2400))]
    metrics = conversation_metrics(turns, duration_s=5)
    assert metrics["overtalk_s"] == 0.4
    assert metrics["interruptions.customer"] == 0


def test_breaths_between_words_do_not_split_an_interruption() -> None:
    turns = [spoken(0, Role.AGENT, (0, 5000)), spoken(1, Role.CUSTOMER, (2000, 2300), (2400, 2700), (2800, 3100))]
    assert conversation_metrics(turns, duration_s=5)["interruptions.customer"] == 1


def test_writing_has_no_conversation_metrics() -> None:
    assert conversation_metrics([Turn(position=0, role=Role.CUSTOMER, text="hello")], duration_s=10) == {}


def test_a_turn_without_words_speaks_for_its_whole_time() -> None:
    turn = Turn(position=0, role=Role.CUSTOMER, text="one two three", begin_ms=0, end_ms=2000)
    metrics = conversation_metrics([turn], duration_s=2)
    assert metrics["talk_s.customer"] == 2
    assert metrics["talk_speed_wpm.customer"] == pytest.approx(90)


def test_a_monologue_goes_on_over_pauses_and_words_of_assent_until_another_takes_the_floor() -> None:
    turns = [
        spoken(0, Role.AGENT, (0, 4000), (6000, 10_000), (12_000, 13_000)),
        spoken(1, Role.CUSTOMER, (7000, 7300)),
        spoken(2, Role.CUSTOMER, (13_500, 15_500)),
        spoken(3, Role.AGENT, (16_000, 18_000), (21_500, 22_000)),
    ]
    metrics = conversation_metrics(turns, duration_s=22)
    assert metrics["longest_monologue_s.agent"] == 13
    assert metrics["longest_monologue_s.customer"] == 2


def test_a_monologue_ends_where_another_breaks_in() -> None:
    turns = [spoken(0, Role.AGENT, (0, 10_000)), spoken(1, Role.CUSTOMER, (6000, 8000))]
    metrics = conversation_metrics(turns, duration_s=10)
    assert metrics["longest_monologue_s.agent"] == 6
    assert metrics["longest_monologue_s.customer"] == 0


def test_response_time_is_the_median_from_the_others_end_to_ones_begin() -> None:
    turns = [
        spoken(0, Role.AGENT, (0, 2000)),
        spoken(1, Role.CUSTOMER, (2500, 4000)),
        spoken(2, Role.AGENT, (5000, 6000)),
        spoken(3, Role.CUSTOMER, (6700, 8000)),
        spoken(4, Role.AGENT, (11_000, 12_000)),
        spoken(5, Role.CUSTOMER, (14_000, 15_000)),
    ]
    metrics = conversation_metrics(turns, duration_s=15)
    assert metrics["response_time_s.customer"] == 0.7
    assert metrics["response_time_s.agent"] == 2


def test_who_goes_on_or_breaks_in_does_not_answer() -> None:
    turns = [
        spoken(0, Role.AGENT, (0, 2000), (4000, 6000)),
        spoken(1, Role.CUSTOMER, (5000, 7000)),
        spoken(2, Role.CUSTOMER, (8000, 9000)),
    ]
    assert not [name for name in conversation_metrics(turns, duration_s=9) if name.startswith("response_time_s")]


def test_each_role_first_speaks_at_its_first_word() -> None:
    turns = [spoken(0, Role.CUSTOMER, (1200, 2000)), spoken(1, Role.AGENT, (3000, 4000))]
    metrics = conversation_metrics(turns, duration_s=4)
    assert (metrics["first_speech_s.customer"], metrics["first_speech_s.agent"]) == (1.2, 3)


def test_the_machine_neither_talks_nor_is_silent() -> None:
    turns = [
        spoken(0, Role.SYSTEM, (0, 10_000)),
        spoken(1, Role.AGENT, (10_500, 12_000)),
        spoken(2, Role.CUSTOMER, (12_500, 14_500)),
    ]
    metrics = conversation_metrics(turns, duration_s=14.5)
    assert not [name for name in metrics if name.endswith(".system")]
    assert metrics["non_talk_s"] == 0
    assert metrics["talk_share.agent"] == pytest.approx(1.5 / 3.5, abs=0.001)
    assert "response_time_s.agent" not in metrics


def test_a_call_that_only_a_machine_answered_has_no_conversation() -> None:
    assert conversation_metrics([spoken(0, Role.SYSTEM, (0, 10_000))], duration_s=20) == {}
