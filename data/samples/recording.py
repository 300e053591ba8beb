"""A call as a recording: two voices on two telephone lines, stored as Opus."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data.samples.calls import ROLES, Call
from data.samples.line import RATE, Signal, noise, store, telephone
from data.samples.voices import speak

_LEAD_S = 0.4
_TAIL_S = 0.6
_SPEECH_DB = -23.0
"""Level of the speech against full scale, as telephone lines have it."""


def record(call: Call, file: Path) -> dict[str, object]:
    """Writes the recording, and answers what is said in it when: times in seconds, texts as spoken."""
    turns, lines = _spoken(call)
    file.parent.mkdir(parents=True, exist_ok=True)
    store(np.stack([telephone(line) for line in lines]), file)
    return {"id": call.id, "file": f"calls/{file.name}", "duration_s": round(lines.shape[1] / RATE, 2), "turns": turns}


def _spoken(call: Call) -> tuple[list[dict[str, object]], Signal]:
    """Every turn where it begins and ends, and the two lines with their noise (channels, samples)."""
    now_s = _LEAD_S
    turns: list[dict[str, object]] = []
    heard: list[tuple[int, int, Signal]] = []
    for place, utterance in enumerate(call.utterances):
        channel = ROLES.index(utterance.role)
        signal = _levelled(speak(utterance.text, call.speakers[channel], seed=place))
        begin_s = now_s + (utterance.gap_s if place else 0)
        now_s = begin_s + len(signal) / RATE
        turns.append(
            {"role": utterance.role, "begin_s": round(begin_s, 2), "end_s": round(now_s, 2), "text": utterance.text}
        )
        heard.append((channel, round(begin_s * RATE), signal))
    lines = noise((len(ROLES), round((now_s + _TAIL_S) * RATE)), call.noise_db, call.id)
    for channel, begin, signal in heard:
        lines[channel, begin : begin + len(signal)] += signal
    return turns, lines


def _levelled(signal: Signal) -> Signal:
    power = float(np.sqrt(np.mean(signal**2))) or 1.0
    return np.asarray(signal * (10 ** (_SPEECH_DB / 20) / power), np.float32)
