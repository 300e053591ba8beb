"""spaCy components of this product; importing the package registers them under their names."""

from nlp.components.key_phrases import KeyPhrases
from nlp.components.phrase_candidates import PhraseCandidates
from nlp.components.sentiment import SentimentScores

__all__ = ["KeyPhrases", "PhraseCandidates", "SentimentScores"]
