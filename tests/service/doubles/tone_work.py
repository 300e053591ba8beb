"""Hearing and muting as the product does them, with a recogniser of tones in place of the model."""

from __future__ import annotations

from collections.abc import Iterator

from data.inbox_cipher import Sealed
from service import hearing, muting
from service.hearing import Heard, HearingOrder
from service.muting import Muted, MuteOrder
from tests.asr.tones import ToneTranscriber


def hear(source: bytes | Sealed, order: HearingOrder) -> Iterator[Heard]:
    _without_model()
    yield from hearing.hear(source, order)


def mute(source: Sealed, order: MuteOrder) -> Iterator[Muted]:
    _without_model()
    yield from muting.mute(source, order)


def _without_model() -> None:
    """In this process, which is a test's own child."""
    hearing.transcriber = lambda *_: ToneTranscriber()  # type: ignore[assignment]
