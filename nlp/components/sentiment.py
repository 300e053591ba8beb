"""The component ``reasonance_sentiment``: ``doc._.sentiment_passages``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from data.types import LexiconEntry, Provenance
from nlp.components.base import Component
from nlp.sentiment import COMPONENT, Passage, passages
from nlp.sentiment_lexicon import Lexicon, Term, shifted, without
from nlp.sentiment_model import load_model
from nlp.vectors import TextVectors

VERSION = "1"


class SentimentScores(Component[Passage]):
    """Scores the passages of texts; needs no other component.

    As a step of a pipeline it knows words only, and so it reads English. ``scores`` takes more: what the passages
    mean, as vectors, which is all that is needed of other languages; and a tenant's own lexicon.
    """

    attribute = "sentiment_passages"

    def __init__(self, name: str, language: str) -> None:
        super().__init__(name)
        self.language = language
        self.model = load_model()

    def made_by(self, vectors: TextVectors | None, lexicon: Sequence[LexiconEntry]) -> Provenance | None:
        """What scores of such vectors come from; None where there are none."""
        kind = self.model.kind(self.language, vectors)
        if kind is None:
            return None
        parameters = repr([(one.phrase, one.valence, one.language) for one in lexicon])
        return Provenance(
            component="nlp.sentiment",
            version=VERSION,
            model=kind,
            model_sha256=self.model.sha256,
            params_hash=hashlib.sha256(parameters.encode()).hexdigest()[:16],
            device="cpu",
        )

    def find(self, doc: Doc) -> tuple[Passage, ...]:
        return self.scores([doc])[0]

    def predict(self, docs: Iterable[Doc]) -> list[tuple[Passage, ...]]:
        return self.scores(list(docs))

    def scores(
        self, docs: Sequence[Doc], vectors: TextVectors | None = None, lexicon: Lexicon | None = None
    ) -> list[tuple[Passage, ...]]:
        """The scored passages of each Doc, all scored together; none in a language that needs the missing vectors."""
        kind = self.model.kind(self.language, vectors)
        if kind is None:
            return [() for _ in docs]
        read = [_Read(doc, lexicon) for doc in docs]
        words = [text for one in read for text in one.without_terms()]
        meaning = vectors.rows([text for one in read for text in one.said()]) if vectors and kind != "words" else None
        scores = iter(self.model.scores(kind, words, meaning))
        return [one.scored(scores) for one in read]


class _Read:
    """A Doc cut into passages, with the tenant's terms in it."""

    def __init__(self, doc: Doc, lexicon: Lexicon | None) -> None:
        self._text = doc.text
        self._places = passages(doc.text)
        self._terms: Sequence[Term] = lexicon.terms(doc) if lexicon else ()

    def said(self) -> Iterator[str]:
        return (self._text[begin:end] for begin, end in self._places)

    def without_terms(self) -> Iterator[str]:
        return (without(self._text, self._terms, begin, end) for begin, end in self._places)

    def scored(self, scores: Iterator[float]) -> tuple[Passage, ...]:
        return tuple(
            Passage(begin=begin, end=end, score=shifted(next(scores), self._terms, begin, end))
            for begin, end in self._places
        )


@Language.factory(COMPONENT, assigns=["doc._.sentiment_passages"], default_config={"language": "en"})
def create_sentiment(nlp: Language, name: str, language: str) -> SentimentScores:
    return SentimentScores(name, language)
