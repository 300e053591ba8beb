"""Windows read side by side: each step of the model takes one piece of every window.

A window is read as Whisper reads a recording: 30 s, then on from the end of the last whole sentence. Nothing of that
changes in a batch, only whose pieces share a step: the decoder reads all its weights for every token, and reads them
once for all pieces. So a batch loses no text, unlike one that cuts recordings into blocks that must each be read at
one go.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.decoding import Decoding
from asr.languages import Detected, from_whisper, to_whisper
from asr.speech import Samples, Window
from asr.words import HeardSegment
from data.errors import LanguageUnsupported

Features = NDArray[np.float32]
Encoded = NDArray[Any]
"""(pieces, 20 ms, dimensions), in the precision that the model computes in."""
MARK_S = 0.02
"""One step of the recogniser's time marks."""
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
    heard: list[HeardSegment] = field(default_factory=list)

    @property
    def frames(self) -> int:
        # The extractor adds a frame past the end.
        return int(self.features.shape[-1]) - 1

    @property
    def done(self) -> bool:
        return self.place >= self.frames


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


class Reader:
    """A model with its parameters; safe to use from several threads at once."""

    def __init__(self, model: Any, decoding: Decoding, *, encode_together: int) -> None:
        """``encode_together``: pieces that the encoder takes at once; on a CPU it gains nothing from several."""
        self.decoding = decoding
        self._model = model
        self._together = encode_together

    @property
    def multilingual(self) -> bool:
        return bool(self._model.model.is_multilingual)

    def open(self, window: Window) -> Reading:
        return Reading(window, self._model.feature_extractor(window.samples))

    def encode(self, readings: Sequence[Reading]) -> Encoded:
        """The next piece of each window, encoded; on the CPU, whatever the model runs on."""
        from faster_whisper.transcribe import get_ctranslate2_storage

        pieces = [self._piece(reading) for reading in readings]
        parts = (pieces[begin : begin + self._together] for begin in range(0, len(pieces), self._together))
        encoded = (self._model.model.encode(get_ctranslate2_storage(np.stack(part)), to_cpu=True) for part in parts)
        return np.concatenate([np.array(part) for part in encoded])

    def _piece(self, reading: Reading) -> Features:
        from faster_whisper.audio import pad_or_trim

        longest = self._model.feature_extractor.nb_max_frames
        end = min(reading.place + longest, reading.frames)
        piece: Features = pad_or_trim(reading.features[:, reading.place : end], longest)
        return piece

    def languages(self, encoded: Encoded) -> list[Detected]:
        """The language that each piece is most likely in."""
        found = self._model.model.detect_language(_storage(encoded))
        return [Detected(language=from_whisper(best[0][0][2:-2]), probability=best[0][1]) for best in found]

    def likelihoods(self, samples: Samples, texts: Sequence[str], language: str) -> list[float]:
        """The logarithm of each text's probability. One pass of the encoder, one of the decoder for each text.

        Raises LanguageUnsupported (permanent).
        """
        from faster_whisper.audio import pad_or_trim

        tokenizer = _tokenizer(self._model, to_whisper(language))
        features = self._model.feature_extractor(samples)[:, : self._model.feature_extractor.nb_max_frames]
        encoded = self._model.encode(pad_or_trim(features))
        texts_tokens = [tokenizer.encode(" " + text) for text in texts]
        align, start = self._model.model.align, tokenizer.sot_sequence
        found = [align(encoded, start, [tokens], [features.shape[-1]])[0] for tokens in texts_tokens]
        return [sum(math.log(max(one, 1e-10)) for one in heard.text_token_probs) for heard in found]

    def read(self, readings: Sequence[Reading], language: str, encoded: Encoded | None = None) -> None:
        """Each window to its end. ``encoded`` are their next pieces, where somebody encoded them already.

        Raises LanguageUnsupported (permanent).
        """
        steps = Steps(self._model, _tokenizer(self._model, to_whisper(language)), self.decoding)
        while rest := [reading for reading in readings if not reading.done]:
            steps.step(rest, self.encode(rest) if encoded is None else encoded)
            encoded = None


class Steps:
    """What the decoder does with encoded pieces, in one language."""

    def __init__(self, model: Any, tokenizer: Any, decoding: Decoding) -> None:
        from faster_whisper.transcribe import get_suppressed_tokens

        self._model = model
        self._tokenizer = tokenizer
        self._decoding = decoding
        self._suppressed = get_suppressed_tokens(tokenizer, [-1])

    def step(self, readings: Sequence[Reading], encoded: Encoded) -> None:
        guesses = self._guesses(encoded, self._decoding.beam_size, penalty=1.0)
        self._unloop(encoded, guesses)
        pieces = [self._split(reading, guess) for reading, guess in zip(readings, guesses, strict=True)]
        self._add_words(readings, pieces, encoded)
        for reading, guess, piece in zip(readings, guesses, pieces, strict=True):
            self._keep(reading, guess, piece)

    def _guesses(self, encoded: Encoded, beam_size: int, penalty: float) -> list[Guess]:
        results = self._model.model.generate(
            _storage(encoded),
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

    def _unloop(self, encoded: Encoded, guesses: list[Guess]) -> None:
        """Pieces that go round in circles are read again with repetition made costly, and replaced if that helps."""
        looping = [place for place, guess in enumerate(guesses) if self._loops(guess)]
        if not looping:
            return
        penalty = self._decoding.repetition_penalty
        again = self._guesses(encoded[looping], self._decoding.beam_size, penalty)
        for place, guess in zip(looping, again, strict=True):
            guesses[place] = guesses[place] if self._loops(guess) else guess

    def _loops(self, guess: Guess) -> bool:
        return guess.compression > self._decoding.max_compression

    def _is_silence(self, guess: Guess) -> bool:
        unlikely = guess.log_probability <= self._decoding.min_log_probability
        return unlikely and guess.no_speech > self._decoding.max_no_speech

    def _split(self, reading: Reading, guess: Guess) -> Piece:
        """What was written, cut at its own time marks, and where the next piece begins."""
        extractor = self._model.feature_extractor
        size = min(extractor.nb_max_frames, reading.frames - reading.place)
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
            _storage(encoded[spoken]),
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
            reading.heard.append(
                Segment(
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
            )
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


def _storage(encoded: Encoded) -> Any:
    from faster_whisper.transcribe import get_ctranslate2_storage

    return get_ctranslate2_storage(encoded)


def _tokenizer(model: Any, code: str) -> Any:
    from faster_whisper.tokenizer import Tokenizer

    if code not in model.supported_languages:
        raise LanguageUnsupported(code)
    return Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=code)
