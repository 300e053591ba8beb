"""spaCy pipelines put together from a trained model, or none, and the components of this product."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Token

from data.errors import ModelMissing
from nlp import components
from nlp.components.phrase_candidates import LANGUAGES as CANDIDATE_LANGUAGES
from nlp.sentiment import COMPONENT
from nlp.sentiment_model import LANGUAGES as SENTIMENT_LANGUAGES
from nlp.text import TOKEN

OPENING = re.compile(rf"^{TOKEN.pattern}")
CLOSING = re.compile(rf"{TOKEN.pattern}$")

Affix = Callable[[str], "re.Match[str] | None"]


def load_pipeline(language: str, model: str | Path | None) -> Language:
    """A pipeline for a BCP-47 language; what its model and the language do not allow is not in it.

    Raises ModelMissing (retry): the folder holds no spaCy model.
    """
    code = language.split("-")[0].lower()
    nlp = _trained(code, model) or _blank(code)
    _keep_tokens_whole(nlp)
    Doc.set_extension(components.KeyPhrases.attribute, default=(), force=True)
    Doc.set_extension(components.SentimentScores.attribute, default=(), force=True)
    if "parser" in nlp.pipe_names:
        nlp.add_pipe("reasonance_key_phrases")
    elif code in CANDIDATE_LANGUAGES:
        nlp.add_pipe("reasonance_phrase_candidates", config={"language": code})
    if code in SENTIMENT_LANGUAGES:
        nlp.add_pipe(COMPONENT, config={"language": code})
    return nlp


def dictionary(nlp: Language) -> Callable[[Token], bool] | None:
    """Whether a word is in the dictionary that the model's lemmatizer came with; None where it has none."""
    from spacy.pipeline import Lemmatizer

    lemmatizer = nlp.get_pipe("lemmatizer") if nlp.has_pipe("lemmatizer") else None
    if not isinstance(lemmatizer, Lemmatizer) or not lemmatizer.lookups.has_table("lemma_index"):
        return None
    table = lemmatizer.lookups.get_table("lemma_index")
    words = frozenset(word for some in table.values() for word in some)
    return lambda token: token.is_stop or token.lower_ in words or token.lemma_.lower() in words


def _trained(code: str, model: str | Path | None) -> Language | None:
    if model is None:
        return None
    try:
        nlp = spacy.load(model)
    except OSError as error:
        raise ModelMissing(str(model)) from error
    return nlp if nlp.lang == code else None


def _blank(code: str) -> Language:
    """The language's own tokeniser; the one for any language where that needs a library that is not there."""
    try:
        return spacy.blank(code)
    except ImportError:
        return spacy.blank("xx")


def _keep_tokens_whole(nlp: Language) -> None:
    """ "[CARD_1]" is one word, also before a full stop, where the tokeniser is made of rules."""
    tokenizer = nlp.tokenizer
    if not isinstance(tokenizer, Tokenizer):
        return
    match = tokenizer.token_match
    tokenizer.token_match = lambda text: TOKEN.fullmatch(text) or (match(text) if match else None)
    tokenizer.prefix_search = _sparing(tokenizer.prefix_search, OPENING)
    tokenizer.suffix_search = _sparing(tokenizer.suffix_search, CLOSING)


def _sparing(search: Affix | None, token: re.Pattern[str]) -> Affix:
    return lambda text: None if token.search(text) or search is None else search(text)


__all__: Sequence[str] = ("dictionary", "load_pipeline")
