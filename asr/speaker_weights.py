"""The weights of the speaker encoder, read without PyTorch.

They come as a file of ``torch.save`` from before 2020: pickles of a number, a version, the machine and the tensors,
then each storage's bytes. Reading it by PyTorch would cost 200 MB in every process that hears, and a pickle may run
whatever it names; here it may only name what tensors are made of.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from data.errors import ModelCorrupt, ModelMissing

MAGIC = 0x1950A86A20F9469CFC6C
KINDS = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "LongStorage": "<i8", "IntStorage": "<i4"}
COUNT = np.dtype("<i8")

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Tensor:
    """Where a tensor lies in a storage, in elements."""

    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_weights(path: Path, key: str) -> Weights:
    """The tensors under ``key``, by name. Raises ModelMissing or ModelCorrupt (retry: once it is put right)."""
    if not path.is_file():
        raise ModelMissing(str(path))
    try:
        with path.open("rb") as file:
            return _read(file, key)
    except Exception as error:  # what damage makes of a pickle can raise anything
        raise ModelCorrupt(f"{path.name}: {error}") from error


def _read(file: BinaryIO, key: str) -> Weights:
    if _Tensors(file).load() != MAGIC:
        raise pickle.UnpicklingError("it is none of PyTorch's older files")
    for _ in ("version", "machine"):
        _Tensors(file).load()
    described = _Tensors(file)
    tensors: Mapping[str, _Tensor] = described.load()[key]
    order: Sequence[str] = _Tensors(file).load()
    stored = {name: _storage(file, described.kinds[name]) for name in order}
    return {name: _placed(stored[tensor.storage], tensor) for name, tensor in tensors.items()}


def _storage(file: BinaryIO, kind: np.dtype[Any]) -> NDArray[Any]:
    count = int(np.frombuffer(file.read(COUNT.itemsize), COUNT)[0])
    return np.frombuffer(file.read(count * kind.itemsize), kind, count)


def _placed(storage: NDArray[Any], tensor: _Tensor) -> NDArray[np.float32]:
    begin = storage[tensor.offset :]
    if sum((size - 1) * step for size, step in zip(tensor.shape, tensor.strides, strict=True)) >= len(begin):
        raise ValueError("a tensor is longer than what is stored")
    strides = [step * storage.itemsize for step in tensor.strides]
    view = np.lib.stride_tricks.as_strided(begin, tensor.shape, strides, writeable=False)
    return np.ascontiguousarray(view, dtype=np.float32)


class _Tensors(pickle.Unpickler):
    """Reads one pickle; of storages only their names and kinds are there, the bytes come later."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.kinds: dict[str, np.dtype[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in KINDS:
            return np.dtype(KINDS[name])
        raise pickle.UnpicklingError(f"{module}.{name} has no place among weights")

    def persistent_load(self, told: Any) -> str:
        _, kind, name, *_ = told
        self.kinds[name] = kind
        return str(name)


def _tensor(storage: str, offset: int, shape: Sequence[int], strides: Sequence[int], *_: Any) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(strides))
