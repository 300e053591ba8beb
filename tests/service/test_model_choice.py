"""The most accurate model that keeps up with the load is chosen, and what a change would change is shown before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from asr.models import WEIGHTS, choose_model
from service.model_choice import Bench, bench, keep, needed_x, speech_model, stored
from service.model_compare import _changes, _compared, _Side
from service.settings import Settings
from tests.service.test_cli import Run, run

__all__ = ["run"]

Models = Callable[..., Settings]


@pytest.fixture
def with_models(settings: Settings, tmp_path: Path) -> Models:
    """Settings beside a model folder with these (empty) speech models."""

    def make(*names: str, **changes: object) -> Settings:
        folder = tmp_path / "models"
        for name in names:
            (folder / name).mkdir(parents=True)
            (folder / name / WEIGHTS).touch()
        return settings.model_copy(update={"model_dir": folder, "asr_device": "cpu", "asr_model": "auto", **changes})

    return make


def measured(settings: Settings, **speeds: float) -> None:
    keep(
        settings,
        [
            Bench(
                model=name.replace("_", "."),
                model_sha256=None,
                speed_x=speed,
                peak_mb=500,
                load_s=1,
                recording_s=60,
                device="cpu/int8",
                threads=settings.threads,
                at="2026-10-01T00:00:00+00:00",
            )
            for name, speed in speeds.items()
        ],
    )


def test_without_a_load_the_most_accurate_is_taken(with_models: Models) -> None:
    settings = with_models("base", "tiny.en")
    measured(settings, base=1.0, tiny_en=9.0)
    assert speech_model(settings) == "base"


def test_a_load_that_it_cannot_bear_takes_the_next_where_all_speak_english(with_models: Models) -> None:
    settings = with_models("base", "tiny.en", asr_hours_per_day=80.0, asr_language="en-GB")
    assert needed_x(80.0) == 5.0
    assert speech_model(settings) == "base", "nothing is measured: the load is taken to be borne"
    measured(settings, base=4.9, tiny_en=9.0)
    assert speech_model(settings) == "tiny.en"
    measured(settings, base=5.0)
    assert speech_model(settings) == "base"


def test_a_model_of_english_alone_never_takes_the_place_of_one_that_knows_more(with_models: Models) -> None:
    settings = with_models("base", "tiny.en", asr_hours_per_day=80.0)
    measured(settings, base=1.0, tiny_en=9.0)
    assert speech_model(settings) == "base"


def test_where_none_keeps_up_it_is_the_fastest(tmp_path: Path) -> None:
    for name in ("base", "tiny.en"):
        (tmp_path / name).mkdir()
        (tmp_path / name / WEIGHTS).touch()
    speeds = {"base": 2.0, "tiny.en": 3.0}
    assert choose_model("auto", tmp_path, "cpu", speeds=speeds, needed_x=5.0, english=True) == "tiny.en"


def test_figures_of_another_number_of_threads_say_nothing(with_models: Models) -> None:
    settings = with_models("base", "tiny.en", asr_hours_per_day=80.0, asr_language="en")
    measured(settings.model_copy(update={"threads": settings.threads + 1}), base=1.0, tiny_en=9.0)
    assert speech_model(settings) == "base"


def test_a_name_that_is_set_is_taken_at_its_word(with_models: Models) -> None:
    assert speech_model(with_models("base", asr_model="somebody/whisper")) == "somebody/whisper"


def test_unreadable_figures_count_as_none(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "benches.json").write_text('[{"model": 1}')
    assert stored(settings) == []


@pytest.mark.models
@pytest.mark.slow
def test_a_bench_measures_speed_and_memory(settings: Settings, model_dir: Path) -> None:
    found = bench(settings.model_copy(update={"model_dir": model_dir}), "tiny.en")
    assert found.speed_x > 0
    assert found.peak_mb > 100
    assert found.recording_s > 30


def side(text: str, *reasons: str) -> _Side:
    return _Side(
        text=text,
        language="en",
        seconds=2.0,
        reasons=frozenset(reasons),
        phrases=frozenset(),
        entities=frozenset(),
    )


def test_a_comparison_counts_words_and_names_what_is_gained_and_lost() -> None:
    pairs = [
        ("one.ogg", side("My router never arrived.", "delivery"), side("My rooter never arrived.", "repair")),
        ("two.ogg", side("The router is slow"), side("The rooter is slow now")),
    ]
    found = _compared(pairs)
    assert (found.recordings, found.words, found.diff_share, found.time_ratio) == (2, 8, 0.375, 1.0)
    assert (found.changes[0].before, found.changes[0].after, found.changes[0].times) == ("router", "rooter", 2)
    assert found.changes[0].recording == "one.ogg"
    assert (found.reasons_gained, found.reasons_lost) == (("one.ogg: repair",), ("one.ogg: delivery",))
    assert list(_changes([("same", side("a b"), side("a b"))])) == []


@pytest.mark.models
@pytest.mark.slow
def test_two_models_are_compared_on_a_recording(run: Run, model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REASONANCE_MODEL_DIR", str(model_dir))
    call = Path(__file__).parents[2] / "data" / "samples" / "fortnight" / "calls" / "call-01.ogg"
    exit_code, shown, told = run("models", "compare", "tiny.en", "base", str(call), "--json")
    assert exit_code == 0, told
    found = json.loads(shown)
    assert found["recordings"] == 1
    assert 0 <= found["diff_share"] < 0.3
    assert found["time_ratio"] > 0


def test_without_a_kept_recording_files_are_asked_for(run: Run) -> None:
    exit_code, _, told = run("models", "compare", "tiny.en", "base")
    assert exit_code == 1
    assert told.startswith(("not_found", "model.missing"))
