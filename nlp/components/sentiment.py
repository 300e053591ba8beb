"""The component ``reasonance_sentiment``: ``doc._.sentiment_passages``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.components.base import Component
from nlp.sentiment import Passage, load_scorer, score_passages


class SentimentScores(Component[Passage]):
    """Scores the passages of a text; needs no other component."""

    attribute = "sentiment_passages"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._scorer = load_scorer()

    def find(self, doc: Doc) -> tuple[Passage, ...]:
        return score_passages(doc.text, self._scorer)


@Language.factory("reasonance_sentiment", assigns=["doc._.sentiment_passages"])
def create_sentiment(nlp: Language, name: str) -> SentimentScores:
    return SentimentScores(name)
