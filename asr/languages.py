"""Language codes: BCP-47 outside, Whisper's own inside, and one language for a call unless its legs surely differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

UNDETERMINED = "und"
SURE = 0.8
"""From this probability on a leg's own language is believed against the other leg's …"""
ENOUGH_S = 5.0
"""… if it was heard in at least this much speech: a lone "ja" or "okay" is taken for anything."""
_TO_WHISPER = {"jv": "jw", "nb": "no", "fil": "tl", "iw": "he", "cmn": "zh"}
_FROM_WHISPER = {"jw": "jv"}
_UNSPACED = frozenset({"zh", "ja", "yue", "th", "lo", "my", "km"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """The language (BCP-47) that a leg most likely speaks, with its probability."""

    language: str
    probability: float


def to_whisper(language: str) -> str:
    """The recogniser's code of a BCP-47 tag, region and script dropped: ``pt-BR`` → ``pt``."""
    base = language.split("-")[0].lower()
    return _TO_WHISPER.get(base, base)


def from_whisper(code: str) -> str:
    return _FROM_WHISPER.get(code, code)


def joiner(language: str | None) -> str:
    """What stands between two stretches of text: a space, or nothing where the script has none."""
    return "" if to_whisper(language or "") in _UNSPACED else " "


def agree(detections: Sequence[Detected | None], speech_s: Sequence[float]) -> list[str | None]:
    """The language of each leg: the one heard most surely in most speech, or a leg's own where that is sure.

    None where no leg says anything.
    """
    heard = [(found.probability * spoken, found) for found, spoken in zip(detections, speech_s, strict=True) if found]
    if not heard:
        return [None] * len(detections)
    main = max(heard, key=lambda pair: pair[0])[1].language
    return [
        found.language if found and found.probability >= SURE and spoken >= ENOUGH_S else main
        for found, spoken in zip(detections, speech_s, strict=True)
    ]
