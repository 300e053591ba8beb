"""How a contact feels: a score for each passage, summed up by turn, role and quarter.

The scorer is VADER (Hutto & Gilbert 2014, MIT) with the product's own wording on top. It reads English only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from data.types import Role, Sentiment, Turn
from nlp.lexicon import NEUTRAL, PHRASES, WORDS
from nlp.text import sentences

LANGUAGES = ("en",)
PASSAGE_WORDS = 50
"""VADER saturates on long texts: whole sentences are scored together up to this length, then averaged."""
NEUTRAL_BAND = 0.05
"""A score nearer to zero than this is neutral."""

FIRST = re.compile(r"[a-z']+")

Scorer = Callable[[str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A scored stretch of one turn's characters."""

    begin: int
    end: int
    score: float


@cache
def load_scorer() -> Scorer:
    """Scores an English text of a few sentences, −1…+1; the same text always gets the same score."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    vader = SentimentIntensityAnalyzer()
    vader.lexicon.update(WORDS, **{_one_word(phrase): valence for phrase, valence in PHRASES.items()})
    return lambda text: float(vader.polarity_scores(_with_phrases_joined(text))["compound"])


def _one_word(phrase: str) -> str:
    return phrase.replace(" ", "_").replace("'", "")


@cache
def _phrases_by_first_word() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for phrase in sorted((*PHRASES, *NEUTRAL), key=lambda phrase: (-len(phrase), phrase)):
        found.setdefault(phrase.split()[0], []).append(phrase)
    return found


def _with_phrases_joined(text: str) -> str:
    """Each phrase of the lexicon as one word, the longest first; VADER knows words only."""
    text = text.replace("’", "'")
    lower = text.lower()
    known = _phrases_by_first_word()
    # By the first word: to try every phrase at every word costs three times as much as all of VADER.
    present = [phrase for word in known.keys() & FIRST.findall(lower) for phrase in known[word] if phrase in lower]
    if not present:
        return text
    longest_first = sorted(present, key=lambda phrase: (-len(phrase), phrase))
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    return pattern.sub(lambda match: _one_word(match.group().lower()), text)


def label(score: float) -> str:
    """``positive``, ``neutral`` or ``negative``."""
    if abs(score) < NEUTRAL_BAND:
        return "neutral"
    return "positive" if score > 0 else "negative"


def score_text(text: str, scorer: Scorer) -> float:
    """One score for a text of any length."""
    return _mean(score_passages(text, scorer)) or 0.0


def score_passages(text: str, scorer: Scorer) -> tuple[Passage, ...]:
    """The passages of a text in order, scored; empty where it has no word."""
    return tuple(
        Passage(begin=begin, end=end, score=scorer(text[begin:end]))
        for begin, end in _passages(text)
        if text[begin:end]
    )


def summarise(turns: Sequence[Turn], passages: Sequence[Sequence[Passage]], *, duration_s: float | None) -> Sentiment:
    """The sentiment of an interaction from the passages of its turns; quarters by time, in writing by length.

    A machine's turns (``system``) have none.
    """
    customer = _customer_turns(turns)
    quarters = _quarters(turns, passages, customer, duration_s)
    known = [value for value in quarters if value is not None]
    return Sentiment(
        turns=tuple(
            None if turn.role is Role.SYSTEM else _mean(found) for turn, found in zip(turns, passages, strict=True)
        ),
        by_role=_by_role(turns, passages),
        quarters=quarters,
        overall=_mean(passage for number in customer for passage in passages[number]),
        shift=round(known[-1] - known[0], 4) if len(known) > 1 else None,
    )


def _passages(text: str) -> Iterator[tuple[int, int]]:
    begin, end, size = 0, 0, 0
    for sentence in sentences(text):
        length = len(sentence.text.split())
        if size and size + length > PASSAGE_WORDS:
            yield begin, end
            size = 0
        begin = begin if size else sentence.begin
        end, size = sentence.end, size + length
    if size:
        yield begin, end


def _mean(passages: Iterable[Passage]) -> float | None:
    """Weighted by length, so that "OK." does not outweigh a complaint."""
    found = list(passages)
    weight = sum(passage.end - passage.begin for passage in found)
    if not weight:
        return None
    return round(sum(passage.score * (passage.end - passage.begin) for passage in found) / weight, 4)


def _by_role(turns: Sequence[Turn], passages: Sequence[Sequence[Passage]]) -> Mapping[Role, float]:
    spoken: dict[Role, list[Passage]] = {}
    for turn, found in zip(turns, passages, strict=True):
        if turn.role is not Role.SYSTEM:
            spoken.setdefault(turn.role, []).extend(found)
    means = {role: _mean(found) for role, found in spoken.items()}
    return {role: mean for role, mean in means.items() if mean is not None}


def _customer_turns(turns: Sequence[Turn]) -> list[int]:
    customer = [number for number, turn in enumerate(turns) if turn.role is Role.CUSTOMER]
    return customer or [number for number, turn in enumerate(turns) if turn.role is not Role.SYSTEM]


def _quarters(
    turns: Sequence[Turn], passages: Sequence[Sequence[Passage]], chosen: Sequence[int], duration_s: float | None
) -> tuple[float | None, float | None, float | None, float | None]:
    places = _places(turns, duration_s)
    found: tuple[list[Passage], ...] = ([], [], [], [])
    for number in chosen:
        for passage in passages[number]:
            place = places(number, (passage.begin + passage.end) / 2)
            found[min(3, max(0, int(place * 4)))].append(passage)
    first, second, third, fourth = (_mean(quarter) for quarter in found)
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
