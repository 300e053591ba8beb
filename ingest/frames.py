"""The lengths of MPEG audio and ADTS frames, from their four to seven header bytes.

A chain of them tells an MP3 from noise (ISO/IEC 11172-3, 13818-3, 13818-7), and a packet that is longer than its
header says holds damage.
"""

from __future__ import annotations

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBPS_V1 = {
    3: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBPS_V2_LAYER_1 = (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_KBPS_V2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def mpeg_frame_bytes(header: bytes) -> int | None:
    """The length of the MPEG audio frame that begins here, or None where none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer == 0 or bitrate in (0, 15) or rate == 3:
        return None
    hertz = _RATES[version][rate]
    bits = 1000 * _kbps(version, layer)[bitrate - 1]
    if layer == 3:
        return (12 * bits // hertz + padding) * 4
    return (72 if layer == 1 and version != 3 else 144) * bits // hertz + padding


def _kbps(version: int, layer: int) -> tuple[int, ...]:
    if version == 3:
        return _KBPS_V1[layer]
    return _KBPS_V2_LAYER_1 if layer == 3 else _KBPS_V2


def adts_frame_bytes(header: bytes) -> int | None:
    """The length of the ADTS (AAC) frame that begins here, or None where none does."""
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return None
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else None


def mpeg_chain(data: bytes, *, need: int = 4) -> bool:
    """Whether ``need`` frames of one kind follow each other anywhere here; from the first byte two will do."""
    if _frames_from(data, 0, need) > 1:
        return True
    at = data.find(b"\xff", 1)
    while at >= 0:
        if _frames_from(data, at, need) == need:
            return True
        at = data.find(b"\xff", at + 1)
    return False


def _frames_from(data: bytes, at: int, need: int) -> int:
    """How many frames of one kind begin one behind the other, ``need`` at most."""
    kind = data[at + 1 : at + 2]
    for found in range(need):
        length = mpeg_frame_bytes(data[at : at + 4])
        if length is None or data[at + 1 : at + 2] != kind:
            return found
        at += length
    return need


def adts_chain(data: bytes) -> bool:
    """Whether two ADTS frames follow each other from the first byte."""
    length = adts_frame_bytes(data)
    return length is not None and (length >= len(data) or adts_frame_bytes(data[length:]) is not None)
