"""Channels, roles and what leaks between them; F24 is the fault of legs that are not what they should be."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from asr import ChannelCheck, Transcriber, assemble, check_channels, transcribe, turns
from asr.speech import SAMPLE_RATE
from data.errors import ChannelMapInvalid
from data.types import Role, Segment
from tests.asr.doubles import LoudnessTranscriber

Legs = NDArray[np.float32]


def legs(*spoken: tuple[tuple[float, float], ...], seconds: float = 8) -> Legs:
    """A leg of noise bursts for each argument, loud in its (begin, end) seconds."""
    rng = np.random.default_rng(3)
    made = np.zeros((len(spoken), round(seconds * SAMPLE_RATE)), dtype=np.float32)
    for leg, stretches in zip(made, spoken, strict=True):
        for begin, end in stretches:
            part = slice(round(begin * SAMPLE_RATE), round(end * SAMPLE_RATE))
            leg[part] = rng.normal(0, 0.1, part.stop - part.start)
    return made


def heard(samples: Legs, channel_map: tuple[Role, ...] | None = None, offset_ms: int = 0) -> list[Segment]:
    return list(transcribe(LoudnessTranscriber(), samples, channel_map=channel_map, offset_ms=offset_ms))


def test_two_channels_are_agent_and_customer_interleaved_by_time() -> None:
    segments = heard(legs(((0, 1), (4, 5)), ((2, 3), (6, 7))))
    assert [(segment.begin_ms, segment.channel, segment.role) for segment in segments] == [
        (0, 0, Role.AGENT),
        (2000, 1, Role.CUSTOMER),
        (4000, 0, Role.AGENT),
        (6000, 1, Role.CUSTOMER),
    ]


def test_the_sources_map_says_who_is_where() -> None:
    segments = heard(legs(((0, 1),), ((2, 3),)), channel_map=(Role.CUSTOMER, Role.AGENT))
    assert [segment.role for segment in segments] == [Role.CUSTOMER, Role.AGENT]


def test_one_channel_is_nobody_known() -> None:
    assert {segment.role for segment in heard(legs(((0, 1),)))} == {Role.UNKNOWN}


def test_three_channels_without_a_map_are_nobody_known() -> None:
    segments = heard(legs(((0, 1),), ((2, 3),), ((4, 5),)))
    assert [(segment.channel, segment.role) for segment in segments] == [(n, Role.UNKNOWN) for n in range(3)]


def test_a_map_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ChannelMapInvalid, match="1 roles for 2 channels"):
        heard(legs(((0, 1),), ((2, 3),)), channel_map=(Role.AGENT,))


def test_f24_a_silent_leg_is_flagged_and_gives_no_role_to_the_other() -> None:
    samples = legs(((0, 2),), ())
    assert check_channels(samples).flags == ("silent_channel",)
    assert {segment.role for segment in heard(samples)} == {Role.UNKNOWN}
    known = heard(samples, channel_map=(Role.CUSTOMER, Role.AGENT))
    assert {segment.role for segment in known} == {Role.CUSTOMER}


@pytest.mark.parametrize("gain", [1.0, -1.0, 0.5])
def test_f24_identical_legs_are_one_voice_heard_once(gain: float) -> None:
    one = legs(((0, 2),))[0]
    samples = np.stack([one, np.float32(gain) * one])
    assert check_channels(samples).flags == ("identical_channels",)
    segments = heard(samples, channel_map=(Role.AGENT, Role.CUSTOMER))
    assert [(segment.channel, segment.role) for segment in segments] == [(0, Role.UNKNOWN)]


def test_two_silent_legs_are_silent_not_identical() -> None:
    check = check_channels(legs((), ()))
    assert check.flags == ("silent_channel",)
    assert heard(legs((), ())) == []


def test_an_empty_recording_has_no_segments() -> None:
    assert heard(np.zeros((2, 0), dtype=np.float32)) == []


def test_a_leg_is_silent_only_if_it_is_so_in_every_window() -> None:
    first, second = ChannelCheck(channels=2, silent=(1,)), ChannelCheck(channels=2, silent=(0, 1), identical=False)
    assert (first & second).silent == (1,)
    assert (first & ChannelCheck(channels=2)).flags == ()


def test_a_window_lies_where_its_offset_says() -> None:
    (segment,) = heard(legs(((2, 3),)), offset_ms=60_000)
    assert (segment.begin_ms, segment.end_ms) == (62_000, 63_000)
    assert [word.begin_ms for word in segment.words] == [62_000, 62_500]


@pytest.mark.parametrize("delay_s", [0.0, 0.12])
def test_speech_that_leaks_into_the_other_leg_is_heard_once(delay_s: float) -> None:
    samples = legs(((0, 2),), ((4, 6),))
    leak = np.roll(samples[0], round(delay_s * SAMPLE_RATE)) * np.float32(0.2)
    samples[1] += leak
    transcript = assemble(heard(samples), duration_s=8, provenance=LoudnessTranscriber.provenance)
    assert [(segment.role, segment.begin_ms) for segment in transcript.segments] == [
        (Role.AGENT, 0),
        (Role.CUSTOMER, 4000),
    ]
    assert "crosstalk" in transcript.flags


def test_a_soft_voice_beside_a_loud_one_is_kept() -> None:
    samples = legs(((0, 4),), ((1, 3),))
    samples[1] *= np.float32(0.2)
    assert [segment.channel for segment in heard(samples) if not segment.flags] == [0, 1]


def test_the_legs_of_a_sample_call_keep_their_roles(tiny: Transcriber, call: Legs) -> None:
    segments = list(transcribe(tiny, call))
    said = assemble(segments, duration_s=24, provenance=tiny.provenance)
    spoken = {role: [t.text.lower() for t in turns(said) if t.role is role] for role in (Role.AGENT, Role.CUSTOMER)}
    assert "help" in spoken[Role.AGENT][0]
    assert any("password" in text for text in spoken[Role.CUSTOMER])


def test_a_real_call_that_leaks_says_nothing_twice(tiny: Transcriber, call: Legs) -> None:
    leaking = call.copy()
    leaking[1] += np.float32(0.1) * np.roll(call[0], 800)
    transcript = assemble(transcribe(tiny, leaking), duration_s=24, provenance=tiny.provenance)
    customer = " ".join(segment.text for segment in transcript.segments if segment.role is Role.CUSTOMER)
    assert "how can i help" not in customer.lower()
    assert "password" in customer.lower()
