"""Persons' names beyond what a model sees: known given names, what only persons do, lists, labels, addressees.

The given names are those of the United States census of 1990 (public domain), read from ``given_names.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.redaction.detection import Detection
from nlp.redaction.persons import LEADING, NO_NAME
from nlp.redaction.places import place_names
from nlp.text import vocabulary

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PARTICLES = vocabulary("van von de der den del della di da dos du la le el al bin ibn ten ter y e")
SUFFIXES = vocabulary("jr sr ii iii iv phd md dds dvm esq")
HUMAN = vocabulary("live reside marry divorce shout whisper die bear grow laugh smile cry sing")
"""Verbs whose subject is a person."""
AMBIGUOUS = vocabulary("""
    an art august april june may bill cash case chance chase dawn dee don faith grace grant guy hope joy love major man
    mark mercedes mercy page price prince sunday summer see so star storm van victory will wish
    """)
"""Given names that are met more often as words: a surname must follow."""
KIN = vocabulary("""
    wife husband partner daughter son mother father mom mum dad sister brother aunt uncle niece nephew birthday surname
    grandmother grandfather girlfriend boyfriend
    """)
LABEL = re.compile(r"^[^\w\n]*(?P<name>[^\W\d_][\w'’-]+(?:[^\S\n][^\W\d_][\w'’-]+)?)[^\S\n]?:(?!//)", re.MULTILINE)
"""Who speaks, at the beginning of a line: "Madison: hello"."""
_NAME = r"[^\W\d_][\w'’-]{1,40}"
LIST = re.compile(rf"{_NAME}(?:,[^\S\n]{_NAME}){{0,12}},?[^\S\n](?:and|&|or)[^\S\n]{_NAME}")
LONGEST = 4
"""Words in a name, and lines above an address."""
BLOCK = 300
"""Characters above an address in which these lines are looked for."""

Ordinary = Callable[["Token"], bool]
"""Whether a word is in the language's dictionary, in any form."""


@cache
def given_names() -> frozenset[str]:
    """In lower case."""
    return vocabulary((Path(__file__).parent / "given_names.txt").read_text(encoding="ascii"))


class Names:
    """Finds names in Docs of a language whose dictionary is known."""

    def __init__(self, ordinary: Ordinary) -> None:
        self._ordinary = ordinary

    def find(self, doc: Doc) -> list[Detection]:
        found = [*self._known(doc), *self._by_deeds(doc)]
        taken = {at for one in found for at in range(one.begin, one.end)}
        return [*found, *self._labels(doc), *self._listed(doc, taken)]

    def _known(self, doc: Doc) -> Iterator[Detection]:
        """Given names and what follows them."""
        names, end = given_names(), 0
        for token in doc:
            if token.i >= end and token.lower_ in names and self._stands_for_a_person(token):
                end = self._name_end(token)
                yield _person(doc, token.i, end, 0.55)

    def _stands_for_a_person(self, token: Token) -> bool:
        if token.lower_ in NO_NAME or token.is_stop or token.ent_type_ in ("ORG", "PRODUCT", "DATE", "NORP"):
            return False
        followed = self._is_surname(token)
        if followed and not (token.lower_ in AMBIGUOUS and token.text[0].islower()):
            return token.pos_ == "PROPN" or token.text[0].islower()
        if token.lower_ in AMBIGUOUS or (token.lower_ in place_names() and token.ent_type_ != "PERSON"):
            return False
        if token.text[0].islower():
            return not self._ordinary(token)
        return token.pos_ == "PROPN" and (not self._ordinary(token) or not token.is_sent_start or _acts(token))

    def _is_surname(self, token: Token) -> bool:
        """Whether the next word may be the surname."""
        if token.i + 1 >= len(token.doc):
            return False
        following = token.nbor()
        if not following.is_alpha or following.lower_ in NO_NAME or following.is_stop:
            return False
        if token.text[0].isupper():
            return following.text[0].isupper() and following.pos_ in ("PROPN", "X")
        return not self._ordinary(following) and following.pos_ in ("PROPN", "NOUN", "X", "ADJ")

    def _name_end(self, token: Token) -> int:
        doc, at = token.doc, token.i
        while at + 1 < len(doc) and at - token.i < LONGEST - 1:
            if doc[at + 1].lower_ in PARTICLES and at + 2 < len(doc) and self._continues(token, doc[at + 2]):
                at += 2
            elif (doc[at + 1].text in "-." and at + 2 < len(doc) and len(doc[at].text) == 1) or self._continues(
                token, doc[at + 1]
            ):
                at += 1
            else:
                break
        return at + 1

    def _continues(self, first: Token, following: Token) -> bool:
        if following.lower_.rstrip(".") in SUFFIXES:
            return True
        if not following.text.replace("-", "").isalpha() or following.lower_ in NO_NAME or following.is_stop:
            return False
        if first.text[0].isupper():
            return following.text[0].isupper() and (following.pos_ == "PROPN" or not self._ordinary(following))
        return not self._ordinary(following)

    def _by_deeds(self, doc: Doc) -> Iterator[Detection]:
        """Proper nouns that do what persons do, or have what persons have: "Xenophon shouted", "Ida's sister"."""
        for token in doc:
            if token.pos_ == "PROPN" and token.ent_type_ != "ORG" and token.lower_ not in NO_NAME:
                lives = token.dep_ == "nsubj" and token.head.lemma_ in HUMAN
                if lives or (token.dep_ == "poss" and token.head.lemma_ in KIN):
                    begin = token.i
                    while begin and doc[begin - 1].pos_ == "PROPN" and doc[begin - 1].head == token:
                        begin -= 1
                    yield _person(doc, begin, token.i + 1, 0.5)

    def _labels(self, doc: Doc) -> Iterator[Detection]:
        """Speakers named at the beginning of a line."""
        for match in LABEL.finditer(doc.text):
            if any(_is_given(word) for word in match["name"].split()):
                yield Detection(type="PERSON", begin=match.start("name"), end=match.end("name"), score=0.5)

    def _listed(self, doc: Doc, taken: set[int]) -> Iterator[Detection]:
        """The others of a list in which one is a person's name: "Layla, Harry and Erika"."""
        for match in LIST.finditer(doc.text):
            if not taken.isdisjoint(range(*match.span())):
                for word in re.finditer(r"[^\W\d_][\w'’-]+", match.group()):
                    begin, end = match.start() + word.start(), match.start() + word.end()
                    span = doc.char_span(begin, end)
                    if begin not in taken and span is not None and len(span) == 1 and self._could_be(span[0]):
                        yield Detection(type="PERSON", begin=begin, end=end, score=0.4)

    def _could_be(self, token: Token) -> bool:
        if _is_given(token.text):
            return True
        known = token.lower_ in NO_NAME or token.lower_ in place_names() or token.is_stop or self._ordinary(token)
        return not known and token.ent_type_ not in ("ORG", "GPE", "PRODUCT", "NORP", "DATE")


