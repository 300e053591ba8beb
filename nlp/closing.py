"""Sentences of a contact as they are read for what came of it: who says them, how late, and whether they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.types import Channel, Role, Turn
from nlp.closing_cues import ClosingCues
from nlp.cue_patterns import folded
from nlp.issue_cues import Cues
from nlp.issue_notes import clauses
from nlp.issue_statements import sentence_parts, sounds_like_agent, telling_words
from nlp.junk import is_junk
from nlp.wording import TO_YOU

IF, ASKED, VAGUE = 0.6, 0.35, 0.6
"""What is left of the weight of a sentence that says what would be, that asks, or that names nothing."""
TELLING = 3
"""So many words that tell are as good as more."""
LONG = 26
"""A sentence of more words is cut to the clause that says it."""
CLAUSE = re.compile(
    r"[,;:–—]\s+(?:(?:and|but|so|then|und|aber|dann|y|pero|et|mais|puis)\s+)?|\s+(?:and|but|so|und|aber)\s+|[，；]"
)
JOINED = re.compile(
    r"[,;]\s+(?:and|but|so|then)\s+(?=(?:i|we|you|he|she|they|it|that|there)\b)"
    r"|[,;]\s+(?:und|aber|dann|denn)\s+(?=(?:ich|wir|sie|er|es|das)\b)"
    r"|[,;]\s+(?:y|pero)\s+(?=(?:le|les|yo|nosotros|usted|se)\b)|[,;]\s+(?:et|mais)\s+(?=(?:je|j'|nous|vous|il|elle)\b)",
    re.IGNORECASE,
)
"""Where one sentence says two things, each with a subject of its own."""
MINE = re.compile(r"\b(?:my|mine|me|mein\w*|mir|mich|mis?|mon|ma|mes|moi)\b|我的")
"""An agent speaks of "your card", a customer of "my card"."""
WRITTEN = 0.8
"""How late a sentence of writing counts: what stands first there is not said first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence, or a clause of a note. ``late`` is 0 (begin) … 1 (end of the contact)."""

    turn: Turn
    begin: int
    end: int
    about: str
    """Its text as patterns read it, words about the conversation itself blanked out."""
    by_agent: bool
    cues: Mapping[str, re.Pattern[str]]
    late: float
    plain: float
    """0–1: less where it only asks, or says what would be."""
    agreed: bool
    """Whether the customer's next words agree."""
    telling: int
    """How many words stand in it that do not stand in any sentence."""

    negated: bool

    @property
    def holds(self) -> float:
        """0–1: less where it is not plain, or names nothing."""
        return self.plain * (VAGUE + (1 - VAGUE) * min(1.0, self.telling / TELLING))

    def find(self, kind: str) -> re.Match[str] | None:
        """Where it says so. "It does not work" is not read as "it works"."""
        return None if kind == "resolved" and self.negated else self.cues[kind].search(self.about)

    def clause(self, match: re.Match[str]) -> tuple[int, int]:
        """The characters of the turn that say what was matched: of a long sentence the clauses around it only."""
        if len(self.about.split()) <= LONG:
            return self.begin, self.end
        marks = [mark.span() for mark in CLAUSE.finditer(self.about)]
        begin = max((end for _, end in marks if end <= match.start()), default=0)
        after = (
            start for start, _ in marks if start >= match.end() and len(self.about[begin:start].split()) >= LONG // 3
        )
        return self.begin + begin, self.begin + min(after, default=len(self.about))


def passages(turns: Sequence[Turn], channel: Channel, closing: ClosingCues, cues: Cues) -> list[Passage]:
    """In order, without what a machine says."""
    spoken = [turn for turn in turns if turn.role is not Role.SYSTEM]
    total = max(1, sum(len(turn.text) for turn in spoken))
    several = len(spoken) > 1
    found: list[Passage] = []
    before = 0
    for number, turn in enumerate(spoken):
        agreed = _agrees(spoken[number + 1 : number + 2], closing)
        for begin, end in _cut(turn.text, channel):
            late = (before + end) / total if several else WRITTEN
            if (one := _passage(turn, begin, end, channel, closing, cues, late, agreed)) is not None:
                found.append(one)
        before += len(turn.text)
    return found


def _cut(text: str, channel: Channel) -> Iterator[tuple[int, int]]:
    if channel is Channel.NOTE:
        yield from clauses(text, 0, len(text))
        return
    for begin, end in sentence_parts(text):
        for mark in JOINED.finditer(text, begin, end):
            yield begin, mark.start()
            begin = mark.end()
        yield begin, end


def _passage(
    turn: Turn, begin: int, end: int, channel: Channel, closing: ClosingCues, cues: Cues, late: float, agreed: bool
) -> Passage | None:
    text = folded(turn.text[begin:end])
    if is_junk(text):
        return None
    by_agent = channel is Channel.NOTE or _is_agents(turn, text)
    table = closing.note if channel is Channel.NOTE else closing.agent if by_agent else closing.customer
    about = table["handling"].sub(lambda match: " " * len(match.group()), text)
    telling = len(telling_words(about, cues))
    return Passage(
        turn=turn,
        begin=begin,
        end=end,
        about=about,
        by_agent=by_agent,
        cues=table,
        late=late,
        plain=_plain(about, closing),
        agreed=agreed,
        telling=telling,
        negated=bool(closing.negation.search(text)),
    )


def _plain(about: str, closing: ClosingCues) -> float:
    """What is left of a sentence that asks, or says what would be."""
    return (ASKED if "?" in about or "？" in about else 1) * (IF if closing.conditional.search(about) else 1)


def _is_agents(turn: Turn, text: str) -> bool:
    if turn.role is Role.UNKNOWN:
        return sounds_like_agent(text) or bool(TO_YOU.search(text) and not MINE.search(text))
    return turn.role is not Role.CUSTOMER


def _agrees(following: Sequence[Turn], closing: ClosingCues) -> bool:
    return any(
        turn.role in (Role.CUSTOMER, Role.UNKNOWN) and closing.customer["assent"].search(folded(turn.text[:80]))
        for turn in following
    )
