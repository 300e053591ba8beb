"""Sentences of a contact, each with how much it says of why the customer got in touch.

A sentence gains by what it does (wishes, tells, complains, asks), by the words that are not in any sentence, and by
answering an agent who asked for the reason; it loses by answering one who asked for particulars, and by talking about
the conversation itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from data.types import Role, Turn
from nlp import wording
from nlp.cue_patterns import folded
from nlp.issue_cues import Cues
from nlp.junk import is_junk
from nlp.text import sentences, words

Cut: TypeAlias = Callable[[str], Iterator[tuple[int, int]]]

WISH, PROBLEM, AGAIN, QUESTION = 2.0, 1.5, 0.5, 0.8
INVITED = 1.0
"""For the first words after an agent asked what it is about."""
SPECIFIC = 6
"""So many words that tell are as good as more."""
HANDLING = 0.6
PARTICULARS = 0.3
"""What is left of the weight of a sentence about the conversation, or of one that was asked for."""
LATER = 0.98
"""What is left of the weight with each further turn of the customer."""
FRONT = 12
"""Characters of a sentence that are its begin."""
BLANK = " ,.;:!-"
NUMBER = re.compile(r"\d|\[[A-Z_]+_\d+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence, or the part of it that says something; ``weight`` grows with what it says of the reason."""

    turn: Turn
    begin: int
    end: int
    weight: float
    telling: int
    """How many words stand in it that do not stand in any sentence."""
    wishes: bool
    """Whether it wants something, in so many words."""
    complains: bool
    """Whether it tells of a problem, and not of thanks or the conversation beside."""
    marked: bool
    """Whether it says itself that another matter begins, or an agent asked whether there is one."""
    announced: bool
    """Whether it says so at its begin, or the agent asked: "also" at the end may mean no more than "too"."""
    alone: bool
    """Whether only the customer is heard in the whole contact."""
    exchange: int
    """How often an agent has spoken before."""
    stems: frozenset[str]
    new: frozenset[str]
    """Of its telling words, shortened, those that nobody had said before."""

    @property
    def text(self) -> str:
        return self.turn.text[self.begin : self.end]

    @property
    def size(self) -> int:
        return len(words(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What was said before a sentence: whether an agent asked for the reason, for another one, or for particulars."""

    invited: bool = False
    more: bool = False
    particulars: bool = False
    alone: bool = False
    """Whether nobody but the customer is heard."""
    exchange: int = 0
    """How often an agent has spoken before."""
    later: int = 0
    """How many turns the customer has had before."""
    said: frozenset[str] = frozenset()
    """The words of all before, shortened."""

    def heard(self, stems: Iterable[str]) -> Setting:
        """After a turn of the customer's."""
        return Setting(alone=self.alone, exchange=self.exchange, later=self.later + 1, said=self.said.union(stems))


def statements(turns: Sequence[Turn], cues: Cues, cut: Cut) -> list[Statement]:
    """The customer's, in order; where no role is known, of what sounds like one."""
    known = any(turn.role is Role.CUSTOMER for turn in turns)
    found: list[Statement] = []
    setting = Setting(alone=all(turn.role is Role.CUSTOMER for turn in turns))
    for turn in turns:
        if turn.role is Role.SYSTEM:
            continue
        heard = False
        for begin, end in cut(turn.text):
            text = folded(turn.text[begin:end])
            if turn.role is not Role.CUSTOMER and (known or sounds_like_agent(text)):
                setting = _asked(text, cues, setting)
            elif not is_junk(text):
                found.append(_statement(turn, begin, end, cues, setting))
                heard = True
        setting = setting.heard(text for one in found if one.turn is turn for text in one.stems) if heard else setting
    return [statement for statement in found if statement.weight > 0]


def sentence_parts(text: str) -> Iterator[tuple[int, int]]:
    """Each sentence without greeting, filler and the caller's name in front."""
    for sentence in sentences(text):
        begin = sentence.begin + _lead(sentence.text)
        if begin < sentence.end:
            yield begin, sentence.end


def _statement(turn: Turn, begin: int, end: int, cues: Cues, setting: Setting) -> Statement:
    text = folded(turn.text[begin:end])
    about = cues.handling.sub(" ", text)
    content = _content(about, cues)
    wishes = bool(cues.wish.search(about) or cues.order.search(about.strip(BLANK)))
    problems = len({match.group() for match in cues.problem.finditer(about)})
    asks = bool(cues.question.search(about)) or "?" in about or "？" in about
    acts = WISH * wishes + PROBLEM * (problems > 0) + AGAIN * (problems > 1) + QUESTION * asks
    telling = content - cues.vague
    weight = 0.0
    if telling or (acts and content):
        weight = acts * min(1.0, (1 + len(telling)) / 3) + min(len(telling), SPECIFIC) / SPECIFIC * 2
        weight += INVITED * setting.invited
        weight *= HANDLING if about != text else 1
        weight *= PARTICULARS if setting.particulars or (not acts and _identifies(turn.text[begin:end])) else 1
        weight *= LATER**setting.later
    marker = cues.another.search(about)
    stems = frozenset(map(stem, content))
    return Statement(
        turn=turn,
        begin=begin,
        end=end,
        weight=weight,
        telling=len(telling),
        wishes=wishes,
        complains=problems > 0 and about == text,
        marked=setting.more or marker is not None,
        announced=setting.more or (marker is not None and marker.start() < FRONT),
        alone=setting.alone,
        exchange=setting.exchange,
        stems=stems,
        new=stems - setting.said,
    )


def telling_words(text: str, cues: Cues) -> frozenset[str]:
    """Those that do not stand in any sentence, nor say only that there is a matter."""
    return _content(text, cues) - cues.vague


def _content(text: str, cues: Cues) -> frozenset[str]:
    """The words that do not stand in any sentence; a single letter is one of a name or a number that is spelt."""
    said = (word for word in words(text) if len(word) > 1 or not word.isascii())
    return frozenset(word for word in said if word not in cues.everyday and word not in wording.COURTESY)


def _identifies(text: str) -> bool:
    """Whether it says who or which, not why: a name, a number, what was masked."""
    return bool(wording.IDENTIFICATION.match(text) or NUMBER.search(text))


def sounds_like_agent(text: str) -> bool:
    """Where nobody knows who speaks: a formula of agents, or words to "you" without "I", "me" or "my"."""
    return bool(wording.AGENT.search(text) or (wording.TO_YOU.search(text) and not wording.FROM_ME.search(text)))


def stem(word: str) -> str:
    """Its begin: enough to see that "resetting" and "reset" are one matter."""
    return word[:5]


def _asked(text: str, cues: Cues, before: Setting) -> Setting:
    """What an agent's sentence asks; several in a row ask together."""
    more = bool(cues.more.search(text))
    invited = not more and bool(cues.invite.search(text))
    return Setting(
        invited=before.invited or invited,
        more=before.more or more,
        particulars=not more and not invited and bool(cues.details.search(text)),
        exchange=before.exchange + 1,
        later=before.later,
        said=before.said | {stem(word) for word in words(text)},
    )


def _lead(text: str) -> int:
    """How many characters in front say nothing."""
    position = 0
    for _ in range(6):
        rest = text[position:]
        match = wording.CALLER.match(rest) or wording.LEAD_IN.match(rest)
        if not match or not match.end():
            break
        position += match.end()
    return position
