"""What a machine says in a call: menus, queue announcements, voicemail greetings.

Some sentences nobody else says ("press one for billing"). They take along what stands beside them and may be either's
("this call may be recorded"), what lies between them, what the same voice said before them while nobody else had spoken
yet, and, where voices are told apart, the whole of a voice that says little else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from asr.crosstalk import CROSSTALK
from asr.roles_cues import Section, cues, machine, plain
from asr.trust import is_suspect
from asr.turns import ends_sentence, part
from data.types import Role, Segment

BESIDE_MS = 8_000
BETWEEN_MS = 20_000
MOST = 0.5
"""Of a voice's speech: from this share on all of it is the machine's."""
HUMAN = 2
"""So many things that people say make a sentence a person's: "thank you for calling, how can I help?"."""
_PAUSE_MS = 800
_SIDES: tuple[Section, ...] = ("agent", "customer")
_DEFAULT_LANGUAGE = "en"

Party = tuple[int, int | None]


@dataclass(slots=True)
class _Sentence:
    segment: Segment
    whole: Segment
    """The segment that it is a part of."""
    certain: bool
    maybe: bool


def party(segment: Segment) -> Party:
    """Whose speech it is: its channel's, or one voice's of several in it."""
    return segment.channel, segment.speaker


def believed(segment: Segment) -> bool:
    """Whether it is what somebody in its channel says: neither suspect nor another's speech that leaked."""
    return not is_suspect(segment) and CROSSTALK not in segment.flags


def mark_system(segments: Sequence[Segment]) -> list[Segment]:
    """The segments in order, those of a machine cut off and given the role ``system``."""
    by_party: dict[Party, list[_Sentence]] = defaultdict(list)
    for segment in sorted(segments, key=lambda segment: segment.begin_ms):
        if believed(segment):
            by_party[party(segment)] += _sentences(segment)
    if not any(sentence.certain for said in by_party.values() for sentence in said):
        return list(segments)
    for key, said in by_party.items():
        others = [one.segment for other, all_of_it in by_party.items() if other != key for one in all_of_it]
        _spread(said, others, by_voice=key[1] is not None)
    every = [sentence for said in by_party.values() for sentence in said]
    marked = [piece for _, own in groupby(every, key=lambda one: one.whole) for piece in _pieces(list(own))]
    marked += [segment for segment in segments if not believed(segment)]
    return sorted(marked, key=lambda segment: (segment.begin_ms, segment.channel))


def _sentences(segment: Segment) -> Iterator[_Sentence]:
    """Its sentences, also cut where a pause says that one has ended."""
    words = segment.words
    ends = [
        number
        for number, (one, other) in enumerate(pairwise(words), start=1)
        if ends_sentence(one) or other.begin_ms - one.end_ms > _PAUSE_MS
    ]
    for begin, end in pairwise([0, *ends, len(words)] if words else [0, 0]):
        piece = part(segment, words[begin:end]) if words else segment
        text = plain(piece.text)
        language = segment.language or _DEFAULT_LANGUAGE
        certain, maybe = (machine(language, section).search(text) for section in ("system", "system_too"))
        yield _Sentence(piece, segment, bool(certain), bool(maybe) and _human(text, language) < HUMAN)


def _human(text: str, language: str) -> int:
    """How many different things are in it that people say."""
    return sum(bool(cue.search(text)) for side in _SIDES for _, cue in cues(language, side))


def _spread(said: list[_Sentence], others: Sequence[Segment], *, by_voice: bool) -> None:
    """Marks as certain what goes with what is."""
    if not any(sentence.certain for sentence in said):
        return
    _beside(said)
    _beside(list(reversed(said)))
    _between(said, others)
    _before(said, others)
    if by_voice and _share(said) >= MOST:
        for sentence in said:
            sentence.certain = True


def _beside(said: Iterable[_Sentence]) -> None:
    for one, other in pairwise(said):
        other.certain = other.certain or (one.certain and other.maybe and _apart_ms(one, other) <= BESIDE_MS)


def _between(said: Sequence[_Sentence], others: Sequence[Segment]) -> None:
    places = [place for place, sentence in enumerate(said) if sentence.certain]
    for first, last in pairwise(places):
        begin_ms, end_ms = said[first].segment.end_ms, said[last].segment.begin_ms
        if end_ms - begin_ms <= BETWEEN_MS and not _anybody(others, begin_ms, end_ms):
            for sentence in said[first:last]:
                sentence.certain = True


def _before(said: Sequence[_Sentence], others: Sequence[Segment]) -> None:
    first = next(place for place, sentence in enumerate(said) if sentence.certain)
    begin_ms = said[first].segment.begin_ms
    if begin_ms - said[0].segment.begin_ms <= BETWEEN_MS and not _anybody(others, 0, begin_ms):
        for sentence in said[:first]:
            sentence.certain = True


def _anybody(others: Sequence[Segment], begin_ms: int, end_ms: int) -> bool:
    return any(other.begin_ms < end_ms and other.end_ms > begin_ms for other in others)


def _apart_ms(one: _Sentence, other: _Sentence) -> int:
    first, second = sorted((one.segment, other.segment), key=lambda segment: segment.begin_ms)
    return second.begin_ms - first.end_ms


def _share(said: Sequence[_Sentence]) -> float:
    spoken = [(sentence.segment.end_ms - sentence.segment.begin_ms, sentence.certain) for sentence in said]
    return sum(length for length, certain in spoken if certain) / max(1, sum(length for length, _ in spoken))


def _pieces(own: Sequence[_Sentence]) -> Iterator[Segment]:
    """A segment whose sentences are these, cut only between a machine and a person."""
    whole, at = own[0].whole, 0
    for certain, group in groupby(own, key=lambda one: one.certain):
        some = list(group)
        count = sum(len(one.segment.words) for one in some)
        piece = whole if len(some) == len(own) else part(whole, whole.words[at : at + count])
        at += count
        yield replace(piece, role=Role.SYSTEM) if certain else piece
