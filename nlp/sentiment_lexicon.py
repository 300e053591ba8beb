"""A tenant's own words of feeling, found in a text and counted, with the negation that reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from data.types import LexiconEntry
from nlp.text import vocabulary

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc, Span, Token

NEGATIONS = {
    "en": vocabulary("not n't no never none nobody nothing neither nor without cannot hardly"),
    "de": vocabulary("nicht kein keine keinen keinem keiner keines nie niemals niemand nichts weder ohne kaum"),
    "es": vocabulary("no nunca jamás sin ni nada nadie tampoco apenas"),
    "zh": vocabulary("不 没 沒 无 無 未 别 非"),
}
REACH = 3
"""A negation reaches so many words, within its clause."""
BEHIND = frozenset({"de"})
"""Where it may also follow: "das gefällt mir nicht"."""
NEGATED = -0.74
"""What it makes of a valence; VADER's, from its authors' ratings: "not good" is less bad than "good" is good."""
NOTHING = "it"
"""Stands for an entry in what the model reads: what the tenant says of it counts alone."""
SOFTENING = 15.0
"""VADER's: a sum of valences x is x / √(x² + 15) on the scale from −1 to +1."""


@dataclass(frozen=True, slots=True)
class Term:
    """An entry where it stands in a text, and what it counts there."""

    begin: int
    end: int
    valence: float


class Lexicon:
    """The entries that are of one language or of any, to be looked for in Docs of that language's pipeline."""

    def __init__(self, entries: Sequence[LexiconEntry], language: str, nlp: Language) -> None:
        wanted = [one for one in entries if one.language is None or one.language.partition("-")[0] == language]
        self._valences = {one.phrase: one.valence for one in wanted}
        self._matcher = _matcher(self._valences, nlp)
        self._negations = NEGATIONS.get(language, frozenset())
        self._is_behind = language in BEHIND

    def terms(self, doc: Doc) -> tuple[Term, ...]:
        """In order; of two that overlap the longer one."""
        from spacy.util import filter_spans

        spans = filter_spans(self._matcher(doc, as_spans=True)) if self._valences else ()
        return tuple(Term(span.start_char, span.end_char, self._valence(span)) for span in spans)

    def _valence(self, span: Span) -> float:
        return self._valences[span.label_] * (NEGATED if self._is_negated(span) else 1.0)

    def _is_negated(self, span: Span) -> bool:
        before = reversed(span.doc[max(0, span.start - REACH) : span.start])
        after = span.doc[span.end : span.end + REACH] if self._is_behind else ()
        return any(token.lower_ in self._negations for part in (before, after) for token in _clause(part))


def without(text: str, terms: Sequence[Term], begin: int, end: int) -> str:
    """The characters from ``begin`` to ``end`` with something that says nothing in place of each term."""
    parts, at = [], begin
    for term in _within(terms, begin, end):
        parts += [text[at : term.begin], NOTHING]
        at = term.end
    return "".join((*parts, text[at:end]))


def shifted(score: float, terms: Sequence[Term], begin: int, end: int) -> float:
    """The score with what the terms between ``begin`` and ``end`` say added on VADER's scale before its softening."""
    valence = sum(term.valence for term in _within(terms, begin, end))
    if not valence:
        return score
    known = max(-0.99, min(0.99, score))
    total = known * (SOFTENING / (1 - known * known)) ** 0.5 + valence
    return float(total / (total * total + SOFTENING) ** 0.5)


def _within(terms: Sequence[Term], begin: int, end: int) -> Iterator[Term]:
    return (term for term in terms if begin <= term.begin and term.end <= end)


def _matcher(phrases: Iterable[str], nlp: Language) -> PhraseMatcher:
    from spacy.matcher import PhraseMatcher

    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for phrase in phrases:
        matcher.add(phrase, [nlp.make_doc(phrase)])
    return matcher


def _clause(tokens: Iterable[Token]) -> Iterator[Token]:
    return takewhile(lambda token: not token.is_punct, tokens)
