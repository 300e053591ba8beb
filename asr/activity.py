"""Voice activity: how likely somebody speaks, frame by frame (Silero VAD, MIT, whose weights come with faster-whisper).

The library runs its network over 10,000 frames at once, which takes 200 MB; the network carries its own state from
one frame to the next, so half a minute at a time says the same.
"""

from __future__ import annotations

import numpy as np

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
    padded = np.pad(samples, (BEFORE, -len(samples) % FRAME))
    framed = np.lib.stride_tricks.sliding_window_view(padded, BEFORE + FRAME)[::FRAME]
    state = {"h": np.zeros(STATE, dtype=np.float32), "c": np.zeros(STATE, dtype=np.float32)}
    found = []
    for begin in range(0, len(framed), BATCH):
        part = np.ascontiguousarray(framed[begin : begin + BATCH])
        chances, state["h"], state["c"] = session.run(None, {"input": part, **state})
        found.append(np.asarray(chances, dtype=np.float32).reshape(-1))
    return np.concatenate(found)
