"""How loud a role speaks, where the truth is known: tones of given levels."""

from __future__ import annotations

import numpy as np
import pytest

from asr import assemble, join_levels, levels, loudness
from asr.speech import SAMPLE_RATE
from data.types import Provenance, Role, Segment
from tests.asr.sounds import at_level, coloured_noise, silence
from tests.asr.test_trust import words

MADE_BY = Provenance(component="test", version="1")


def said(channel: int, role: Role, begin_ms: int, count: int, flags: tuple[str, ...] = ()) -> Segment:
    spoken = words(" ".join(["word"] * count), begin_ms, 500)
    return Segment(
        text="word",
        begin_ms=begin_ms,
        end_ms=spoken[-1].end_ms,
        channel=channel,
        role=role,
        confidence=1,
        words=spoken,
        flags=flags,
    )


def test_each_roles_level_is_that_of_its_channel_while_it_speaks() -> None:
    loud, soft = coloured_noise(6, exponent=0, level_db=-12), coloured_noise(6, exponent=1, level_db=-37)
    segments = [said(0, Role.AGENT, 0, 4), said(1, Role.CUSTOMER, 3000, 2), said(0, Role.AGENT, 5000, 1, ("suspect",))]
    found = loudness(assemble(segments, duration_s=6, provenance=MADE_BY, levels=levels(np.stack([loud, soft]))))
    assert found[Role.AGENT][:2] == pytest.approx([-12, -12], abs=1)
    assert found[Role.AGENT][2:] == (None,) * 4
    assert found[Role.CUSTOMER][3] == pytest.approx(-37, abs=2)


def test_a_sine_of_full_scale_is_three_decibels_under_it_and_silence_has_no_level() -> None:
    sine = np.sin(2 * np.pi * 1000 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    quiet = [said(0, Role.AGENT, 0, 4)]
    found = loudness(
        assemble(quiet, duration_s=2, provenance=MADE_BY, levels=levels(np.concatenate([sine, silence(1)])[None]))
    )
    assert found[Role.AGENT] == (-3, None)


def test_a_pause_within_a_second_does_not_make_a_voice_softer() -> None:
    leg = np.concatenate([at_level(np.random.default_rng(1).standard_normal(SAMPLE_RATE // 2), -20), silence(0.5)])
    found = loudness(assemble([said(0, Role.AGENT, 0, 1)], duration_s=1, provenance=MADE_BY, levels=levels(leg[None])))
    assert found[Role.AGENT] == (-20,)


def test_windows_are_joined_in_order() -> None:
    parts = [levels(np.full((1, SAMPLE_RATE), level, dtype=np.float32)) for level in (0.1, 0.01)]
    found = loudness(assemble([said(0, Role.AGENT, 0, 4)], duration_s=2, provenance=MADE_BY, levels=join_levels(parts)))
    assert found[Role.AGENT] == (-20, -40)


def test_a_machine_and_a_recording_of_which_nothing_was_measured_have_none() -> None:
    assert loudness(assemble([said(0, Role.AGENT, 0, 4)], duration_s=2, provenance=MADE_BY)) == {}
    sounding = levels(np.full((1, SAMPLE_RATE), 0.1, dtype=np.float32))
    assert loudness(assemble([said(0, Role.SYSTEM, 0, 2)], duration_s=1, provenance=MADE_BY, levels=sounding)) == {}
