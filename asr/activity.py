"""Voice activity: how likely somebody speaks, frame by frame (Silero VAD, MIT, whose weights come with faster-whisper).

The library runs its network over 10,000 frames at once, which takes 200 MB; the network carries its own state from
one frame to the next, so half a minute at a time says the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from asr.speech import FRAME, Probabilities, Samples

BATCH = 1000
"""Frames that the network reads at once."""
BEFORE = 64
"""Samples of the frame before that it reads again."""
STATE = (1, 1, 128)


def speech_probabilities(samples: Samples) -> Probabilities:
    """For each frame of 32 ms of one leg the probability that somebody speaks."""
    from faster_whisper.vad import get_vad_model

    if not len(samples):
        return np.zeros(0, dtype=np.float32)
    session = get_vad_model().session
    state = {"h": np.zeros(STATE, dtype=np.float32), "c": np.zeros(STATE, dtype=np.float32)}
    found = []
    for begin in range(0, len(samples), BATCH * FRAME):
        chances, state["h"], state["c"] = session.run(None, {"input": _framed(samples, begin), **state})
        found.append(np.asarray(chances, dtype=np.float32).reshape(-1))
    return np.concatenate(found)


def _framed(samples: Samples, begin: int) -> NDArray[np.float32]:
    """(frames, samples) from ``begin`` on, each with the end of the one before; silence stands around the leg."""
    part = samples[max(0, begin - BEFORE) : begin + BATCH * FRAME]
    before = 0 if begin else BEFORE
    padded = np.pad(part, (before, -(before + len(part) - BEFORE) % FRAME))
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(padded, BEFORE + FRAME)[::FRAME])
