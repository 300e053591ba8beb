"""A recording's legs, their windows read in groups: all legs' windows by time, so that a call costs what its speech
costs, however many legs it lies on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise

from asr.ahead import in_order
from asr.coverage import missed, surroundings, trusted, within
from asr.languages import Detected
from asr.reading import Reader
from asr.speech import FRAME_S, Stretch, Window
from asr.steps import Encoded, Reading
from asr.words import segment_of
from data.types import Segment

DETECT_WINDOWS = 3
"""How many windows of a leg may be asked for the language while none is clear."""
CLEAR = 0.5


@dataclass(frozen=True, eq=False)
class Placed:
    """A window and the number of its leg."""

    leg: int
    window: Window

    @property
    def begin_ms(self) -> int:
        return round(1000 * self.window.stretches[0][0] * FRAME_S)


@dataclass(frozen=True, eq=False)
class Missed:
    """A stretch of a window that was passed over, and what is read again for it."""

    placed: Placed
    stretch: Stretch
    around: Stretch

    @property
    def window(self) -> Window:
        return Window(self.placed.window.leg, self.placed.window.probabilities, (self.around,))


class WhisperListening:
    def __init__(
        self, legs: Sequence[Sequence[Window]], reader: Reader, pool: Executor, *, workers: int, batch: int
    ) -> None:
        self._legs = legs
        self._pool = pool
        self._ahead = workers
        placed = [Placed(leg, window) for leg, found in enumerate(legs) for window in found]
        ordered = sorted(placed, key=lambda one: (one.begin_ms, one.leg))
        self._groups = [Group(part, reader) for part in shared_out(ordered, workers, batch)]

    @property
    def speech_s(self) -> list[float]:
        return [sum(window.speech_s for window in found) for found in self._legs]

    def languages(self) -> list[Detected | None]:
        return [self._language(leg) for leg in range(len(self._legs))]

    def _language(self, leg: int) -> Detected | None:
        """The clearest of the leg's first windows, of which no more are asked than it takes."""
        best: Detected | None = None
        for detected in self._detections(leg):
            if best is None or detected.probability > best.probability:
                best = detected
            if best.probability >= CLEAR:
                break
        return best

    def _detections(self, leg: int) -> Iterator[Detected]:
        asked = 0
        for group in self._groups:
            for place, one in enumerate(group.placed):
                if one.leg == leg and asked < DETECT_WINDOWS:
                    asked += 1
                    yield group.detected[place]

    def segments(self, languages: Sequence[str | None], *, switching: bool = False) -> Iterator[Segment]:
        work = partial(Group.segments, languages=languages, switching=switching)
        waiting: list[Segment] = []
        begins = [group.placed[0].begin_ms for group in self._groups]
        results = in_order(self._pool, work, self._groups, ahead=self._ahead)
        for (_, next_ms), found in zip(pairwise([*begins, None]), results, strict=True):
            waiting = sorted([*waiting, *found], key=lambda segment: (segment.begin_ms, segment.channel))
            while waiting and (next_ms is None or waiting[0].begin_ms < next_ms):
                yield waiting.pop(0)


class Group:
    """Windows that are read side by side. Encoded once, and forgotten when their segments are there."""

    def __init__(self, placed: Sequence[Placed], reader: Reader) -> None:
        self.placed = placed
        self._reader = reader

    @cached_property
    def detected(self) -> list[Detected]:
        """The language that each window begins in."""
        if not self._reader.multilingual:
            return [Detected(language="en", probability=1.0) for _ in self.placed]
        return [chances[0] for chances in self._reader.chances(self._first[1])]

    @cached_property
    def _first(self) -> tuple[list[Reading], Encoded]:
        readings = [self._reader.open(one.window) for one in self.placed]
        return readings, self._reader.encode(readings)

    def segments(self, languages: Sequence[str | None], *, switching: bool) -> list[Segment]:
        """What is said in them in order of time, what was passed over at first among it."""
        heard: list[Segment] = []
        for language in sorted({language for language in languages if language}):
            places = [place for place, one in enumerate(self.placed) if languages[one.leg] == language]
            heard += self._in_language(places, language, switching=switching) if places else []
        self.__dict__.pop("_first", None)
        return sorted(heard, key=lambda segment: (segment.begin_ms, segment.channel))

    def _in_language(self, places: Sequence[int], language: str, *, switching: bool) -> list[Segment]:
        readings, encoded = self._first
        taken = [readings[place] for place in places]
        self._reader.read(taken, language, encoded[list(places)], switching=switching)
        heard = [self._segments(reading, self.placed[place].leg) for place, reading in zip(places, taken, strict=True)]
        again = [
            Missed(self.placed[place], stretch, surroundings(reading.window, segments, stretch, self._reader.decoding))
            for place, reading, segments in zip(places, taken, heard, strict=True)
            for stretch in missed(reading.window, segments, self._reader.decoding)
        ]
        return [
            segment
            for segments in [*heard, *self._recovered(again, language, switching=switching)]
            for segment in segments
        ]

    def _recovered(self, again: Sequence[Missed], language: str, *, switching: bool) -> Iterable[list[Segment]]:
        """What is said in stretches that were passed over, as far as it can be believed."""
        readings = [self._reader.open(one.window) for one in again]
        self._reader.read(readings, language, switching=switching)
        for one, reading in zip(again, readings, strict=True):
            read = self._segments(reading, one.placed.leg)
            found = (within(segment, one.stretch, self._reader.decoding) for segment in read)
            yield [segment for segment in found if segment and trusted(segment, self._reader.decoding)]

    def _segments(self, reading: Reading, leg: int) -> list[Segment]:
        made = (segment_of(heard, reading.window, spoken, self._reader.decoding) for spoken, heard in reading.heard)
        return [replace(segment, channel=leg) for segment in made if segment is not None]


def shared_out(placed: Sequence[Placed], workers: int, batch: int) -> list[Sequence[Placed]]:
    """Groups of nearly one size, of ``batch`` windows at most, and enough of them for all workers."""
    count = max(-(-len(placed) // batch), min(workers, len(placed)))
    edges = [round(number * len(placed) / count) for number in range(count + 1)] if count else [0]
    return [placed[begin:end] for begin, end in pairwise(edges)]
