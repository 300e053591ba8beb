"""Text to annotations: cleaning, redaction, key phrases, entities, sentiment, conversation metrics.

Importing the package loads no heavy library; ``load_language`` does.
"""

from nlp.background import Background
from nlp.entities import Gazetteer, gazetteer
from nlp.known import Known
from nlp.pipeline import LanguagePipeline, load_language
from nlp.redaction import Redacted
from nlp.shorthand import shorthand
from nlp.text import clean_text
from nlp.vectors import TextVectors

__all__ = [
    "Background",
    "Gazetteer",
    "Known",
    "LanguagePipeline",
    "Redacted",
    "TextVectors",
    "clean_text",
    "gazetteer",
    "load_language",
    "shorthand",
]
