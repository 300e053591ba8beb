"""How a contact feels: a text's passages, and their scores summed up by turn, role and quarter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.types import Role, Sentiment, Turn
from nlp.text import is_unspaced, sentences

COMPONENT = "reasonance_sentiment"
"""Its name in a pipeline."""
PASSAGE_WORDS = 50
"""Whole sentences are scored together up to this length: a model that learned from short texts reads no long ones."""
NEUTRAL_BAND = 0.05
"""A score nearer to zero than this is neutral."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A scored stretch of one turn's characters."""

    begin: int
    end: int
    score: float


def label(score: float) -> str:
    """``positive``, ``neutral`` or ``negative``."""
    if abs(score) < NEUTRAL_BAND:
        return "neutral"
    return "positive" if score > 0 else "negative"


def passages(text: str) -> tuple[tuple[int, int], ...]:
    """Where the passages of a text begin and end, in order; none where it has no word."""
    return tuple(_passages(text))


def mean(scored: Iterable[Passage]) -> float | None:
    """Weighted by length, so that "OK." does not outweigh a complaint."""
    found = list(scored)
    weight = sum(passage.end - passage.begin for passage in found)
    if not weight:
        return None
    return round(sum(passage.score * (passage.end - passage.begin) for passage in found) / weight, 4)


def summarise(turns: Sequence[Turn], scored: Sequence[Sequence[Passage]], *, duration_s: float | None) -> Sentiment:
    """The sentiment of an interaction from the passages of its turns; quarters by time, in writing by length.

    A machine's turns (``system``) have none.
    """
    customer = _customer_turns(turns)
    quarters = _quarters(turns, scored, customer, duration_s)
    known = [value for value in quarters if value is not None]
    return Sentiment(
        turns=tuple(
            None if turn.role is Role.SYSTEM else mean(found) for turn, found in zip(turns, scored, strict=True)
        ),
        by_role=_by_role(turns, scored),
        quarters=quarters,
        overall=mean(passage for number in customer for passage in scored[number]),
        shift=round(known[-1] - known[0], 4) if len(known) > 1 else None,
    )


def _passages(text: str) -> Iterator[tuple[int, int]]:
    begin, end, size = 0, 0, 0
    for sentence in sentences(text):
        length = _words(sentence.text)
        if size and size + length > PASSAGE_WORDS:
            yield begin, end
            size = 0
        begin = begin if size else sentence.begin
        end, size = sentence.end, size + length
    if size:
        yield begin, end


def _words(text: str) -> int:
    """Where no blanks stand between words, one for two characters."""
    return max(1, len(text) // 2) if is_unspaced(text) else len(text.split())


def _by_role(turns: Sequence[Turn], scored: Sequence[Sequence[Passage]]) -> Mapping[Role, float]:
    spoken: dict[Role, list[Passage]] = {}
    for turn, found in zip(turns, scored, strict=True):
        if turn.role is not Role.SYSTEM:
            spoken.setdefault(turn.role, []).extend(found)
    means = {role: mean(found) for role, found in spoken.items()}
    return {role: value for role, value in means.items() if value is not None}


def _customer_turns(turns: Sequence[Turn]) -> list[int]:
    customer = [number for number, turn in enumerate(turns) if turn.role is Role.CUSTOMER]
    return customer or [number for number, turn in enumerate(turns) if turn.role is not Role.SYSTEM]


def _quarters(
    turns: Sequence[Turn], scored: Sequence[Sequence[Passage]], chosen: Sequence[int], duration_s: float | None
) -> tuple[float | None, float | None, float | None, float | None]:
    places = _places(turns, duration_s)
    found: tuple[list[Passage], ...] = ([], [], [], [])
    for number in chosen:
        for passage in scored[number]:
            place = places(number, (passage.begin + passage.end) / 2)
            found[min(3, max(0, int(place * 4)))].append(passage)
    first, second, third, fourth = (mean(quarter) for quarter in found)
    return first, second, third, fourth


def _places(turns: Sequence[Turn], duration_s: float | None) -> Callable[[int, float], float]:
    """Where in the interaction a character of a turn lies, 0…1: by the clock, else by the characters before it."""
    timed = [(turn.begin_ms, turn.end_ms) for turn in turns if turn.begin_ms is not None and turn.end_ms is not None]
    if timed and len(timed) == len(turns):
        total_ms = duration_s * 1000 if duration_s else max(end for _, end in timed)
        begins, lengths = [float(begin) for begin, _ in timed], [float(end - begin) for begin, end in timed]
    else:
        lengths = [float(len(turn.text)) for turn in turns]
        begins = [sum(lengths[:number]) for number in range(len(turns))]
        total_ms = sum(lengths)

    def place(number: int, char: float) -> float:
        share = char / max(1, len(turns[number].text))
        return (begins[number] + share * lengths[number]) / max(1.0, total_ms)

    return place
