"""A compared metric in words: how much of what is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from data.types import METRICS, Measure, Operator, Role

NAMES = {
    "sentiment": "sentiment",
    "sentiment_shift": "a shift of sentiment",
    "duration_s": "a duration",
    "handle_time_s": "a handle time",
    "hold_s": "a hold time",
    "after_call_s": "after-call work",
    "longest_silence_s": "a longest silence",
    "non_talk_s": "silence in all",
    "overtalk_s": "overtalk",
    "interruptions": "interruptions",
    "talk_s": "a talk time",
    "talk_share": "a talk share",
    "talk_speed_wpm": "a talk speed",
    "longest_monologue_s": "a longest monologue",
    "response_time_s": "a response time",
    "first_speech_s": "first speech",
    "csat": "a satisfaction score (CSAT)",
    "nps": "a promoter score (NPS)",
    "ces": "an effort score (CES)",
    "turns": "turns",
    "words": "words",
}
COMPARED: Mapping[Operator, str] = {
    "=": "of exactly",
    "<": "below",
    "<=": "of at most",
    ">": "above",
    ">=": "of at least",
}
COUNTED = {"interruptions", "turns", "words"}
"""What is counted stands after its number."""
COUNTS: Mapping[Operator, str] = {
    "=": "exactly",
    "<": "fewer than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
}
LENGTHS = ((3600.0, "h"), (60.0, "min"))


def measure_words(asked: Measure, speakers: Mapping[Role | None, str]) -> str:
    """As in "with a longest silence above 10 s"."""
    name = NAMES[asked.metric]
    if name in COUNTED:
        by = f" by {speakers[asked.role]}" if asked.role else ""
        return f"with {COUNTS[asked.operator]} {number(asked.value)} {name}{by}"
    if asked.role is not None:
        bare = name.removeprefix("a ").removeprefix("an ")
        name = f"{speakers[asked.role]}’s {bare}"
    return f"with {name} {COMPARED[asked.operator]} {_amount(asked)}"


def _amount(asked: Measure) -> str:
    match METRICS[asked.metric].unit:
        case "seconds":
            return length(asked.value)
        case "share":
            return f"{number(asked.value * 100)} %"
        case "wpm":
            return f"{number(asked.value)} words a minute"
        case _:
            return number(asked.value)


def length(seconds: float) -> str:
    """As in "90 s", "5 min" or "1.5 h"."""
    for size, unit in LENGTHS:
        if seconds >= size and seconds % (size / 2) == 0:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds)} s"


def number(value: float) -> str:
    return f"{round(value, 6):.12g}".replace("-", "−")
