from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from data.errors import AudioEmpty, AudioNoStream, AudioTooLong, AudioUnreadable, InputTypeRefused, InputUnreadable
from ingest.audio import decode, plays, probe
from ingest.kinds import DEMUXERS
from tests.ingest.audio_samples import encoded, loudness, tone, wav

FORMATS = [
    ("mp3", "libmp3lame", 16_000),
    ("ogg", "libopus", 48_000),
    ("ipod", "aac", 16_000),
    ("flac", "flac", 44_100),
    ("webm", "libopus", 48_000),
    ("adts", "aac", 16_000),
    ("mpegts", "aac", 16_000),
]


@pytest.mark.parametrize(("container", "codec", "rate"), FORMATS)
def test_every_container_gives_its_channels_at_16_khz(container: str, codec: str, rate: int) -> None:
    content = encoded(tone(2, rate=rate, channels=2), container=container, codec=codec, rate=rate)
    audio = decode(content)
    assert audio.samples.dtype == np.float32
    assert audio.samples.shape[0] == 2
    assert audio.samples.shape[1] == pytest.approx(32_000, abs=2000)
    assert audio.decoded_s == pytest.approx(2, abs=0.13)
    assert audio.flags == ()
    assert probe(content).duration_s == pytest.approx(2, abs=0.13)


def test_f23_six_channels_at_192_khz_keep_their_order() -> None:
    samples = np.zeros((19_200, 6))
    samples[:, 4] = 0.5
    audio = decode(wav(samples, rate=192_000))
    assert audio.samples.shape == (6, 1600)
    assert [round(loudness(channel), 1) for channel in audio.samples] == [0, 0, 0, 0, 0.5, 0]


@pytest.mark.parametrize("channels", [8, 9, 32])
def test_f23_many_channels_are_decoded_one_by_one(channels: int) -> None:
    samples = np.zeros((1600, channels))
    samples[:, channels - 1] = 0.5
    audio = decode(wav(samples))
    assert audio.samples.shape == (channels, 1600)
    assert np.flatnonzero(np.abs(audio.samples).max(axis=1) > 0.1).tolist() == [channels - 1]


