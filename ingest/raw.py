"""Recordings without a header: what somebody says of their samples stands for one.

As a media type it goes wherever the recording goes: ``audio/x-raw;codec=pcm_mulaw;rate=8000;channels=2``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.errors import MetadataInvalid

READERS = {
    "pcm_mulaw": "mulaw",
    "pcm_alaw": "alaw",
    "pcm_u8": "u8",
    "pcm_s8": "s8",
    "pcm_s16le": "s16le",
    "pcm_s16be": "s16be",
    "pcm_s24le": "s24le",
    "pcm_s32le": "s32le",
    "pcm_f32le": "f32le",
    "g726": "g726",
    "g726le": "g726le",
}
"""The codecs that may be named, and the one reader of each. G.726 is the one of 32 kbit/s, on one channel."""
MAX_RATE = 384_000
MAX_CHANNELS = 32
_MONO = ("g726", "g726le")
_MEDIA_TYPE = re.compile(r"audio/x-raw;codec=(\w+);rate=(\d{1,6});channels=(\d{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Interleaved samples; ``rate`` in Hz. Raises MetadataInvalid (permanent): an unknown codec, or out of bounds."""

    codec: str
    rate: int
    channels: int = 1

    def __post_init__(self) -> None:
        if self.codec not in READERS:
            raise MetadataInvalid(f"raw: the codec is one of {', '.join(READERS)}")
        if not (1000 <= self.rate <= MAX_RATE and 1 <= self.channels <= MAX_CHANNELS):
            raise MetadataInvalid(f"raw: at most {MAX_RATE} Hz and {MAX_CHANNELS} channels")
        if self.codec in _MONO and self.channels > 1:
            raise MetadataInvalid(f"raw: {self.codec} has one channel")

    @classmethod
    def parse(cls, text: str) -> Raw:
        """``codec,rate[,channels]``, as in ``pcm_mulaw,8000,2``. Raises MetadataInvalid (permanent)."""
        codec, *numbers = (part.strip() for part in text.split(","))
        if not 1 <= len(numbers) <= 2 or not all(number.isdecimal() and len(number) < 7 for number in numbers):
            raise MetadataInvalid("raw: codec,rate,channels, as in pcm_mulaw,8000,2")
        rate, channels = (*map(int, numbers), 1)[:2]
        return cls(codec=codec, rate=rate, channels=channels)

    @property
    def media_type(self) -> str:
        return f"audio/x-raw;codec={self.codec};rate={self.rate};channels={self.channels}"

    @property
    def reader(self) -> str:
        return READERS[self.codec]

    @property
    def options(self) -> dict[str, str]:
        """What the reader has to be told."""
        rate = {"sample_rate": str(self.rate)}
        return rate if self.codec in _MONO else rate | {"ch_layout": f"{self.channels}C"}


def raw_of(media_type: str | None) -> Raw | None:
    """What a media type says of the samples; None where it is of another kind."""
    found = _MEDIA_TYPE.fullmatch(media_type or "")
    return Raw(codec=found[1], rate=int(found[2]), channels=int(found[3])) if found else None


BY_NAME = {
    ".ulaw": Raw(codec="pcm_mulaw", rate=8000),
    ".ul": Raw(codec="pcm_mulaw", rate=8000),
    ".alaw": Raw(codec="pcm_alaw", rate=8000),
    ".al": Raw(codec="pcm_alaw", rate=8000),
    ".sln": Raw(codec="pcm_s16le", rate=8000),
    ".sln16": Raw(codec="pcm_s16le", rate=16_000),
    ".g726": Raw(codec="g726", rate=8000),
}
"""What Asterisk means by these names, where nobody says otherwise."""
NAMES = frozenset({*BY_NAME, ".raw", ".pcm", ".dat", ".bin", ""})
"""Names of files that are taken to be raw where somebody says how."""


def raw_named(suffix: str, told: Raw | None) -> Raw | None:
    """What a file of such a name holds, unless its content is of a known kind; ``told`` goes before its name."""
    return (told if suffix in NAMES else None) or BY_NAME.get(suffix)