FULL = re.compile(r"(?<![\w-])(?P<first>[^\W\d_a-zß-ÿ][^\W\d_]{2,})(?:[^\S\n][^\W\d_a-zß-ÿ][^\W\d_]+){1,2}(?![\w-])")


def find_full_names(text: str) -> Iterator[Detection]:
    """A given name and one or two more words with capitals: what can be told without a model of the language."""
    for match in FULL.finditer(text):
        first = match["first"].lower()
        if first in given_names() and first not in AMBIGUOUS | NO_NAME | place_names():
            yield Detection(type="PERSON", begin=match.start(), end=match.end(), score=0.5)


def _is_given(word: str) -> bool:
    return word.lower() in given_names() and word.lower() not in AMBIGUOUS | NO_NAME


def _acts(token: Token) -> bool:
    """Whether a verb follows, as after a subject."""
    return token.i + 1 < len(token.doc) and token.nbor().pos_ in ("AUX", "VERB", "PART")


def find_addressees(text: str, addresses: Sequence[Detection]) -> Iterator[Detection]:
    """The lines right above an address that begins a line: who it is sent to, and their company or office."""
    for address in addresses:
        head = text[max(0, address.begin - BLOCK) : address.begin].split("\n")
        if address.type != "ADDRESS" or _bare(head[-1]):
            continue
        end = address.begin - len(head.pop()) - 1
        above: list[tuple[int, int]] = []
        while head and len(above) < LONGEST:
            line = head.pop()
            if _bare(line) and not _names_somebody(_bare(line)):
                break
            if _bare(line):
                begin = end - len(line) + line.index(_bare(line)[0])
                above.append((begin, begin + len(_bare(line))))
            elif len(above) > 0:
                break
            end -= len(line) + 1
        for number, (begin, stop) in enumerate(reversed(above)):
            kind = "PERSON" if number == 0 and not is_organisation(text[begin:stop]) else "ORGANIZATION"
            yield Detection(type=kind, begin=begin, end=stop, score=0.45)


def _bare(line: str) -> str:
    """Without blanks and the marks that a quoted line begins with."""
    return re.sub(r"^[\W_]+|[^\w.]+$", "", line)


def _names_somebody(line: str) -> bool:
    """A short line without the marks, digits and little words of a sentence."""
    words = line.split()
    if not 0 < len(words) <= 8 or re.search(r"[\d@?!:;]|[,.]$(?<!\b\w\w\w\.)(?<!\b\w\w\.)", line):
        return False
    return not any(word.lower().strip(".,") in SENTENCE for word in words)


SENTENCE = LEADING | vocabulary("""
    a an the this that these those i you he she it we they my your his her our their is are was were be am been
    to at in on by with from as please can could will would should not do does did have has had if so
    regards sincerely best kind yours address new old info details
    """)


def is_organisation(name: str) -> bool:
    from nlp.redaction.organisations import ORGANISATION

    return bool(ORGANISATION.search(name))


def _person(doc: Doc, begin: int, end: int, score: float) -> Detection:
    return Detection(type="PERSON", begin=doc[begin].idx, end=doc[end - 1].idx + len(doc[end - 1]), score=score)
