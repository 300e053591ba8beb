"""The speaker encoder's weights and network, beside PyTorch's own reading of both."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.lstm import LstmLayer
from asr.speaker_weights import MAGIC, read_weights
from data.errors import ModelCorrupt


class Greedy:
    """What would write a file if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.path, "taken over")


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    """Two tensors as PyTorch writes them, one of them transposed and both in one storage."""
    import torch

    both = torch.arange(24, dtype=torch.float32)
    tensors = {"one": both[:12].reshape(3, 4), "other": both[12:].reshape(3, 4).T}
    path = tmp_path / "weights.pt"
    torch.save({"model": tensors, "step": 3}, path, _use_new_zipfile_serialization=False)
    return path, {name: tensor.numpy() for name, tensor in tensors.items()}


def test_tensors_are_read_as_pytorch_reads_them(saved: tuple[Path, dict[str, np.ndarray]]) -> None:
    path, expected = saved
    found = read_weights(path, "model")
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)


def test_a_file_that_names_code_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    path, mark = tmp_path / "weights.pt", tmp_path / "mark"
    path.write_bytes(pickle.dumps(MAGIC) + pickle.dumps(1001) + pickle.dumps({}) + pickle.dumps(Greedy(mark)))
    with pytest.raises(ModelCorrupt, match="no place among weights"):
        read_weights(path, "model")
    assert not mark.exists()


@given(cut=st.floats(0, 0.999), flip=st.integers(0, 10**6))
def test_f12_damage_is_told_as_damage(tmp_path_factory: pytest.TempPathFactory, cut: float, flip: int) -> None:
    import torch

    path = tmp_path_factory.getbasetemp() / "damaged.pt"
    torch.save({"model": {"one": torch.ones(5)}}, path, _use_new_zipfile_serialization=False)
    content = bytearray(path.read_bytes())
    content = content[: int(len(content) * cut)]
    if content:
        content[flip % len(content)] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ModelCorrupt):
        read_weights(path, "model")


def test_a_layer_computes_what_pytorchs_does() -> None:
    import torch

    torch.manual_seed(1)
    layer = torch.nn.LSTM(7, 16, 1).eval()
    weights = {f"lstm.{name}": value.detach().numpy() for name, value in layer.named_parameters()}
    given_values = torch.randn(30, 5, 7)
    with torch.inference_mode():
        expected = layer(given_values)[0].numpy()
    np.testing.assert_allclose(LstmLayer(weights, 0).run(given_values.numpy()), expected, atol=1e-6)
