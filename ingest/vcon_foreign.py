"""Transcripts as other recognisers write them, turned into turns.

Segments are Whisper's JSON, the World Transcription Format (draft-howe-vcon-wtf-extension) and lists as in the
working group's redacted example; words by channel are Deepgram's.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from data.errors import MetadataInvalid
from data.types import Role, Turn, Word
from ingest.fields import read_time
from ingest.text import MAX_TEXT_CHARS, clean
from ingest.vcon_container import JSONObject
from ingest.vcon_parties import Party

PAUSE_MS = 1_000
"""A longer one between two words of one speaker begins a new turn."""
LONGEST_MS = 7 * 24 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What places in a transcript refer to."""

    parties: Sequence[Party]
    channels: Sequence[Any]
    """The party of each channel of the recording."""
    start: dt.datetime | None

    def role(self, place: object) -> Role:
        index = place[0] if isinstance(place, list) and len(place) == 1 else place
        if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(self.parties):
            return self.parties[index].role
        return Role.UNKNOWN

    def on_channel(self, channel: object) -> Role:
        if isinstance(channel, int) and 0 <= channel < len(self.channels):
            return self.role(self.channels[channel])
        return Role.UNKNOWN


def foreign_turns(body: object, scene: Scene) -> Iterator[Turn]:
    """In whichever of the shapes; of a text alone one turn without a time. Nothing where it is none of them."""
    if isinstance(body, list):
        yield from _segments(body, scene)
    elif isinstance(body, str):
        yield from _plain(body, Role.UNKNOWN)
    elif isinstance(channels := _get(body, "results", "channels"), list):
        yield from _by_words(channels, scene)
    elif isinstance(segments := _get(body, "segments"), list):
        yield from _segments(segments, scene)
    else:
        yield from _plain(_get(body, "transcript") or _get(body, "text"), Role.UNKNOWN)


def _plain(text: object, role: Role) -> Iterator[Turn]:
    if isinstance(text, str) and text.strip():
        yield Turn(position=0, role=role, text=clean(text[:MAX_TEXT_CHARS]).strip())


def _get(body: Any, *keys: str) -> Any:
    for key in keys:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _segments(found: Sequence[Any], scene: Scene) -> Iterator[Turn]:
    for segment in objects(found):
        text = clean(str(segment.get("text") or "")).strip()
        if text:
            begin_ms, end_ms = _times(segment, scene)
            words = _placed(text, objects(segment.get("words"))) if begin_ms is not None else ()
            role = _speaker(segment, scene)
            yield Turn(position=0, role=role, text=text, begin_ms=begin_ms, end_ms=end_ms, words=words)


def _speaker(segment: JSONObject, scene: Scene) -> Role:
    """By party, else by channel; a speaker's number in a recogniser's output is nobody in particular."""
    for name in ("parties", "party"):
        if name in segment:
            return scene.role(segment[name])
    return scene.on_channel(segment["channel"]) if "channel" in segment else role_named(segment.get("speaker"))


def _times(segment: JSONObject, scene: Scene) -> tuple[int | None, int | None]:
    begin_ms = _ms(segment.get("start"), scene)
    end_ms = _ms(segment.get("end"), scene)
    lasts_s = number(segment.get("duration"))
    if begin_ms is not None and end_ms is None and lasts_s is not None:
        end_ms = begin_ms + round(lasts_s * 1000)
    return (begin_ms, max(begin_ms, end_ms)) if begin_ms is not None and end_ms is not None else (None, None)


def _ms(value: object, scene: Scene) -> int | None:
    """Seconds from the begin, or a moment."""
    if isinstance(value, str) and scene.start is not None and (at := moment(value)) is not None:
        return _whole_ms(max(0.0, (at - scene.start).total_seconds()))
    return _whole_ms(number(value))


def _whole_ms(seconds: float | None) -> int | None:
    return round(seconds * 1000) if seconds is not None and seconds * 1000 <= LONGEST_MS else None


def _by_words(channels: Sequence[Any], scene: Scene) -> Iterator[Turn]:
    for at, channel in enumerate(channels):
        alternatives = objects(_get(channel, "alternatives"))
        first = next(alternatives, {})
        role = scene.on_channel(at) if len(channels) > 1 else Role.UNKNOWN
        spoken = list(objects(first.get("words")))
        if spoken:
            yield from (replace(turn, channel=at) for turn in _grouped(spoken, role))
        else:
            yield from _plain(first.get("transcript"), role)


def _grouped(spoken: Sequence[JSONObject], role: Role) -> Iterator[Turn]:
    """A turn each until the speaker changes or pauses."""
    group, before = 0, spoken[0]
    numbered: list[tuple[int, JSONObject]] = []
    for word in spoken:
        paused = 1000 * ((number(word.get("start")) or 0) - (number(before.get("end")) or 0)) > PAUSE_MS
        group += word.get("speaker") != before.get("speaker") or paused
        numbered.append((group, word))
        before = word
    for _, part in groupby(numbered, key=lambda pair: pair[0]):
        yield _joined([word for _, word in part], role)


def _joined(spoken: Sequence[JSONObject], role: Role) -> Turn:
    text = " ".join(filter(None, map(_spelled, spoken)))
    words = _placed(text, iter(spoken))
    begin_ms = words[0].begin_ms if words else None
    end_ms = max(word.end_ms for word in words) if words else None
    return Turn(position=0, role=role, text=text, begin_ms=begin_ms, end_ms=end_ms, words=words)


def _placed(text: str, spoken: Iterable[JSONObject]) -> tuple[Word, ...]:
    """The words where they stand in the text, one behind the other; none where one of them cannot be found or timed."""
    words: list[Word] = []
    at = 0
    for given in spoken:
        said = _spelled(given)
        begin_ms, end_ms = _whole_ms(number(given.get("start"))), _whole_ms(number(given.get("end")))
        place = text.find(said, at)
        if begin_ms is None or end_ms is None or place < 0:
            return ()
        at = place + len(said)
        words.append(
            Word(
                text=said,
                begin_ms=begin_ms,
                end_ms=max(begin_ms, end_ms),
                confidence=_confidence(given),
                char_begin=place,
                char_end=at,
            )
        )
    return tuple(words)


def _spelled(word: JSONObject) -> str:
    found = next((word[name] for name in ("punctuated_word", "word", "text") if isinstance(word.get(name), str)), "")
    return " ".join(clean(found).split())


def _confidence(word: JSONObject) -> float:
    """1 where the recogniser gave none: nothing here is known against the word."""
    given = (number(word.get(name)) for name in ("confidence", "probability"))
    return min(1.0, next((one for one in given if one is not None), 1.0))


def objects(found: object) -> Iterator[JSONObject]:
    return (one for one in (found if isinstance(found, list) else ()) if isinstance(one, Mapping))


def number(value: object) -> float | None:
    """A number from 0 to what a recording can be long; JSON's integers have no end."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= LONGEST_MS and math.isfinite(value) else None


def role_named(given: object) -> Role:
    word = given.casefold() if isinstance(given, str) else ""
    return Role(word) if word in Role.__members__.values() else Role.UNKNOWN


def moment(value: object) -> dt.datetime | None:
    try:
        return read_time("start", value, dt.UTC) if isinstance(value, str) else None
    except MetadataInvalid:
        return None
