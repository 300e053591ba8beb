"""Masking: each detail becomes a token such as ``[CARD_1]``, and words, offsets and times follow.

Within one interaction a value has one token wherever it appears; a first name alone takes the token of the one full
name it belongs to. A masked value is masked everywhere, also where the detector missed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from data.types import Redaction, Span, Turn, Word
from nlp.redaction.detection import Detection, merged
from nlp.redaction.digits import runs
from nlp.redaction.policy import TOKENS, Policy
from nlp.text import is_unspaced

PART = 6
"""Digits of a masked number that are masked by themselves, too, as when half of it is read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """What may be stored: the texts with tokens for values. ``redactions`` are those of the turns, in order."""

    turns: tuple[Turn, ...]
    subject: str | None
    redactions: tuple[Redaction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A token and the characters of the unmasked text it stands for."""

    begin: int
    end: int
    type: str
    token: str


@dataclass(slots=True)
class TokenBook:
    """Which token stands for which value, within one interaction; numbered in the order of first appearance."""

    policy: Policy
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def token(self, kind: str, value: str) -> str:
        name, key = TOKENS[kind], normal(kind, value)
        known = self.tokens.get((name, key)) or self._full_name(name, key)
        if known is None:
            self.counts[name] = self.counts.get(name, 0) + 1
            known = f"[{name}_{self.counts[name]}{self.policy.beside(kind, key)}]"
        self.tokens[name, key] = known
        return known

    def _full_name(self, name: str, key: str) -> str | None:
        if name != "PERSON" or " " in key:
            return None
        fuller = {token for (kind, full), token in self.tokens.items() if kind == name and key in full.split()}
        return fuller.pop() if len(fuller) == 1 else None


def normal(kind: str, value: str) -> str:
    """The value as it counts for sameness: digits however written or said, letters in any case."""
    spoken = "".join(run.digits for run in runs(value, at_least=1))
    if kind != "PERSON" and len(spoken) >= 3 and not re.search(r"[@.]\w", value):
        return spoken
    return " ".join(re.findall(r"\w+", value.casefold()))


def masks(texts: Sequence[str], detections: Sequence[Iterable[Detection]], policy: Policy) -> list[list[Mask]]:
    """The masks of each text, without overlaps and in order."""
    pairs = zip(texts, detections, strict=True)
    masked = [[_trimmed(text, one) for one in found if one.type in policy.masked] for text, found in pairs]
    recall = Recall.of(texts, masked)
    book = TokenBook(policy=policy)
    return [
        [
            Mask(begin=one.begin, end=one.end, type=one.type, token=book.token(one.type, _value(text, one)))
            for one in merged([*found, *recall.find(text)])
            if one.end > one.begin
        ]
        for text, found in zip(texts, masked, strict=True)
    ]


def mask_text(text: str, found: Sequence[Mask]) -> str:
    parts, position = [], 0
    for mask in found:
        parts += [text[position : mask.begin], mask.token]
        position = mask.end
    return "".join([*parts, text[position:]])


def mask_turn(turn: Turn, found: Sequence[Mask]) -> tuple[Turn, tuple[Redaction, ...]]:
    """The turn with tokens; words that a mask touches become one word over their joined time."""
    if not found:
        return turn, ()
    text = mask_text(turn.text, found)
    words = tuple(_masked_words(turn.words, found, text))
    redactions = tuple(_redaction(turn, mask, found) for mask in found)
    return replace(turn, text=text, words=words), redactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """The values masked somewhere in an interaction, to be found again everywhere in it."""

    types: dict[str, str]
    numbers: dict[str, str]
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, texts: Sequence[str], masked: Sequence[Sequence[Detection]]) -> Recall:
        pairs = [
            (text[one.begin : one.end], one.type) for text, found in zip(texts, masked, strict=True) for one in found
        ]
        wholes = [(one.value, one.type) for found in masked for one in found if one.value]
        parts = [(part, kind) for value, kind in pairs if kind == "PERSON" for part in _name_parts(value)]
        types = {value: kind for value, kind in sorted([*parts, *pairs]) if value}
        numbers = {normal(kind, value): kind for value, kind in [*wholes, *types.items()]}
        longest_first = sorted(types, key=lambda value: (-len(value), value))
        pattern = re.compile("|".join(map(_whole, longest_first))) if types else None
        return cls(
            types=types, numbers={key: kind for key, kind in numbers.items() if key.isdecimal()}, pattern=pattern
        )

    def find(self, text: str) -> Iterator[Detection]:
        if self.pattern is not None:
            for match in self.pattern.finditer(text):
                yield _seen(self.types[match.group()], *match.span())
        for run in runs(text, at_least=PART) if self.numbers else ():
            whole = next((number for number in self.numbers if run.digits in number), None)
            if whole is not None:
                yield _seen(self.numbers[whole], run.begin, run.end, whole)


def _name_parts(value: str) -> list[str]:
    """The capitalised words of a full name: who gave it in full is called by one of them later."""
    words = value.split()
    return [word for word in words if len(words) > 1 and len(word) > 2 and word.isalpha() and word[0].isupper()]


def _value(text: str, detection: Detection) -> str:
    return detection.value or text[detection.begin : detection.end]


def _seen(kind: str, begin: int, end: int, value: str = "") -> Detection:
    return Detection(type=kind, begin=begin, end=end, score=0.1, value=value)


def _whole(value: str) -> str:
    """A pattern for the value as whole words; where a script writes no blanks, anywhere."""
    free = is_unspaced(value)
    before = "" if free or not value[0].isalnum() else r"(?<!\w)"
    after = "" if free or not value[-1].isalnum() else r"(?!\w)"
    return before + re.escape(value) + after


def _trimmed(text: str, detection: Detection) -> Detection:
    value = text[detection.begin : detection.end]
    begin = detection.begin + len(value) - len(value.lstrip())
    return replace(detection, begin=begin, end=max(begin, begin + len(value.strip())))


def _moved(position: int, found: Sequence[Mask]) -> int:
    """Where a character outside every mask stands after masking; the end of a mask maps to the end of its token."""
    return position + sum(len(mask.token) - (mask.end - mask.begin) for mask in found if mask.end <= position)


def _redaction(turn: Turn, mask: Mask, found: Sequence[Mask]) -> Redaction:
    begin = _moved(mask.begin, [other for other in found if other.end <= mask.begin])
    touched = [word for word in turn.words if word.char_begin < mask.end and mask.begin < word.char_end]
    span = Span(
        turn=turn.position,
        char_begin=begin,
        char_end=begin + len(mask.token),
        begin_ms=min((word.begin_ms for word in touched), default=turn.begin_ms),
        end_ms=max((word.end_ms for word in touched), default=turn.end_ms),
    )
    return Redaction(span=span, type=mask.type, token=mask.token)


def _masked_words(words: Sequence[Word], found: Sequence[Mask], text: str) -> Iterable[Word]:
    """Groups of words that share a mask become one; the others only move."""
    group: list[Word] = []
    end = -1
    for word in words:
        touching = [mask for mask in found if word.char_begin < mask.end and mask.begin < word.char_end]
        if group and (word.char_begin >= end or not touching):
            yield _joined(group, found, text)
            group, end = [], -1
        if touching:
            group.append(word)
            end = max(end, touching[-1].end)
        else:
            yield replace(word, char_begin=_moved(word.char_begin, found), char_end=_moved(word.char_end, found))
    if group:
        yield _joined(group, found, text)


def _joined(group: Sequence[Word], found: Sequence[Mask], text: str) -> Word:
    """One word with the token, and with the letters around it that belonged to the same words ("[CARD_1].")."""
    first, last = group[0], group[-1]
    inside = [mask for mask in found if first.char_begin < mask.end and mask.begin < last.char_end]
    begin = _moved(min(first.char_begin, inside[0].begin), found)
    end = _moved(max(last.char_end, inside[-1].end), found)
    return Word(
        text=text[begin:end].strip(),
        begin_ms=first.begin_ms,
        end_ms=max(word.end_ms for word in group),
        confidence=min(word.confidence for word in group),
        char_begin=begin,
        char_end=end,
    )
