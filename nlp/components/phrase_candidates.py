"""The component ``reasonance_phrase_candidates``: ``doc._.phrases`` for languages without a trained parser.

Words that stand together and are neither stop words nor everyday ones make a phrase ("doppelt abgebucht", "tarjeta
bloqueada"); in German one of them is written as a noun. Chinese is cut by a dictionary that knows nouns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from nlp.components.base import Component
from nlp.components.key_phrases import Phrase
from nlp.issue_cues import cues
from nlp.text import TOKEN
from nlp.wording import COURTESY

LANGUAGES = ("de", "es", "fr", "zh")
LONGEST = 4
SHORTEST = 3
"""Letters of a word that tells something, in languages that write spaces."""
PIECES = re.compile(rf"{TOKEN.pattern}|[^\[\]]+|[\[\]]")
_Word = tuple[int, int, bool]
"""Where it stands, and whether it is a noun."""


class PhraseCandidates(Component[Phrase]):
    """Needs no model; finds nothing in other languages than ``LANGUAGES``."""

    attribute = "phrases"

    def __init__(self, name: str, language: str) -> None:
        super().__init__(name)
        self._language = language
        self._everyday = cues(language).everyday | cues(language).vague | COURTESY

    def find(self, doc: Doc) -> tuple[Phrase, ...]:
        words = self._chinese(doc.text) if self._language == "zh" else self._spaced(doc)
        return tuple(_phrases(doc.text, words))

    def _spaced(self, doc: Doc) -> Iterator[_Word]:
        for token in doc:
            told = (
                token.is_alpha and len(token) >= SHORTEST and not token.is_stop and token.lower_ not in self._everyday
            )
            if told:
                noun = self._language != "de" or (token.text[0].isupper() and not token.is_sent_start)
                yield token.idx, token.idx + len(token), noun

    def _chinese(self, text: str) -> Iterator[_Word]:
        import rjieba

        for piece in PIECES.finditer(text):
            at = piece.start()
            for word, tag in () if TOKEN.fullmatch(piece[0]) else rjieba.tag(piece[0]):
                if tag[0] in "nva" and word not in self._everyday and word.isalpha():
                    yield at, at + len(word), tag[0] == "n" and len(word) > 1
                at += len(word)


def _phrases(text: str, words: Iterator[_Word]) -> Iterator[Phrase]:
    for run in _runs(text, words):
        if any(noun for _, _, noun in run):
            begin, end = run[0][0], run[-1][1]
            score = 0.2 + 0.15 * min(len(run), 3)
            yield Phrase(begin=begin, end=end, text=text[begin:end].lower(), score=round(score, 3))


def _runs(text: str, words: Iterator[_Word]) -> Iterator[list[_Word]]:
    """Words with nothing but a blank between them; a longer stretch is a sentence, of which the first words stand."""
    run: list[_Word] = []
    for word in words:
        if run and text[run[-1][1] : word[0]].strip(" ") == "" and word[0] - run[-1][1] <= 1:
            run.append(word)
            continue
        yield run[:LONGEST]
        run = [word]
    yield run[:LONGEST]


@Language.factory("reasonance_phrase_candidates", assigns=["doc._.phrases"], default_config={"language": LANGUAGES[0]})
def create_phrase_candidates(nlp: Language, name: str, language: str) -> PhraseCandidates:
    return PhraseCandidates(name, language)
