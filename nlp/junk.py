"""Answers that answer nothing: "n/a", "nothing", "asdf", "…", in the languages that surveys come in.

Whether an answer is one is decided here, once. The pipeline hands it on: such a contact has no issue, so no reason and
no part in discovery, no sentiment and no key phrases, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from data.types import Turn
from nlp.text import vocabulary, words

EMPTY: Literal["text.empty"] = "text.empty"
JUNK: Literal["text.junk"] = "text.junk"
SHORTEST = 3
"""Fewer ASCII letters than these say nothing; in Chinese two characters may be a word."""
WORDS = vocabulary("""
    n/a n.a. n.a na n\\a none nil null no nope nah nothing nothing. - -- . .. ... ? x xx xxx xxxx test testing tester
    idk dunno blah blahblah lol
    k.a. k.a ka keine keiner keins nichts nix entfällt kein nein
    ningún ninguno ninguna nada no-aplica ns/nc ns nc
    rien néant aucun aucune sans non
    无 無 没有 沒有 没 无意见 無意見 没意见 没有意见 无建议 没有建议
    暂无 暫無 无评论 不知道 不清楚 没什么 沒什麼 没有了 無し なし 特になし 없음
    """) | frozenset(
    (
        "no comment", "no comments", "not applicable", "nothing to add", "nothing to say", "nothing else",
        "nothing really", "nothing at all", "nothing comes to mind", "no answer", "no reason", "no opinion",
        "no feedback", "no suggestions", "no remarks", "don't know", "dont know", "i don't know", "i dont know",
        "not sure", "no idea", "see above", "as above", "same as above", "no complaints", "none at all", "bla bla",
        "keine angabe", "keine angaben", "kein kommentar", "keine kommentare", "keine anmerkungen", "keine anmerkung",
        "weiß nicht", "weiss nicht", "keine ahnung", "nicht zutreffend", "trifft nicht zu", "keine meinung",
        "nichts hinzuzufügen", "siehe oben", "gar nichts", "nichts besonderes",
        "sin comentarios", "sin comentario", "ningún comentario", "no aplica", "nada que añadir", "nada más", "no sé",
        "no se", "sin opinión", "nada en especial", "no contesta",
        "rien à dire", "rien à signaler", "rien à ajouter", "sans objet", "sans opinion", "sans avis",
        "pas de commentaire", "pas de commentaires", "aucun commentaire", "aucun avis", "ne sais pas", "je ne sais pas",
    )
)  # fmt: skip
"""In lower case, without marks at the end."""
DECLINES = re.compile(
    r"(?:i (?:have|got) |there(?:'s| is) )?(?:no|nothing)(?: (?:further|other|more|else|additional|particular))?"
    r" (?:comments?|feedback|remarks?|suggestions?|to (?:add|say|report|comment))"
    r"(?: really| thanks| thank you| at .{1,20})?"
    r"|(?:please )?see (?:my |the )?(?:previous|last|above) (?:answer|comment|response|remark)s?"
    r"|(?:ich habe )?(?:keine|nichts) (?:weiteren? )?(?:kommentare?|anmerkung(?:en)?|angaben?|hinzuzufügen|zu sagen)"
    r"|(?:no tengo )?(?:nada|ning[uú]n) (?:más )?(?:que (?:decir|agregar|comentar)|comentarios?)"
    r"|(?:je n'ai )?(?:rien|aucun) (?:de plus )?(?:à (?:dire|ajouter|commenter)|commentaires?)"
    r"|(?:我)?(?:没有?|無|无)(?:什么|任何|其他)?(?:意见|意見|建议|建議|评论|評論|想说的|要说的|可说的)(?:了)?"
)
"""Declines to answer, in so many words."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiopü", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn")
_REPEATED = re.compile(r"(.{1,4}?)\1{2,}.{0,3}", re.DOTALL)
_MARKS = re.compile(r"[\s.!?,;:…。！？，、~_*=\-–—'\"()]+")
_RUN = 4
"""So many keys next to each other are no word; three are in "wer", "were", "tree", "poi"."""


def is_junk(text: str) -> bool:
    """Whether an answer answers nothing: it says so, was typed at random, or has no letter."""
    bare = re.sub(r"[\s.!?,;:。！？…~]+$", "", text.strip().lower()).replace("’", "'")
    if not words(bare) or bare in WORDS or DECLINES.fullmatch(bare):
        return True
    return (len(bare) < SHORTEST and bare.isascii()) or _is_typed_at_random(_MARKS.sub("", bare))


def junk_in(turns: Iterable[Turn]) -> Literal["text.empty", "text.junk"] | None:
    """Why nothing can be made of what was written: not a word, or only junk; None where there is something."""
    said = [turn.text for turn in turns if turn.text.strip()]
    if not said:
        return EMPTY
    return JUNK if all(map(is_junk, said)) else None


def _is_typed_at_random(letters: str) -> bool:
    """Keys next to each other from end to end ("asdfgh"), or the same over and over ("aaaa", "lalala")."""
    if not letters.isalpha() or not letters.isascii() or len(letters) < _RUN:
        return False
    return _REPEATED.fullmatch(letters) is not None or _is_run(letters)


def _is_run(letters: str) -> bool:
    """Whether runs of at least four neighbouring keys, one way or the other, make it up."""
    at = 0
    while at < len(letters):
        longest = max((_run_at(letters, at, row) for way in _ROWS for row in (way, way[::-1])), default=0)
        if longest < _RUN and not (at and longest == len(letters) - at):
            return False
        at += longest
    return True


def _run_at(letters: str, at: int, row: str) -> int:
    start = row.find(letters[at])
    size = 0
    while start >= 0 and letters[at + size : at + size + 1] == row[start + size : start + size + 1] != "":
        size += 1
    return size
