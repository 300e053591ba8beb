"""``evaluate issue``: whether what the pipeline takes for a contact's reasons lies where a person says they stand.

Two simple ways stand beside it: the customer's first turn, and the longest one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from data.errors import TableRowInvalid
from data.types import Channel, Highlight, Role, Span, Turn
from nlp.issue import find_issues
from nlp.text import words
from service.evaluate.harness import read_records, say

Extractor: TypeAlias = Callable[[Sequence[Turn]], Sequence[Highlight]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Turns, and by turn the reasons that it states; None where nobody can tell, so that it counts for nothing."""

    key: str
    turns: tuple[Turn, ...]
    gold: tuple[frozenset[str] | None, ...]

    @property
    def reasons(self) -> list[str]:
        """In the order in which they come up."""
        return list(dict.fromkeys(reason for stated in self.gold for reason in sorted(stated or ())))


@dataclass(slots=True)
class Tally:
    """Sums over dialogues; a statement counts for the reasons of the turns that it touches."""

    dialogues: int = 0
    stated: int = 0
    lies_in_reason: int = 0
    primary: int = 0
    statements: int = 0
    new_reasons: int = 0
    found: int = 0
    reasons: int = 0
    words: int = 0
    words_in_reason: int = 0
    several: int = 0
    several_found: int = 0
    several_reasons: int = 0

    def add(self, dialogue: Dialogue, issues: Sequence[Highlight]) -> None:
        known = [issue for issue in issues if any(dialogue.gold[span.turn] is not None for span in issue.spans)]
        touched = [_touched(dialogue, issue) for issue in known]
        reasons = dialogue.reasons
        found = set().union(*touched)
        self.dialogues += 1
        self.stated += bool(issues)
        self.lies_in_reason += bool(touched and touched[0])
        self.primary += bool(touched and reasons[0] in touched[0])
        self.statements += len(known)
        self.new_reasons += sum(
            bool(here - set().union(*touched[:number])) for number, here in enumerate(touched) if here
        )
        self.found += len(found)
        self.reasons += len(reasons)
        self._count_words(dialogue, known)
        if len(reasons) > 1:
            self.several += 1
            self.several_found += len(found)
            self.several_reasons += len(reasons)

    def _count_words(self, dialogue: Dialogue, issues: Iterable[Highlight]) -> None:
        for span in (span for issue in issues for span in issue.spans):
            size = len(words(dialogue.turns[span.turn].text[span.char_begin : span.char_end]))
            gold = dialogue.gold[span.turn]
            self.words += size if gold is not None else 0
            self.words_in_reason += size if gold else 0

    def figures(self) -> dict[str, Any]:
        return {
            "n": self.dialogues,
            "stated": _share(self.stated, self.dialogues),
            "hit": _share(self.lies_in_reason, self.dialogues),
            "primary": _share(self.primary, self.dialogues),
            "recall": _share(self.found, self.reasons),
            "precision": _share(self.new_reasons, self.statements),
            "words_in_reason": _share(self.words_in_reason, self.words),
            "several": {"n": self.several, "recall": _share(self.several_found, self.several_reasons)},
        }


def ours(**options: Any) -> dict[str, Any]:
    """The figures of the statements that the pipeline stores, and of two simple ways under ``baseline``."""
    dialogues = [one for one in read_dialogues(**options) if one.reasons]
    if options["split"] == "heldout":
        dialogues = [one for one in dialogues if _is_heldout(one.key)]
    say(f"{len(dialogues)} dialogues that state a reason …")
    channel = Channel(options["channel"])
    begin = time.perf_counter()
    figures = _measure(dialogues, lambda turns: _found(turns, channel, options["language"]))
    seconds = time.perf_counter() - begin
    simple = {"first_turn": _measure(dialogues, _first), "longest_turn": _measure(dialogues, _longest)}
    return {**figures, "dialogues_per_s": round(len(dialogues) / seconds, 1) if dialogues else None, "baseline": simple}


def read_dialogues(
    *, file: str, dialogue: str, text: str, label: str, role: str | None, between: str, none: str, unsure: str, **_: Any
) -> Iterator[Dialogue]:
    """The dialogues of a table whose rows are turns, in file order; rows of one dialogue may lie apart.

    A turn without a role is the customer's. Raises TableUnreadable, TableColumnMissing, TableRowInvalid (permanent).
    """
    columns = [dialogue, text, label, *([role] if role else [])]
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in read_records(Path(file), columns):
        rows.setdefault(str(row[dialogue]), []).append(row)
    no_reason, doubtful = _names(none), _names(unsure)
    for key, said in rows.items():
        turns = tuple(
            Turn(position=at, role=_role(row[role]) if role else Role.CUSTOMER, text=str(row[text] or ""))
            for at, row in enumerate(said)
        )
        labels = (str(row[label] or "").split(between) for row in said)
        yield Dialogue(key=key, turns=turns, gold=tuple(_gold(some, no_reason, doubtful) for some in labels))


def _gold(labels: Iterable[str], no_reason: frozenset[str], doubtful: frozenset[str]) -> frozenset[str] | None:
    given = {one.strip() for one in labels} - {""}
    reasons = given - no_reason - doubtful
    return None if given & doubtful and not reasons else frozenset(reasons)


def _names(listed: str) -> frozenset[str]:
    return frozenset(name.strip() for name in listed.split(",")) - {""}


def _role(name: str) -> Role:
    try:
        return Role(str(name).strip().lower())
    except ValueError as error:
        raise TableRowInvalid(f"role {name!r} is none of {', '.join(Role)}") from error


def _measure(dialogues: Sequence[Dialogue], extract: Extractor) -> dict[str, Any]:
    tally = Tally()
    for dialogue in dialogues:
        tally.add(dialogue, extract(dialogue.turns))
    return tally.figures()


def _found(turns: Sequence[Turn], channel: Channel, language: str) -> Sequence[Highlight]:
    found = find_issues(turns, channel=channel, subject=None, language=language)
    return found if isinstance(found, tuple) else ()


def _first(turns: Sequence[Turn]) -> Sequence[Highlight]:
    return [_whole(turn) for turn in turns if turn.role is Role.CUSTOMER][:1]


def _longest(turns: Sequence[Turn]) -> Sequence[Highlight]:
    spoken = [turn for turn in turns if turn.role is Role.CUSTOMER]
    return [_whole(max(spoken, key=lambda turn: len(words(turn.text))))] if spoken else []


def _whole(turn: Turn) -> Highlight:
    span = Span(turn=turn.position, char_begin=0, char_end=len(turn.text))
    return Highlight(kind="issue", text=turn.text, spans=(span,), confidence=1.0)


def _touched(dialogue: Dialogue, issue: Highlight) -> set[str]:
    return {reason for span in issue.spans for reason in dialogue.gold[span.turn] or ()}


def _is_heldout(key: str) -> bool:
    """Three dialogues in ten."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 10 < 3


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
