"""The component ``reasonance_key_phrases``: ``doc._.phrases``, noun and verb phrases as a supervisor would say them.

Noun phrases are the parser's noun chunks ("the annual fee" → "annual fee"); verb phrases are a verb with its object
("cancel my subscription") or a subject with what happened to it ("card was declined"), as they stand in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from nlp.components.base import Component
from nlp.text import TOKEN, vocabulary

LETTERS = 2
"""Of a word that says something; shorter ones are letters that are spelt."""
LONGEST = 6
"""Words; a longer stretch is a sentence."""
EMPTY_NOUNS = vocabulary("""
    anything bit chance couple day days everything fact guy guys hello help hey hi issue kind lot lots minute
    minutes moment morning afternoon evening name nothing one ones part people person please problem question
    reason second side something sort stuff thank thanks thing things time times today tomorrow top way week
    weeks weekend while yesterday year years month months hour hours number everyone someone anyone sir madam
    pound pounds dollar dollars euro euros cent cents pence bye goodbye word words mind monday tuesday wednesday
    thursday friday saturday sunday last next yeah ok okay call calling rest cust customer client caller cx agent rep
    """)
EMPTY_VERBS = vocabulary("""
    ask be believe bear call come do feel find get give go guess happen have hear help hope know let like look
    love make mean need say see seem speak take talk tell thank think try understand want wonder work would
    appreciate wait hold assist check
    """)
"""Verbs that say nothing with most objects ("have a question")."""
LEADING = ("DET", "PRON", "INTJ", "PUNCT", "NUM", "ADV", "CCONJ", "SCONJ", "ADP", "SPACE")
ASKED = frozenset((
    "account number", "phone number", "card number", "social security number", "order number", "reference number",
    "security code", "date of birth", "email address", "e-mail address", "email", "zip code", "first name",
    "last name", "full name", "policy number",
))  # fmt: skip
"""What a contact is identified by, not what it is about."""
OBJECTS = ("dobj", "obj", "oprd")
SUBJECTS = ("nsubj", "nsubjpass")
EVENTS = vocabulary("""
    work arrive come load start open connect turn show charge respond freeze crash fail drop break expire
    """)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Characters of a text that make a phrase; ``score`` is 0–1 by how much it says."""

    begin: int
    end: int
    text: str
    score: float


class KeyPhrases(Component[Phrase]):
    """Needs a tagger and a parser; finds nothing without them."""

    attribute = "phrases"

    def find(self, doc: Doc) -> tuple[Phrase, ...]:
        if not doc.has_annotation("DEP"):
            return ()
        spans = {(span.start, span.end): span for span in [*_verb_phrases(doc), *_noun_phrases(doc)]}
        return tuple(_phrase(span) for _, span in sorted(spans.items()))


def _noun_phrases(doc: Doc) -> Iterator[Span]:
    for chunk in doc.noun_chunks:
        span = _trimmed(chunk)
        if span is not None and span.root.pos_ in ("NOUN", "PROPN") and _is_telling(span):
            yield span


def _verb_phrases(doc: Doc) -> Iterator[Span]:
    for token in doc:
        if token.pos_ == "VERB" and not TOKEN.search(token.text):
            span = _with_object(token) or _with_subject(token)
            if span is not None and len(span) <= LONGEST and not any(map(_is_barred, span)):
                yield span


def _with_object(verb: Token) -> Span | None:
    """ "cancel my subscription": the verb up to the end of its object."""
    noun = next((child for child in verb.rights if child.dep_ in OBJECTS and child.pos_ in ("NOUN", "PROPN")), None)
    if noun is None or verb.lemma_.lower() in EMPTY_VERBS or noun.lower_ in EMPTY_NOUNS:
        return None
    return verb.doc[verb.i : noun.i + 1]


def _with_subject(verb: Token) -> Span | None:
    """ "card was declined", "app does not work": what happened, and to what."""
    noun = next((child for child in verb.lefts if child.dep_ in SUBJECTS and child.pos_ in ("NOUN", "PROPN")), None)
    if noun is None or noun.lower_ in EMPTY_NOUNS:
        return None
    passive = noun.dep_ == "nsubjpass"
    negated = any(child.dep_ == "neg" for child in verb.children)
    if not (passive or negated or verb.lemma_.lower() in EVENTS):
        return None
    compound = [child.i for child in noun.lefts if child.dep_ in ("compound", "amod")]
    return verb.doc[min([*compound, noun.i]) : verb.i + 1]


def _trimmed(chunk: Span) -> Span | None:
    """Without articles, possessives, quantities and fillers in front."""
    begin, end = chunk.start, chunk.end
    while begin < end and (chunk.doc[begin].pos_ in LEADING or chunk.doc[begin].is_punct):
        begin += 1
    return chunk.doc[begin:end] if begin < end and end - begin <= LONGEST else None


def _is_telling(span: Span) -> bool:
    words = [token for token in span if token.is_alpha or "-" in token.text]
    if span.text.lower() in ASKED:
        return False
    return (
        bool(words)
        and not any(map(_is_barred, span))
        and any(token.lower_ not in EMPTY_NOUNS for token in words if not token.is_stop and len(token.text) > LETTERS)
    )


def _is_barred(token: Token) -> bool:
    """A masked value, or a mark that no spoken phrase has inside."""
    return bool(TOKEN.search(token.text)) or token.is_space or token.text in ',;:.!?()[]"|/<>' or token.like_url


def _phrase(span: Span) -> Phrase:
    told = sum(1 for token in span if not token.is_stop and token.lower_ not in EMPTY_NOUNS and token.is_alpha)
    verb = any(token.pos_ == "VERB" for token in span)
    score = 0.2 + 0.15 * min(told, 3) + (0.2 if verb and told > 1 else 0.0)
    return Phrase(begin=span.start_char, end=span.end_char, text=span.text.lower(), score=round(score, 3))


@Language.factory("reasonance_key_phrases", assigns=["doc._.phrases"], requires=["token.dep", "token.pos"])
def create_key_phrases(nlp: Language, name: str) -> KeyPhrases:
    return KeyPhrases(name)
