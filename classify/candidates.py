"""Phrases that could name a reason: stretches of a clause without its articles, auxiliaries and courtesies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from classify.grammar import Grammar, Kind, grammar_of
from classify.wording import clauses, size, stem

LONGEST = 5.0
"""Words of a name."""
NEGATIONS = (Kind.NEGATION, Kind.STARTING)
ENTERING, ENTERED = ("in", "on"), ("log", "sign", "check", "opt", "turn", "switch", "plug")
"""What else stands before such a word seldom makes one verb with it: "the money in"."""
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """``apart``: something was left out between the word before and this one."""

    text: str
    kind: Kind
    apart: bool


@dataclass(frozen=True, slots=True)
class Told:
    """``phrases`` have how much each looks like a whole one, 0–1; ``words`` carry meaning.


    "card | was declined" is no whole at its end, "payment declined" none where "card" stands before it.
    """

    phrases: dict[Phrase, float]
    words: frozenset[str]
    trouble: frozenset[str]
    """Its words that say that something went wrong, negations among them."""


def told(text: str, given: Sequence[str]) -> Told:
    """What a text says in phrases, its key phrases among them."""
    stretches = list(clauses(text))
    grammar = grammar_of([token for stretch in stretches for token in stretch])
    pieces = [piece for stretch in stretches for piece in _pieces(stretch, grammar)]
    found: dict[Phrase, float] = {}
    for piece in pieces:
        for phrase, whole in _phrases(piece):
            found[phrase] = max(found.get(phrase, 0.0), whole)
    found.update((phrase, 1.0) for phrase in _given(given, grammar))
    words = [word for piece in pieces for word in piece]
    return Told(
        phrases=found,
        words=frozenset(word.text for word in words if word.kind is Kind.MEANING),
        trouble=frozenset(word.text for word in words if word.kind in NEGATIONS or word.text in grammar.trouble),
    )


def _given(phrases: Iterable[str], grammar: Grammar) -> Iterator[Phrase]:
    for key in phrases:
        for clause in clauses(key):
            for piece in _pieces(clause, grammar):
                whole = tuple(word.text for word in piece)
                yield from (phrase for phrase, _ in _phrases(piece) if phrase == whole)


def _pieces(tokens: Sequence[str], grammar: Grammar) -> Iterator[list[Word]]:
    """The clause between its breaking words."""
    piece: list[Word] = []
    apart = False
    for token in [*tokens, None]:
        kind = Kind.BREAKING if token is None else grammar.kind(token)
        if kind is Kind.BREAKING:
            if piece:
                yield piece
            piece, apart = [], False
        elif kind is Kind.DROPPED:
            apart = True
        elif token is not None:
            piece.append(Word(token, kind, apart))
            apart = False


def _phrases(piece: Sequence[Word]) -> Iterator[tuple[Phrase, float]]:
    for begin in range(len(piece)):
        if _may_begin(piece, begin):
            for end in range(begin + 1, len(piece) + 1):
                phrase = tuple(word.text for word in piece[begin:end])
                if size(phrase) > LONGEST:
                    break
                if piece[end - 1].kind is Kind.MEANING or _is_particle_at_end(piece, end):
                    yield phrase, _begins_whole(piece, begin) * _ends_whole(piece, end) * _affirmed(piece, begin, end)


def _may_begin(piece: Sequence[Word], begin: int) -> bool:
    """Not after a negation, which would be lost, nor where one begins a question: "didn't | my payment arrive?"."""
    if begin and piece[begin - 1].kind in NEGATIONS:
        return False
    asked = begin + 1 < len(piece) and piece[begin + 1].apart
    return piece[begin].kind is Kind.MEANING or (piece[begin].kind is Kind.STARTING and not asked)


def _is_particle_at_end(piece: Sequence[Word], end: int) -> bool:
    """ "log in | to my account", not "saw it in | my account"."""
    last = piece[end - 1]
    if last.kind is not Kind.PARTICLE or last.apart or _ends_whole(piece, end) < 1.0:
        return False
    return last.text not in ENTERING or (end > 1 and stem(piece[end - 2].text) in ENTERED)


def _affirmed(piece: Sequence[Word], begin: int, end: int) -> float:
    """Less where a negation is left outside: "no router | has been delivered"."""
    outside = [*piece[:begin], *piece[end:]]
    return 0.5 if any(word.kind in NEGATIONS for word in outside) else 1.0


def _begins_whole(piece: Sequence[Word], begin: int) -> float:
    free = begin == 0 or piece[begin].apart or piece[begin - 1].kind in (Kind.LINKING, Kind.PARTICLE)
    return 1.0 if free else 0.3


def _ends_whole(piece: Sequence[Word], end: int) -> float:
    if end == len(piece):
        return 1.0
    following = piece[end]
    if following.kind is Kind.LINKING and not following.apart:
        return 1.0
    return 0.5 if following.apart else 0.3
