"""One step of the recogniser for several windows: what the decoder writes of a piece of each, with the words' times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.decoding import Decoding
from asr.speech import Window
from asr.switches import Span
from asr.words import HeardSegment

Features = NDArray[np.float32]
Encoded = NDArray[Any]
"""(pieces, 20 ms, dimensions), in the precision that the model computes in, or float32 for bfloat16."""
MARK_S = 0.02
"""One step of the recogniser's time marks."""
REST = 50
"""Frames of 10 ms: less than this before a change of language is silence, in which a recogniser invents text."""
PREPENDED = "\"'“¿([{-"
APPENDED = "\"'.。,，!！?？:：”)]}、"


@dataclass(eq=False)
class Reading:
    """A window, how far it has been read, and what was heard in it."""

    window: Window
    features: Features
    """(bins, frames of 10 ms)"""
    place: int = 0
    last_word_s: float = 0.0
    language: str = ""
    spans: list[Span] = field(default_factory=list)
    """Parts of one language each that come next …"""
    next_language: str = ""
    """… and the language after them."""
    heard: list[tuple[str, HeardSegment]] = field(default_factory=list)
    """Each with its language."""

    @property
    def frames(self) -> int:
        # The extractor adds a frame past the end.
        return int(self.features.shape[-1]) - 1

    @property
    def done(self) -> bool:
        return self.place >= self.frames

    @property
    def until(self) -> int:
        """Where the next piece ends at the latest."""
        return self.spans[0].end if self.spans else self.frames

    def speak(self, spans: Sequence[Span]) -> None:
        """From here on these parts, of one language each, are read one after another; the last has no end yet."""
        self.spans = list(spans)
        self.language = self.spans[0].language
        self.next_language = self.spans.pop().language

    def go_on(self) -> None:
        """To the next part, where one has come to its end."""
        while self.spans and self.place > self.spans[0].end - REST:
            self.spans.pop(0)
            self.language = self.spans[0].language if self.spans else self.next_language


@dataclass(eq=False)
class Piece:
    """Up to 30 s of a window, in frames of 10 ms, and what was written of it."""

    begin: int
    size: int
    next: int
    """Where the next piece begins."""
    closed: bool = False
    """The recogniser says that nothing is said after its last word."""
    segments: list[dict[str, Any]] = field(default_factory=list)


@dataclass(eq=False)
class Guess:
    """What the decoder wrote of a piece."""

    tokens: list[int]
    log_probability: float
    """Mean of its tokens."""
    no_speech: float
    compression: float


