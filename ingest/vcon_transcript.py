"""Transcripts that a vCon brings along, as its ``analysis``: ours, and those of a few recognisers.

A recording that lies elsewhere can still be read by what was heard in it. Where times or words of a foreign
transcript cannot be read they are left out, all of them: half of them would be worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from data.errors import VConInvalid
from data.types import Turn, Word
from ingest.text import clean
from ingest.vcon_base64 import decode_base64
from ingest.vcon_container import Container, JSONObject, parse_json
from ingest.vcon_foreign import Scene, foreign_turns, moment, number, objects, role_named

OURS = "reasonance.transcript/"
MAX_TURNS = 100_000
MAX_CHANNELS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an analysis says was said; ``analysis`` is the one it stands in."""

    analysis: JSONObject
    turns: tuple[Turn, ...]
    duration_s: float | None
    language: str | None


def heard_in(container: Container, at: int, dialog: JSONObject) -> Heard | None:
    """The best transcript of the dialog at this place: ours, else the first that has text. None where there is none.

    Raises VConInvalid (permanent): longer than any conversation.
    """
    found = [heard for one in _transcripts(container, at) if (heard := _heard(container, dialog, one)) is not None]
    return min(found, key=lambda heard: not _schema(heard.analysis).startswith(OURS), default=None)


def _transcripts(container: Container, at: int) -> Iterator[JSONObject]:
    for analysis in container.analyses:
        place = analysis.get("dialog", at)
        of_it = at in place if isinstance(place, list) else place == at
        if of_it and str(analysis.get("type")).casefold().startswith("transcript") and "body" in analysis:
            yield analysis


def _heard(container: Container, dialog: JSONObject, analysis: JSONObject) -> Heard | None:
    body = _body(analysis)
    places = dialog.get("parties")
    channels = places if isinstance(places, list) else [places]
    scene = Scene(parties=container.parties, channels=channels, start=moment(dialog.get("start")))
    about = body if isinstance(body, dict) else {}
    ours = bool(about) and _schema(analysis).startswith(OURS)
    turns = _in_order(_ours(about) if ours else foreign_turns(body, scene))
    if not turns and not ours:
        return None
    ends_s = max(((turn.end_ms or 0) for turn in turns), default=0) / 1000
    declared = number(about.get("duration_s")) or number(dialog.get("duration")) or 0.0
    return Heard(analysis=analysis, turns=turns, duration_s=max(declared, ends_s) or None, language=_language(about))


def _schema(analysis: JSONObject) -> str:
    return str(analysis.get("schema") or "")


def _body(analysis: JSONObject) -> object:
    """JSON comes as a value, and as a string that holds one; None where it cannot be read."""
    body = analysis["body"]
    encoding = analysis.get("encoding") or "none"
    try:
        if encoding in ("base64url", "base64"):
            body = decode_base64(body).decode("utf-8")
        looks_so = isinstance(body, str) and (encoding == "json" or body.lstrip()[:1] in ("{", "["))
        return parse_json(body.encode()) if looks_so else body
    except (VConInvalid, ValueError):
        return None


def _ours(body: JSONObject) -> Iterator[Turn]:
    for turn in objects(body.get("turns")):
        words = [word for one in objects(turn.get("words")) if (word := _own_word(one)) is not None]
        read = Turn(
            position=0,
            role=role_named(turn.get("role")),
            text=str(turn.get("text") or ""),
            begin_ms=_whole(turn.get("begin_ms")),
            end_ms=_whole(turn.get("end_ms")),
            words=tuple(words),
            channel=channel - 1 if (channel := _whole(turn.get("channel"))) and channel <= MAX_CHANNELS else None,
        )
        yield cleaned(read)


def _own_word(given: JSONObject) -> Word | None:
    numbers = [_whole(given.get(name)) for name in ("begin_ms", "end_ms", "char_begin", "char_end")]
    confidence = number(given.get("confidence"))
    if None in numbers or confidence is None:
        return None
    begin_ms, end_ms, char_begin, char_end = (one or 0 for one in numbers)
    return Word(
        text=str(given.get("text") or ""),
        begin_ms=begin_ms,
        end_ms=max(begin_ms, end_ms),
        confidence=min(1.0, confidence),
        char_begin=char_begin,
        char_end=char_end,
        heard=clean(heard) if isinstance(heard := given.get("heard"), str) else None,
    )


def cleaned(turn: Turn) -> Turn:
    """The turn as it may be stored; words keep their places in it."""
    if clean(turn.text) == turn.text and all(0 <= w.char_begin <= w.char_end <= len(turn.text) for w in turn.words):
        return turn
    text, at, words = "", 0, []
    for word in turn.words:
        begin = max(at, min(word.char_begin, len(turn.text)))
        end = max(begin, min(word.char_end, len(turn.text)))
        text += clean(turn.text[at:begin])
        spoken = clean(turn.text[begin:end])
        words.append(replace(word, text=clean(word.text), char_begin=len(text), char_end=len(text) + len(spoken)))
        text, at = text + spoken, end
    return replace(turn, text=text + clean(turn.text[at:]), words=tuple(words))


def _in_order(found: Iterable[Turn]) -> tuple[Turn, ...]:
    """By time where all have one, and else without any, as they stand."""
    turns = list(islice(found, MAX_TURNS + 1))
    if len(turns) > MAX_TURNS:
        raise VConInvalid(f"its transcript has over {MAX_TURNS} turns")
    if all(turn.begin_ms is not None and turn.end_ms is not None for turn in turns):
        turns.sort(key=lambda turn: turn.begin_ms or 0)
    else:
        turns = [replace(turn, begin_ms=None, end_ms=None, words=()) for turn in turns]
    return tuple(replace(turn, position=position) for position, turn in enumerate(turns))


def _whole(value: object) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def _language(about: Mapping[str, Any]) -> str | None:
    given = about.get("language")
    letters = given.replace("-", "") if isinstance(given, str) else ""
    return given if 0 < len(letters) <= 35 and letters.isascii() and letters.isalnum() else None