@pytest.mark.parametrize("claim", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_f18_a_length_never_written_is_decoded_to_the_end_and_flagged(claim: int) -> None:
    audio = decode(wav(tone(1), data_size=claim))
    assert audio.samples.shape == (1, 16_000)
    assert audio.flags == ("header_repaired",)
    assert audio.declared_s is None
    assert probe(wav(tone(1), data_size=claim)).header_repaired


def test_f19_a_wav_shorter_than_it_says_is_partial() -> None:
    audio = decode(wav(tone(1), data_size=160_000))
    assert audio.declared_s == 5
    assert audio.decoded_s == pytest.approx(1)
    assert audio.flags == ("partial",)


def test_f19_a_truncated_mp3_keeps_what_is_there() -> None:
    whole = encoded(tone(4), container="mp3", codec="libmp3lame")
    audio = decode(whole[: len(whole) // 2])
    assert "partial" in audio.flags
    assert audio.declared_s == pytest.approx(4, abs=0.1)
    assert audio.decoded_s == pytest.approx(2, abs=0.3)


def test_f20_sound_behind_a_corrupt_middle_keeps_its_time() -> None:
    samples = np.concatenate([tone(3, hertz=300), np.zeros((16_000, 1)), tone(3, hertz=1500)])
    content = encoded(samples, container="mp3", codec="libmp3lame")
    broken = bytearray(content)
    broken[len(content) // 4 : len(content) // 3] = os.urandom(len(content) // 3 - len(content) // 4).replace(
        b"\xff", b"\xfe"
    )
    audio = decode(bytes(broken))
    assert audio.bad_packets >= 1
    assert {"gap", "bad_packets"} <= set(audio.flags)
    assert audio.samples.shape[1] == pytest.approx(7 * 16_000, abs=1600)
    # The pause lies at 3–4 s, behind the damage.
    assert loudness(audio.samples[:, 50_000:62_000]) < 0.01
    assert loudness(audio.samples[:, 66_000:110_000]) > 0.2
    window = decode(bytes(broken), begin_s=4.2, end_s=6)
    assert np.allclose(window.samples, audio.samples[:, 67_200:96_000], atol=1e-3)


def test_f21_random_bytes_are_unreadable() -> None:
    with pytest.raises(AudioUnreadable):
        decode(np.random.default_rng(7).bytes(30_000))


@pytest.mark.parametrize("content", [b"", wav(np.zeros((0, 1)))])
def test_f16_a_recording_of_nothing_is_empty(content: bytes) -> None:
    with pytest.raises(AudioEmpty):
        probe(content)


def test_f17_a_corrupt_header_is_unreadable() -> None:
    with pytest.raises(AudioUnreadable):
        probe(b"RIFF\x00\x00\x00\x00WAVEfmt \x02\x00\x00\x00\x01\x00data")


def test_f22_windows_together_are_the_whole() -> None:
    content = encoded(tone(5, rate=48_000, channels=2), container="ogg", codec="libopus", rate=48_000)
    whole = decode(content).samples
    windows = [decode(content, begin_s=begin, end_s=begin + 1.5).samples for begin in (0, 1.5, 3, 4.5)]
    joined = np.concatenate(windows, axis=1)
    assert joined.shape == whole.shape
    assert np.allclose(joined, whole, atol=1e-3)


def test_a_window_behind_the_end_is_empty() -> None:
    assert decode(wav(tone(1)), begin_s=5, end_s=6).samples.shape == (1, 0)


def test_f27_a_long_recording_is_refused_by_what_it_declares_and_by_what_it_holds() -> None:
    with pytest.raises(AudioTooLong):
        probe(wav(tone(0.1), data_size=2**30), max_s=3600)
    with pytest.raises(AudioTooLong):
        probe(encoded(np.zeros((160_000, 1)), container="adts", codec="aac"), max_s=5)


def test_f25_a_film_without_sound_has_no_stream() -> None:
    with pytest.raises(AudioNoStream):
        probe(_film())


def _film() -> bytes:
    import av

    target = io.BytesIO()
    with av.open(target, "w", format="matroska") as output:
        stream = output.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(3):
            for packet in stream.encode(av.VideoFrame(32, 32, "yuv420p")):
                output.mux(packet)
        for packet in stream.encode(None):
            output.mux(packet)
    return target.getvalue()


def test_f26_the_decoder_opens_no_other_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav(tone(1)))
    with pytest.raises(InputTypeRefused):
        decode(f"ffconcat version 1.0\nfile '{secret}'\n".encode())
    with pytest.raises((AudioUnreadable, AudioNoStream, AudioEmpty)):
        decode(_film_by_reference(str(secret)))


def _film_by_reference(path: str) -> bytes:
    """A QuickTime file whose only content is an alias to another file (dref, alis)."""
    alias = struct.pack(">I4sI", 12 + len(path), b"alis", 0) + path.encode()
    dref = struct.pack(">I4sII", 16 + len(alias), b"dref", 0, 1) + alias
    moov = struct.pack(">I4s", 8 + len(dref), b"moov") + dref
    return struct.pack(">I4s4sI", 16, b"ftyp", b"qt  ", 0) + moov


def test_every_reader_is_one_the_library_has() -> None:
    from av.format import ContainerFormat

    assert all(ContainerFormat(name).is_input for name in DEMUXERS.values())


def test_samples_that_are_no_numbers_become_silence() -> None:
    body = np.full(1600, np.nan, dtype="<f4").tobytes()
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, 16_000, 64_000, 4, 32)
    content = (
        b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVE" + fmt + struct.pack("<4sI", b"data", len(body)) + body
    )
    audio = decode(content)
    assert np.isfinite(audio.samples).all()
    assert audio.flags == ("not_finite",)


@pytest.mark.parametrize(
    ("content", "can"),
    [
        (encoded(tone(1, rate=48_000), container="ogg", codec="libopus", rate=48_000), True),
        (wav(tone(1)), True),
        (wav(tone(1), data_size=0), False),
        (encoded(tone(1, rate=8000), container="wav", codec="pcm_mulaw", rate=8000), False),
    ],
)
def test_what_every_browser_plays_is_known(content: bytes, can: bool) -> None:
    assert plays(probe(content)) is can


def test_f35_a_recording_is_not_read_through_a_link_or_from_a_pipe(tmp_path: Path) -> None:
    real = tmp_path / "real.wav"
    real.write_bytes(wav(tone(0.1)))
    link = tmp_path / "link.wav"
    link.symlink_to(real)
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    for path in (link, pipe, tmp_path / "absent.wav"):
        with pytest.raises(InputUnreadable):
            probe(path)
    assert probe(real).duration_s == pytest.approx(0.1)
