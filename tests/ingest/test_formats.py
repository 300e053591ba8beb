"""What telephone systems write: every codec gives the sound that went in, and headerless samples are told by hand."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from data.errors import InputTypeRefused, MetadataInvalid
from data.types import Delivery, Refusal
from ingest import Raw, ReadOptions, read, sniff
from ingest.audio import decode, probe
from ingest.raw import READERS
from tests.ingest.audio_samples import encoded, tone, wav

CODECS = [
    ("wav", "pcm_u8", 8000, 2),
    ("wav", "pcm_s24le", 48_000, 2),
    ("wav", "pcm_s32le", 44_100, 2),
    ("wav", "pcm_f32le", 16_000, 2),
    ("wav", "pcm_mulaw", 8000, 2),
    ("wav", "pcm_alaw", 8000, 2),
    ("wav", "adpcm_ima_wav", 8000, 2),
    ("wav", "adpcm_ms", 8000, 2),
    ("wav", "g722", 16_000, 1),
    ("wav", "g726", 8000, 1),
    ("ogg", "vorbis", 16_000, 2),
    ("mp3", "libmp3lame", 8000, 1),
    ("aiff", "pcm_s16be", 44_100, 2),
    ("au", "pcm_mulaw", 8000, 1),
    ("amr", "libopencore_amrnb", 8000, 1),
    ("matroska", "libopus", 48_000, 2),
    ("mp4", "aac", 44_100, 2),
]


@pytest.mark.parametrize(("container", "codec", "rate", "channels"), CODECS)
def test_every_codec_gives_the_tone_that_went_in(container: str, codec: str, rate: int, channels: int) -> None:
    content = encoded(tone(2, rate=rate, channels=channels, hertz=400), container=container, codec=codec, rate=rate)
    audio = decode(content)
    assert audio.samples.shape[0] == channels == probe(content).channels
    assert audio.decoded_s == pytest.approx(2, abs=0.15)
    assert set(audio.flags) <= {"header_repaired"}
    assert [_hertz(channel) for channel in audio.samples] == [
        pytest.approx(400 * 2**n, rel=0.02) for n in range(channels)
    ]


def _hertz(channel: np.ndarray) -> float:
    """The strongest frequency in the middle second."""
    middle = channel[8000:24_000]
    return float(np.argmax(np.abs(np.fft.rfft(middle * np.hanning(len(middle)))))) * 16_000 / len(middle)


GSM_BITS = (6, 6, 5, 5, 4, 4, 3, 3, *(4 * (7, 2, 2, 6, *(13 * (3,)))))
"""The parameters of a frame of GSM 06.10, in both packings."""


@pytest.mark.shared
def test_gsm_in_a_wav_gives_the_sound_of_the_bare_frames(shared: Path) -> None:
    bare = next((shared / "audio-asterisk-prompts").rglob("*.gsm")).read_bytes()
    bare = bare[: len(bare) // 66 * 66]
    packed = b"".join(_packed(bare[at : at + 33], bare[at + 33 : at + 66]) for at in range(0, len(bare), 66))
    fmt = struct.pack("<4sIHHIIHHHH", b"fmt ", 20, 0x31, 1, 8000, 1625, 65, 0, 2, 320)
    body = b"WAVE" + fmt + struct.pack("<4sI", b"data", len(packed)) + packed
    audio = decode(b"RIFF" + struct.pack("<I", len(body)) + body)
    expected = decode(bare, media_type="audio/x-gsm")
    assert audio.flags == ()
    assert np.allclose(audio.samples, expected.samples[:, : audio.samples.shape[1]], atol=1e-3)


def _packed(*frames: bytes) -> bytes:
    """Two frames in Microsoft's 65 bytes: the same parameters, without the mark, each with its lowest bit first."""
    bits, width = 0, 0
    for frame in frames:
        rest, left = int.from_bytes(frame), 260
        for size in GSM_BITS:
            left -= size
            bits |= (rest >> left & (1 << size) - 1) << width
            width += size
    return bits.to_bytes(65, "little")


