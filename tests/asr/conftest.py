"""A real recogniser, small and fast, and real speech: the calls that ship with the product."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr import Transcriber, load_transcriber
from ingest.audio import decode

CALL = Path(__file__).parents[2] / "data" / "samples" / "fortnight" / "calls" / "call-01.ogg"


@pytest.fixture(scope="session")
def tiny(model_dir: Path) -> Transcriber:
    return load_transcriber(model_dir / "tiny.en", device="cpu", threads=2)


@pytest.fixture(scope="session")
def turns_of_both() -> NDArray[np.float32]:
    """The first 24 seconds of a sample call, in which each speaks twice."""
    return decode(CALL, end_s=24).samples


@pytest.fixture(scope="session")
def call() -> NDArray[np.float32]:
    """The first 13 seconds of a sample call: agent and customer on a leg each."""
    return decode(CALL, end_s=13).samples
