from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
import pytest

from asr import choose_model, load_transcriber
from asr import gpu as gpu_file
from asr.models import pick_compute_type, pick_device, weights_sha256
from data.errors import GpuUnusable, ModelMissing


@pytest.fixture(autouse=True)
def look_again() -> Iterator[None]:
    yield
    gpu_file.usable.cache_clear()


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu_file.usable.cache_clear()
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda device: {"float16", "float32"})


@pytest.fixture
def gpu(card: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_file, "_load", lambda library: True)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu_file.usable.cache_clear()
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)


class Loader:
    """Stands in for the system's loader: it loads what lies in ``folder`` alone."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.loaded: list[str] = []

    def __call__(self, library: str) -> bool:
        there = self.folder is not None and Path(library).parent == self.folder and Path(library).is_file()
        self.loaded += [Path(library).name] if there else []
        return there


def model(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "model.bin").write_bytes(b"weights")


@pytest.mark.usefixtures("no_gpu")
def test_without_a_gpu_int8_on_the_cpu() -> None:
    assert (pick_device(), pick_compute_type("cpu")) == ("cpu", "int8")


@pytest.mark.usefixtures("gpu")
def test_with_a_gpu_float16_there() -> None:
    assert (pick_device(), pick_compute_type("cuda")) == ("cuda", "float16")


@pytest.mark.usefixtures("gpu")
def test_what_is_set_is_taken_at_its_word() -> None:
    assert (pick_device("cpu"), pick_compute_type("cpu", "float32")) == ("cpu", "float32")


def test_an_old_gpu_computes_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda device: {"float32"})
    assert pick_compute_type("cuda") == "float32"


@pytest.mark.usefixtures("gpu")
def test_a_gpu_is_what_the_model_is_loaded_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(faster_whisper, "WhisperModel", lambda folder, **options: asked.update(options))
    model(tmp_path, "large-v3-turbo")
    transcriber = load_transcriber(tmp_path / "large-v3-turbo", threads=4)
    # One worker: a GPU reads the windows of a call in one batch, not side by side.
    assert (asked["device"], asked["compute_type"], asked["num_workers"]) == ("cuda", "float16", 1)
    assert transcriber.provenance.device == "cuda/float16"
    assert transcriber.provenance.model_sha256 == hashlib.sha256(b"weights").hexdigest()


@pytest.mark.usefixtures("card")
def test_a_gpu_without_its_library_is_left_alone_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(gpu_file, "_load", Loader(None))
    assert pick_device() == "cpu"
    assert "libcublas.so.12" in caplog.text


@pytest.mark.usefixtures("card")
def test_a_gpu_that_is_insisted_on_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gpu_file, "_load", Loader(None))
    model(tmp_path, "base")
    with pytest.raises(GpuUnusable, match=r"libcublas\.so\.12"):
        load_transcriber(tmp_path / "base", device="cuda")


def test_a_library_that_is_not_there_is_not_loaded() -> None:
    assert not gpu_file._load("libno-such-library.so.1")


@pytest.mark.usefixtures("card")
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the libraries have other names")
def test_cublas_is_loaded_from_where_pip_puts_it_and_first_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "nvidia" / "cublas" / "lib"
    folder.mkdir(parents=True)
    for name in gpu_file.LIBRARIES:
        (folder / name).touch()
    loader = Loader(folder)
    monkeypatch.setattr(gpu_file, "_load", loader)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nvidia", raising=False)
    assert pick_device() == "cuda"
    assert loader.loaded == ["libcublasLt.so.12", "libcublas.so.12"]


@pytest.mark.usefixtures("no_gpu")
def test_auto_takes_the_best_model_that_is_there(tmp_path: Path) -> None:
    model(tmp_path, "tiny.en")
    assert choose_model("auto", tmp_path) == "tiny.en"
    model(tmp_path, "large-v3-turbo")
    model(tmp_path, "base")
    assert choose_model("auto", tmp_path) == "base"
    assert choose_model("auto", tmp_path, "cuda") == "large-v3-turbo"


def test_a_named_model_stays(tmp_path: Path) -> None:
    assert choose_model("someone/whisper-small", tmp_path) == "someone/whisper-small"


@pytest.mark.usefixtures("no_gpu")
def test_auto_without_any_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        choose_model("auto", tmp_path)


def test_a_name_that_is_not_on_this_machine_is_missing_and_not_fetched() -> None:
    with pytest.raises(ModelMissing):
        load_transcriber("someone/no-such-model", device="cpu")


def test_changed_weights_have_another_checksum(tmp_path: Path) -> None:
    model(tmp_path, "base")
    before = weights_sha256(tmp_path / "base")
    (tmp_path / "base" / "model.bin").write_bytes(b"other weights")
    assert weights_sha256(tmp_path / "base") != before