RAW = [("pcm_mulaw", "mulaw"), ("pcm_alaw", "alaw"), ("pcm_s16le", "s16le"), ("pcm_f32le", "f32le")]


@pytest.mark.parametrize(("codec", "container"), RAW)
def test_raw_samples_are_read_as_they_are_told_with_interleaved_channels(
    tmp_path: Path, codec: str, container: str
) -> None:
    path = tmp_path / "call.raw"
    path.write_bytes(encoded(tone(2, rate=8000, channels=2, hertz=400), container=container, codec=codec, rate=8000))
    [found] = read(path, ReadOptions(raw=Raw.parse(f"{codec},8000,2")))
    assert isinstance(found, Delivery)
    audio = decode(path.read_bytes(), media_type=found.media_type)
    assert audio.samples.shape == (2, 32_000)
    assert [round(_hertz(channel) / 400) for channel in audio.samples] == [1, 2]


def test_raw_g726_is_read_as_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "call.g726"
    path.write_bytes(encoded(tone(2, rate=8000, hertz=400), container="g726", codec="g726", rate=8000))
    [found] = read(path)
    assert isinstance(found, Delivery)
    assert _hertz(decode(path).samples[0]) == pytest.approx(400, rel=0.02)


@pytest.mark.parametrize("suffix", [".ulaw", ".alaw", ".sln"])
def test_what_asterisk_names_raw_needs_no_telling(tmp_path: Path, suffix: str) -> None:
    container, codec = {
        ".ulaw": ("mulaw", "pcm_mulaw"),
        ".alaw": ("alaw", "pcm_alaw"),
        ".sln": ("s16le", "pcm_s16le"),
    }[suffix]
    path = tmp_path / f"call{suffix}"
    path.write_bytes(encoded(0.02 * tone(2, rate=8000), container=container, codec=codec, rate=8000))
    [found] = read(path)
    assert isinstance(found, Delivery)
    assert decode(path.read_bytes(), media_type=found.media_type).decoded_s == pytest.approx(2)


def test_raw_is_for_files_that_say_nothing_themselves(tmp_path: Path) -> None:
    told = ReadOptions(raw=Raw(codec="pcm_mulaw", rate=8000, channels=2))
    (tmp_path / "call.raw").write_bytes(wav(tone(1)))
    (tmp_path / "note.txt").write_text("The customer called again.")
    (tmp_path / "page.raw").write_text("<html><body>502</body></html>")
    found = {one.name: one for one in read(tmp_path, told) if isinstance(one, (Delivery, Refusal))}
    assert isinstance(call := found["call.raw"], Delivery)
    assert call.media_type == "audio/wav"
    assert isinstance(note := found["note.txt"], Delivery)
    assert note.media_type == "text/plain"
    assert isinstance(refusal := found["page.raw"], Refusal)
    assert refusal.code == "input.type_refused"


@pytest.mark.parametrize("head", [b"#EXTM3U\nfile:///etc/passwd", b"ffconcat version 1.0\n", b"%PDF-1.7 \xff\xfe"])
def test_f26_what_is_called_raw_is_still_judged_by_its_content(head: bytes) -> None:
    with pytest.raises(InputTypeRefused):
        sniff(head, "call.raw", Raw(codec="pcm_s16le", rate=8000))


@pytest.mark.parametrize(
    "text", ["", "pcm_mulaw", "mp3,8000", "pcm_mulaw,8000,99", "g726,8000,2", "pcm_u8,x", "pcm_u8,0"]
)
def test_what_raw_means_is_checked_at_once(text: str) -> None:
    with pytest.raises(MetadataInvalid):
        Raw.parse(text)


def test_every_reader_of_raw_samples_is_one_the_library_has() -> None:
    from av.format import ContainerFormat

    assert all(ContainerFormat(name).is_input for name in READERS.values())
