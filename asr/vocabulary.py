"""Names put right after recognition: what sounds like an entry of the vocabulary, and is believed by the recogniser.

Given to the recogniser beforehand, as hot words or a prompt, names change text all around them. So they come after it,
in two steps. What was heard with little confidence and sounds like an entry is a candidate; then the recogniser itself
says how likely it finds both texts for that stretch of sound, and the name must come close to what it wrote first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from asr.languages import joiner, to_whisper
from asr.phonetic import phonetic_keys
from asr.speech import SAMPLE_RATE, Samples
from data.types import Segment, VocabularyEntry, Word

VOCABULARY = "vocabulary"
"""The flag of a segment in which a name was put right."""
MAX_WORDS = 3
"""A name can fall apart into so many words: "listen up roll"."""
_EDGES = re.compile(r"^(\W*)(.*?)((?:['’]s)?\W*)$", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """When a name takes the place of what was heard."""

    doubtful: float = 0.75
    """Only where some word has less than this confidence, as nine in ten misheard names have; or where a spoken
    variant that somebody entered stands word for word."""
    min_sound: float = 0.6
    """Likeness of phonetic keys, 1 − edits by length …"""
    min_likeness: float = 0.55
    """… and the mean of that and the likeness in spelling, from which on the recogniser is asked."""
    max_loss: float = 16.0
    """How much less likely (in nats) a name of just that sound and spelling may be than what was heard; nothing at a
    likeness of a half. A rare name costs something even where it is right. Measured over telephone prompts and read
    speech: no other word came within 7 nats of what it would have needed."""
    context_s: float = 12.0
    """So much of the segment is heard again on either side."""
    at_most: int = 4
    """Names that are tried for one place."""


class Judge(Protocol):
    """A recogniser that says how likely it finds a text."""

    def likelihoods(self, samples: Samples, texts: Sequence[str], language: str) -> list[float]:
        """For each text the logarithm of its probability, given at most 30 s of sound at 16 kHz."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """``phrase`` may be what the words from ``begin`` to ``end`` of a segment are."""

    begin: int
    end: int
    phrase: str
    likeness: float
    """0–1, of sound and spelling."""


@dataclass(frozen=True, slots=True)
class _Form:
    phrase: str
    letters: str
    keys: tuple[str, ...]
    variant: bool
    """Somebody entered it as another way to say the phrase."""


class Vocabulary:
    """Entries ready to be looked for. Thread-safe."""

    def __init__(self, entries: Iterable[VocabularyEntry], matching: Matching | None = None) -> None:
        # Shorthand is written, and nobody says it.
        self._entries = tuple(entry for entry in entries if entry.kind != "shorthand")
        self._matching = matching or Matching()
        self._forms: dict[str, tuple[_Form, ...]] = {}

    def candidates(self, segment: Segment) -> list[Candidate]:
        """Where an entry may have been misheard, the likest first for each place."""
        language = segment.language or "en"
        forms = self._of(language)
        found: list[Candidate] = []
        for begin, end in self._places(segment, forms):
            found += self._like(_core(segment, begin, end), begin, end, forms, language)
        return found

    def corrected(self, segment: Segment, leg: Samples, judge: Judge, *, offset_ms: int = 0) -> Segment:
        """The segment with its names put right. ``leg``: the sound of its channel from ``offset_ms`` on."""
        chosen = [
            pair
            for stretch, found in self._by_stretch(segment).items()
            for pair in self._believed(segment, stretch, _together(segment, found), leg, judge, offset_ms)
        ]
        taken: list[Candidate] = []
        for _, group in sorted(chosen, key=lambda pair: -pair[0]):
            if all(one.end <= other.begin or other.end <= one.begin for one in group for other in taken):
                taken += group
        return _all_replaced(segment, taken)

    def _of(self, language: str) -> tuple[_Form, ...]:
        if language not in self._forms:
            self._forms[language] = tuple(_forms(self._entries, language))
        return self._forms[language]

    def _places(self, segment: Segment, forms: Sequence[_Form]) -> Iterator[tuple[int, int]]:
        """Stretches of words that are in doubt, or said to be misheard, and hold no name or number already.

        The same words elsewhere are in doubt too: what a recogniser has written once it writes surely again.
        """
        names = {form.phrase.casefold() for form in forms}
        wanted = {form.letters for form in forms if form.variant}
        words = segment.words
        spans = [
            (begin, end)
            for begin in range(len(words))
            for end in range(begin + 1, min(begin + MAX_WORDS, len(words)) + 1)
        ]
        right = {n for span in spans if _core(segment, *span).casefold() in names for n in range(*span)}
        letters = {
            (begin, end): _letters(text)
            for begin, end in spans
            if right.isdisjoint(range(begin, end)) and not any(map(str.isdigit, text := _core(segment, begin, end)))
        }
        for (begin, end), text in letters.items():
            if min(word.confidence for word in words[begin:end]) < self._matching.doubtful:
                wanted.add(text)
        yield from (place for place, text in letters.items() if text in wanted)

    def _like(self, text: str, begin: int, end: int, forms: Sequence[_Form], language: str) -> list[Candidate]:
        letters = _letters(text)
        keys = phonetic_keys(letters, language)
        best: dict[str, float] = {}
        for form in forms:
            likeness = _likeness(letters, keys, form, self._matching.min_sound)
            if likeness >= self._matching.min_likeness and form.phrase != text:
                best[form.phrase] = max(likeness, best.get(form.phrase, 0.0))
        ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[: self._matching.at_most]
        return [Candidate(begin, end, phrase, likeness) for phrase, likeness in ranked]

    def _by_stretch(self, segment: Segment) -> dict[tuple[int, int], list[Candidate]]:
        """Candidates by the words around them that are heard again."""
        grouped: dict[tuple[int, int], list[Candidate]] = {}
        for candidate in self.candidates(segment):
            grouped.setdefault(self._stretch(segment.words, candidate), []).append(candidate)
        return grouped

    def _stretch(self, words: Sequence[Word], place: Candidate) -> tuple[int, int]:
        if words[-1].end_ms - words[0].begin_ms <= 2000 * self._matching.context_s:
            return 0, len(words)
        since = words[place.begin].begin_ms - 1000 * self._matching.context_s
        until = words[place.end - 1].end_ms + 1000 * self._matching.context_s
        near = [n for n, word in enumerate(words) if word.begin_ms >= since and word.end_ms <= until]
        return min([*near, place.begin]), max([*near, place.end - 1]) + 1

    def _believed(
        self,
        segment: Segment,
        stretch: tuple[int, int],
        groups: Sequence[Sequence[Candidate]],
        leg: Samples,
        judge: Judge,
        offset_ms: int,
    ) -> Iterator[tuple[float, Sequence[Candidate]]]:
        """Those that the recogniser finds likely enough, with how much they have over what they need."""
        first, last = segment.words[stretch[0]], segment.words[stretch[1] - 1]
        begin, end = first.char_begin, last.char_end
        texts = [segment.text[begin:end]]
        for group in groups:
            other = _all_replaced(segment, group)
            texts.append(other.text[begin : end + len(other.text) - len(segment.text)])
        sound = _sound(leg, first.begin_ms - offset_ms, last.end_ms - offset_ms)
        heard, *others = judge.likelihoods(sound, texts, segment.language or "en")
        for group, likelihood in zip(groups, others, strict=True):
            surplus = likelihood - heard + self._allowed(group[0].likeness)
            if surplus >= 0:
                yield surplus, group

    def _allowed(self, likeness: float) -> float:
        return self._matching.max_loss * (2 * likeness - 1)


MARGIN_MS = 300


def _sound(leg: Samples, begin_ms: int, end_ms: int) -> Samples:
    begin = max(0, begin_ms - MARGIN_MS) * SAMPLE_RATE // 1000
    return leg[begin : (end_ms + MARGIN_MS) * SAMPLE_RATE // 1000]


def _forms(entries: Iterable[VocabularyEntry], language: str) -> Iterator[_Form]:
    for entry in entries:
        if entry.language is not None and to_whisper(entry.language) != to_whisper(language):
            continue
        for text in dict.fromkeys((entry.phrase, *entry.spoken)):
            letters = _letters(text)
            if keys := phonetic_keys(letters, language):
                yield _Form(entry.phrase, letters, keys, text != entry.phrase)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold().removesuffix("'s") if sign.isalnum())


def _likeness(letters: str, keys: Sequence[str], form: _Form, min_sound: float) -> float:
    """The mean of likeness in sound and in spelling; 0 where the sound is too far away."""
    from rapidfuzz.distance import Levenshtein

    sound = max(
        (Levenshtein.normalized_similarity(one, other) for one in keys for other in form.keys),
        default=0.0,
    )
    if sound < min_sound:
        return 0.0
    return (sound + Levenshtein.normalized_similarity(letters, form.letters)) / 2


def _together(segment: Segment, candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    """Candidates for the same words heard again and again: one right name beside the same one wrong is not likely."""
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in candidates:
        letters = _letters(_core(segment, candidate.begin, candidate.end))
        groups.setdefault((letters, candidate.phrase), []).append(candidate)
    return list(groups.values())


def _all_replaced(segment: Segment, candidates: Iterable[Candidate]) -> Segment:
    for candidate in sorted(candidates, key=lambda one: -one.begin):
        segment = replaced(segment, candidate)
    return segment


def _core(segment: Segment, begin: int, end: int) -> str:
    """The words without the signs around them."""
    return _parts(segment, begin, end)[1]


def _parts(segment: Segment, begin: int, end: int) -> tuple[str, str, str]:
    words = segment.words
    text = segment.text[words[begin].char_begin : words[end - 1].char_end]
    before, core, after = _EDGES.fullmatch(text).groups()  # type: ignore[union-attr]  # it matches any text
    return before, core, after


def replaced(segment: Segment, candidate: Candidate) -> Segment:
    """The segment with this name in its place: its words share the time of what was heard, and remember it."""
    words = segment.words
    taken = words[candidate.begin : candidate.end]
    before, _, after = _parts(segment, candidate.begin, candidate.end)
    if candidate.phrase.endswith("s"):
        after = after.removeprefix("'s").removeprefix("’s")  # it is the name's own: "Natchetach's" for "Natchitoches"
    text = before + candidate.phrase + after
    begin, end = taken[0].char_begin, taken[-1].char_end
    by = len(text) - (end - begin)
    moved = (
        replace(word, char_begin=word.char_begin + by, char_end=word.char_end + by) for word in words[candidate.end :]
    )
    return replace(
        segment,
        text=segment.text[:begin] + text + segment.text[end:],
        words=(*words[: candidate.begin], *_named(text, taken, segment.text[begin:end], segment.language), *moved),
        flags=tuple(dict.fromkeys((*segment.flags, VOCABULARY))),
    )


def _named(text: str, taken: Sequence[Word], heard: str, language: str | None) -> Iterator[Word]:
    """The name's words over the time of those it replaces, by their length."""
    parts = text.split() if joiner(language) else [text]
    begin_ms, length_ms = taken[0].begin_ms, taken[-1].end_ms - taken[0].begin_ms
    place, letters = 0, sum(map(len, parts))
    spoken = 0
    for part in parts:
        at = text.index(part, place)
        yield Word(
            text=part,
            begin_ms=begin_ms + length_ms * spoken // letters,
            end_ms=begin_ms + length_ms * (spoken + len(part)) // letters,
            confidence=min(word.confidence for word in taken),
            char_begin=taken[0].char_begin + at,
            char_end=taken[0].char_begin + at + len(part),
            heard=heard,
        )
        place, spoken = at + len(part), spoken + len(part)
