"""Windows read side by side: where sentences are cut, how windows share a batch, and that none loses text by it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest
from numpy.typing import NDArray

from asr import Decoding, Transcriber, whisper
from asr.coverage import surroundings
from asr.listening import Missed, Placed, shared_out
from asr.speech import SAMPLE_RATE, Window, frames
from asr.steps import Steps, in_array, seams, storage
from asr.whisper import WhisperTranscriber

TEXT = -1


@pytest.mark.parametrize(
    ("marks", "edges", "closed"),
    [
        ([], [], False),
        ([0, TEXT, TEXT, 200], [], True),
        ([0, TEXT, 200, 200, TEXT, 400], [0, 3, 6], True),
        ([0, TEXT, 200, 200, TEXT, 400, 400], [0, 3, 6], False),
        ([0, TEXT, 200, 200, TEXT], [0, 3], False),
        ([0, TEXT, TEXT], [], False),
    ],
)
def test_a_piece_is_cut_where_two_times_meet(marks: list[int], edges: list[int], closed: bool) -> None:
    assert seams(marks) == (edges, closed)


def placed(count: int) -> list[Placed]:
    leg = np.zeros(SAMPLE_RATE, dtype=np.float32)
    return [Placed(0, Window(leg, np.ones(31, dtype=np.float32), ((0, 31),))) for _ in range(count)]


@pytest.mark.parametrize(
    ("windows", "workers", "batch", "sizes"),
    [(0, 2, 8, []), (1, 2, 8, [1]), (5, 2, 8, [2, 3]), (20, 2, 8, [7, 6, 7]), (5, 1, 24, [5])],
)
def test_windows_are_shared_out_evenly_and_no_worker_waits(
    windows: int, workers: int, batch: int, sizes: list[int]
) -> None:
    given = placed(windows)
    groups = shared_out(given, workers, batch)
    assert [len(group) for group in groups] == sizes
    assert [one for group in groups for one in group] == given


def test_windows_read_side_by_side_say_what_each_says_alone(tiny: Transcriber, call: NDArray[np.float32]) -> None:
    assert isinstance(tiny, WhisperTranscriber)
    reader = tiny._reader
    alone = WhisperTranscriber(reader, tiny.provenance, workers=1, batch=1)
    together = WhisperTranscriber(reader, tiny.provenance, workers=1, batch=8)
    texts = [[segment.text for segment in each.listen(call).segments(["en", "en"])] for each in (alone, together)]
    assert texts[0] == texts[1]


def test_the_legs_of_a_call_come_by_time(tiny: Transcriber, call: NDArray[np.float32]) -> None:
    heard = list(tiny.listen(call).segments(["en", "en"]))
    begins = [segment.begin_ms for segment in heard]
    assert begins == sorted(begins)
    assert {segment.channel for segment in heard} == {0, 1}


def test_a_leg_without_a_language_is_left_out(tiny: Transcriber, call: NDArray[np.float32]) -> None:
    assert {segment.channel for segment in tiny.listen(call).segments([None, "en"])} == {1}


@pytest.mark.parametrize(("sure", "beams"), [(-99.0, {1}), (0.0, {1, 5})])
def test_beams_are_spent_only_where_the_likeliest_words_are_in_doubt(
    tiny: Transcriber, call: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch, sure: float, beams: set[int]
) -> None:
    assert isinstance(tiny, WhisperTranscriber)
    plain, seen = Steps._guesses, set()

    def guesses(self: Steps, encoded: Any, *, beam_size: int, penalty: float = 1.0) -> Any:
        seen.add(beam_size)
        return plain(self, encoded, beam_size=beam_size, penalty=penalty)

    monkeypatch.setattr(Steps, "_guesses", guesses)
    monkeypatch.setattr(tiny._reader, "decoding", Decoding(sure_log_probability=sure, missed_s=99.0))
    assert list(tiny.listen(call).segments(["en", "en"]))
    assert seen == beams


def test_what_was_passed_over_is_read_among_its_neighbours_and_adds_only_its_own_words(
    tiny: Transcriber, call: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(tiny, WhisperTranscriber)
    heard = [one for one in tiny.listen(call).segments(["en", "en"]) if one.channel == 0]
    gap = [round(1000 * second) for second in (heard[0].begin_ms / 1000 + 1.0, heard[0].end_ms / 1000 - 0.5)]
    stretch = tuple(frames(edge / 1000) for edge in gap)
    lost = [replace(heard[0], words=(), end_ms=gap[0]), *heard[1:]]
    opened: list[Window] = []
    plain = tiny._reader.open

    def open_(window: Window) -> Any:
        opened.append(window)
        return plain(window)

    monkeypatch.setattr(tiny._reader, "open", open_)
    listening = tiny.listen(call[:1])
    group = listening._groups[0]
    window = group.placed[0].window
    around = surroundings(window, lost, stretch, tiny._reader.decoding)
    [found] = group._recovered([Missed(group.placed[0], stretch, around)], "en", switching=False)
    (read,) = opened[-1].stretches
    assert read[0] < stretch[0]
    assert found
    margin_ms = 1000 * tiny._reader.decoding.near_s
    middles = [(word.begin_ms + word.end_ms) / 2 for segment in found for word in segment.words]
    assert all(gap[0] - margin_ms - 32 <= middle <= gap[1] + margin_ms + 32 for middle in middles)


class Watched:
    """A model that notes how many pieces its encoder is given at a time."""

    def __init__(self, model: Any, sizes: list[int]) -> None:
        self._model = model
        self._sizes = sizes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode(self, features: Any, *, to_cpu: bool = False) -> Any:
        self._sizes.append(features.shape[0])
        return self._model.encode(features, to_cpu=to_cpu)


@pytest.mark.parametrize(("device", "sizes"), [("cpu", {1}), ("cuda", {2})])
def test_a_gpu_encodes_the_windows_of_a_call_at_once(
    model_dir: Path, call: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch, device: str, sizes: set[int]
) -> None:
    plain = whisper._load
    seen: list[int] = []
    wanted: list[tuple[str, str]] = []

    def load(folder: Path, device: str, compute_type: str, *, threads: int, workers: int) -> Any:
        wanted.append((device, compute_type))
        model = plain(folder, "cpu", "int8", threads=threads, workers=workers)
        model.model = Watched(model.model, seen)
        return model

    monkeypatch.setattr(whisper, "_load", load)
    folder = model_dir / "tiny.en"
    transcriber = whisper.load_whisper(folder, device=device, compute_type="float16", threads=2, decoding=Decoding())
    listening = transcriber.listen(call[:, : 12 * SAMPLE_RATE])
    heard = list(listening.segments(["en", "en"]))
    assert wanted == [(device, "float16")]
    assert transcriber.provenance.device == f"{device}/float16"
    assert set(seen[:2]) == sizes
    assert {segment.channel for segment in heard} == {0, 1}


def test_what_is_encoded_in_bfloat16_can_be_handed_on() -> None:
    """As a GPU encodes where that is the compute type: numpy cannot hold it."""
    numbers = np.array([[0.5, -2.0], [1.0, 3.0]], dtype=np.float32)
    assert (in_array(storage(numbers).to(ctranslate2.DataType.bfloat16)) == numbers).all()
    assert in_array(storage(numbers.astype(np.float16))).dtype == np.float16