class Steps:
    """What the decoder does with encoded pieces, in one language."""

    def __init__(self, model: Any, tokenizer: Any, decoding: Decoding) -> None:
        from faster_whisper.transcribe import get_suppressed_tokens

        self._model = model
        self._tokenizer = tokenizer
        self._decoding = decoding
        self._suppressed = get_suppressed_tokens(tokenizer, [-1])

    def step(self, readings: Sequence[Reading], encoded: Encoded) -> None:
        guesses = self._guesses(encoded, beam_size=1)
        self._widen(encoded, guesses)
        self._unloop(encoded, guesses)
        pieces = [self._split(reading, guess) for reading, guess in zip(readings, guesses, strict=True)]
        self._add_words(readings, pieces, encoded)
        for reading, guess, piece in zip(readings, guesses, pieces, strict=True):
            self._keep(reading, guess, piece)

    def _guesses(self, encoded: Encoded, *, beam_size: int, penalty: float = 1.0) -> list[Guess]:
        results = self._model.model.generate(
            storage(encoded),
            [self._model.get_prompt(self._tokenizer, [])] * len(encoded),
            beam_size=beam_size,
            patience=1,
            length_penalty=1,
            repetition_penalty=penalty,
            max_length=self._model.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed,
            max_initial_timestamp_index=round(1.0 / self._model.time_precision),
        )
        return [self._guess(result) for result in results]

    def _guess(self, result: Any) -> Guess:
        from faster_whisper.transcribe import get_compression_ratio

        tokens = result.sequences_ids[0]
        return Guess(
            tokens=tokens,
            log_probability=result.scores[0] * len(tokens) / (len(tokens) + 1),
            no_speech=result.no_speech_prob,
            compression=get_compression_ratio(self._tokenizer.decode(tokens).strip()),
        )

    def _widen(self, encoded: Encoded, guesses: list[Guess]) -> None:
        """Pieces of which the likeliest words leave the recogniser in doubt are read again by beam search."""
        sure = self._decoding.sure_log_probability
        unsure = [place for place, guess in enumerate(guesses) if guess.log_probability < sure]
        for place, guess in self._again(encoded, unsure, penalty=1.0):
            guesses[place] = guess

    def _unloop(self, encoded: Encoded, guesses: list[Guess]) -> None:
        """Pieces that go round in circles are read again with repetition made costly, and replaced if that helps."""
        looping = [place for place, guess in enumerate(guesses) if self._loops(guess)]
        for place, guess in self._again(encoded, looping, penalty=self._decoding.repetition_penalty):
            guesses[place] = guesses[place] if self._loops(guess) else guess

    def _again(self, encoded: Encoded, places: Sequence[int], *, penalty: float) -> list[tuple[int, Guess]]:
        """Some of the pieces by beam search."""
        if not places:
            return []
        found = self._guesses(encoded[list(places)], beam_size=self._decoding.beam_size, penalty=penalty)
        return list(zip(places, found, strict=True))

    def _loops(self, guess: Guess) -> bool:
        return guess.compression > self._decoding.max_compression

    def _is_silence(self, guess: Guess) -> bool:
        unlikely = guess.log_probability <= self._decoding.min_log_probability
        return unlikely and guess.no_speech > self._decoding.max_no_speech

    def _split(self, reading: Reading, guess: Guess) -> Piece:
        """What was written, cut at its own time marks, and where the next piece begins."""
        extractor = self._model.feature_extractor
        size = min(extractor.nb_max_frames, reading.until - reading.place)
        piece = Piece(begin=reading.place, size=size, next=reading.place + size)
        if self._is_silence(guess):
            return piece
        marks = [token - self._tokenizer.timestamp_begin for token in guess.tokens]
        edges, piece.closed = seams(marks)
        begin_s = piece.begin * extractor.time_per_frame
        if not edges:
            length_s = next(
                (mark * MARK_S for mark in reversed(marks) if mark > 0), piece.size * extractor.time_per_frame
            )
            piece.segments = [{"start": begin_s, "end": begin_s + length_s, "tokens": guess.tokens}]
        for first, end in pairwise(edges):
            start, stop = (begin_s + marks[place] * MARK_S for place in (first, end - 1))
            piece.segments.append({"start": start, "end": stop, "tokens": guess.tokens[first:end]})
        if edges and not piece.closed:
            piece.next = piece.begin + marks[edges[-1] - 1] * self._model.input_stride
        for segment in piece.segments:
            segment["seek"] = piece.begin
        return piece

    def _add_words(self, readings: Sequence[Reading], pieces: Sequence[Piece], encoded: Encoded) -> None:
        spoken = [place for place, piece in enumerate(pieces) if piece.segments]
        if not spoken:
            return
        eot = self._tokenizer.eot
        alignments = self._model.find_alignment(
            self._tokenizer,
            [[t for one in pieces[place].segments for t in one["tokens"] if t < eot] for place in spoken],
            storage(encoded[spoken]),
            [pieces[place].size for place in spoken],
        )
        for place, alignment in zip(spoken, alignments, strict=True):
            self._time(readings[place], pieces[place], alignment)

    def _time(self, reading: Reading, piece: Piece, alignment: list[Any]) -> None:
        """The library's own rules for words at pauses, over an alignment that was computed for the whole batch."""
        from faster_whisper.transcribe import WhisperModel

        WhisperModel.add_word_timestamps(
            _Aligned(self._model.frames_per_second, alignment),
            [piece.segments],
            self._tokenizer,
            None,
            piece.size,
            PREPENDED,
            APPENDED,
            reading.last_word_s,
        )
        ends = [segment["words"][-1]["end"] for segment in piece.segments if segment["words"]]
        if ends:
            reading.last_word_s = ends[-1]
            if not piece.closed and ends[-1] > piece.begin / self._model.frames_per_second:
                piece.next = round(ends[-1] * self._model.frames_per_second)

    def _keep(self, reading: Reading, guess: Guess, piece: Piece) -> None:
        from faster_whisper.transcribe import Segment, Word

        for number, segment in enumerate(piece.segments, start=len(reading.heard) + 1):
            text = self._tokenizer.decode(segment["tokens"])
            if segment["start"] == segment["end"] or not text.strip():
                continue
            heard = Segment(
                id=number,
                seek=piece.begin,
                start=segment["start"],
                end=segment["end"],
                text=text,
                tokens=segment["tokens"],
                temperature=0.0,
                avg_logprob=guess.log_probability,
                compression_ratio=guess.compression,
                no_speech_prob=guess.no_speech,
                words=[Word(**word) for word in segment["words"]],
            )
            reading.heard.append((reading.language, heard))
        reading.place = piece.next


def seams(marks: Sequence[int]) -> tuple[list[int], bool]:
    """Where sentences begin among tokens, with the last one's end, and whether nothing follows it.

    ``marks``: negative for text, else a time. Two times in a row end a sentence and begin the next; one alone at the
    end says that the piece ends in silence. Without two in a row there are no edges: the text is one sentence.
    """
    closed = len(marks) >= 2 and marks[-2] < 0 <= marks[-1]
    edges = [place for place in range(1, len(marks)) if marks[place - 1] >= 0 and marks[place] >= 0]
    if edges:
        edges = [0, *edges, *([len(marks)] if closed else [])]
    return edges, closed


@dataclass(frozen=True)
class _Aligned:
    frames_per_second: int
    alignment: list[Any]

    def find_alignment(self, *_: Any) -> list[Any]:
        return [self.alignment]


def storage(encoded: Encoded) -> Any:
    from faster_whisper.transcribe import get_ctranslate2_storage

    return get_ctranslate2_storage(encoded)


def in_array(encoded: Any) -> Encoded:
    """As numpy holds it, which knows no bfloat16; the decoder takes any precision and turns it into its own."""
    from ctranslate2 import DataType

    return np.array(encoded.to(DataType.float32) if encoded.dtype == DataType.bfloat16 else encoded)
