"""What the child process does for a recording that is kept: silences what was masked, and listens whether it is gone.

The words about each stretch are transcribed again from the silenced sound. Where a masked word can still be heard at
its edge, the recogniser had placed it wrongly: the whole turn is silenced, and where the word is heard now. Where even
that does not help, or nobody knows where the word is, no recording is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from data.inbox_cipher import Sealed
from data.types import Word

if TYPE_CHECKING:
    from ingest.mute import Spans

AROUND_MS = 4000
"""Heard before and behind a stretch: enough for the recogniser to know what is being said."""
EDGE_MS = 1500
"""A masked word that is heard this near to its stretch is one that was placed wrongly."""
ROUNDS = 3
"""Of silencing and listening. The first words of a turn can be placed a second late, and the turn with them."""
SHORT = 2
"""Words of so few letters are heard wherever sound breaks off; one of them alone gives nothing away."""

PART_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Something masked: where it is said, where its turn is said, and its words. Times are None where unknown."""

    span_ms: tuple[int, int] | None
    turn_ms: tuple[int, int] | None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteOrder:
    """``kept``: the words that may be heard, with their times."""

    model: str
    device: str
    compute_type: str
    threads: int
    language: str | None
    media_type: str | None
    secrets: tuple[Secret, ...]
    kept: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsItIs:
    """Nothing has to be silenced, and a browser plays it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the file that may be kept."""

    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """No recording may be kept, and why."""

    reason: str


Muted: TypeAlias = AsItIs | Part | Withheld
Listen: TypeAlias = "Callable[[Spans], list[Word]]"
"""What is heard about some stretches once they are silenced."""


def mute(source: Sealed, order: MuteOrder) -> Iterator[Muted]:
    """The recording to keep in parts, or one word of why it is as it is or why there is none.

    Raises AudioUnreadable, AudioNoStream (permanent), ModelUnavailable (retry).
    """
    from ingest.audio import plays, probe
    from ingest.flac import LAYOUTS

    with source.opened() as stream:
        info = probe(stream, media_type=order.media_type)
        if not order.secrets and plays(info):
            yield AsItIs()
        elif info.channels > len(LAYOUTS):
            yield Withheld(reason="mute.channels")
        else:
            found = settle(order, round(info.duration_s * 1000), lambda spans: _heard(stream, order, spans))
            yield from [found] if isinstance(found, Withheld) else _encoded(stream, order.media_type, found)


def settle(order: MuteOrder, duration_ms: int, listen: Listen) -> Spans | Withheld:
    """The stretches to silence: each secret's own, its whole turn where it has none, and more where it is still heard
    beside it."""
    from ingest.mute import stretches

    spans = [_place(secret, duration_ms) for secret in order.secrets]
    for _ in range(ROUNDS):
        if not all(spans):
            return Withheld(reason="mute.unlocated")
        muted = stretches(span for span in spans if span)
        heard = listen(muted) if muted else []
        leaking = [leaks(secret, span, heard, order.kept) for secret, span in zip(order.secrets, spans, strict=True)]
        if not any(leaking):
            return muted
        before, spans = (
            spans,
            [
                _wider(secret, span, words, duration_ms) if words else span
                for secret, span, words in zip(order.secrets, spans, leaking, strict=True)
            ],
        )
        if spans == before:
            break
    return Withheld(reason="mute.heard")


def _wider(
    secret: Secret, span: tuple[int, int] | None, heard: Sequence[Word], duration_ms: int
) -> tuple[int, int] | None:
    """Its whole turn, what was silenced of it, and where it is still heard; None where nobody knows its turn."""
    turn = _place(secret, duration_ms, whole=True)
    if span is None or turn is None:
        return None
    begins, ends = [word.begin_ms for word in heard], [word.end_ms for word in heard]
    return min(span[0], turn[0], *begins), max(span[1], turn[1], *ends)


def _place(secret: Secret, duration_ms: int, *, whole: bool = False) -> tuple[int, int] | None:
    """Where to silence it: its own place, or its whole turn where that is not known; None where nobody knows."""
    span, turn = (_within(place, duration_ms) for place in (secret.span_ms, secret.turn_ms))
    if whole and span and turn:
        return min(span[0], turn[0]), max(span[1], turn[1])
    return turn if whole else span or turn


def _within(place: tuple[int, int] | None, duration_ms: int) -> tuple[int, int] | None:
    """The place, if it is one in this recording: words without a length or behind the end are nowhere."""
    if place is None or not 0 <= place[0] < min(place[1], duration_ms):
        return None
    return place if place[1] <= duration_ms + EDGE_MS else None


def leaks(
    secret: Secret, span: tuple[int, int] | None, heard: Sequence[Word], kept: Sequence[Word]
) -> tuple[Word, ...]:
    """The words of the secret that are heard beside its silenced stretch, and are none of those that may be heard.

    Of a number any digit counts. Where the secret's words are not known, only digits are looked for.
    """
    if span is None:
        return ()
    hidden = set(_tokens(secret.words))
    number = not hidden or any(token.isdecimal() for token in hidden)
    near = [word for word in heard if _beside(word, span, EDGE_MS)]
    expected = Counter(_tokens(word.text for word in kept if _beside(word, span, AROUND_MS)))
    surplus = Counter(_tokens(word.text for word in near)) - expected
    found = [token for token in surplus.elements() if token in hidden or (number and token.isdecimal())]
    if len(found) < 2 and not any(token.isdecimal() or len(token) > SHORT for token in found):
        return ()
    return tuple(word for word in near if not set(found).isdisjoint(_tokens([word.text])))


def _beside(word: Word, span: tuple[int, int], within_ms: int) -> bool:
    return word.end_ms > span[0] - within_ms and word.begin_ms < span[1] + within_ms


def _tokens(texts: Iterable[str]) -> Iterator[str]:
    """Words and single digits, however numbers are written or said."""
    from nlp.redaction.digits import DIGIT_WORDS, HAN

    for text in texts:
        for token in re.findall(r"\d|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+", text.casefold()):
            yield from HAN.get(token) or DIGIT_WORDS.get(token) or [token]


def _heard(stream: BinaryIO, order: MuteOrder, muted: Spans) -> list[Word]:
    """The words in and about the stretches, out of the silenced sound."""
    from asr import transcribe
    from ingest.audio import decode
    from ingest.mute import silenced, stretches
    from service.hearing import transcriber

    heard: list[Word] = []
    ears = transcriber(order.model, order.device, order.compute_type, order.threads)
    for begin, end in stretches(muted, pad_ms=AROUND_MS):
        sound = decode(stream, begin_s=begin / 1000, end_s=end / 1000, media_type=order.media_type).samples
        [quiet] = silenced([sound], muted, begin_ms=begin)
        for segment in transcribe(ears, quiet, language=order.language, offset_ms=begin):
            heard += segment.words
    return heard


def _encoded(stream: BinaryIO, media_type: str | None, muted: Spans) -> Iterator[Part]:
    """Decoded twice: how long it is has to be known before its first byte is written."""
    from ingest.audio import listening
    from ingest.flac import flac
    from ingest.mute import silenced

    with listening(stream, media_type) as (_, pieces):
        samples = sum(piece.shape[1] for piece in pieces)
    with listening(stream, media_type) as (channels, pieces):
        for content in _large(flac(silenced(pieces, muted), channels=channels, samples=samples)):
            yield Part(content=content)


def _large(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer parts."""
    kept = bytearray()
    for part in parts:
        kept += part
        if len(kept) >= PART_BYTES:
            yield bytes(kept)
            kept.clear()
    yield bytes(kept)
