"""How likely somebody speaks, frame by frame."""

from __future__ import annotations

import numpy as np

from asr.activity import BATCH, speech_probabilities
from asr.speech import FRAME, SAMPLE_RATE
from data.samples import FORTNIGHT
from ingest.audio import decode


def test_no_sound_has_no_frames() -> None:
    assert speech_probabilities(np.zeros(0, dtype=np.float32)).shape == (0,)


def test_a_leg_read_in_parts_is_heard_as_in_one() -> None:
    from faster_whisper.vad import get_vad_model

    leg = decode(FORTNIGHT / "calls" / "call-01.ogg").samples[0][: (BATCH + BATCH // 2) * FRAME + FRAME // 2]
    whole = np.pad(leg, (0, -len(leg) % FRAME))
    expected = get_vad_model()(whole.copy()).reshape(-1)
    found = speech_probabilities(leg)
    assert len(leg) / SAMPLE_RATE > 45
    assert found.shape == expected.shape
    # The library silences the end of the last frame.
    np.testing.assert_allclose(found[:-1], expected[:-1], atol=1e-5)
    assert found.max() - found.min() > 0.2
