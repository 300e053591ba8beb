"""What tests share: the shared evaluation data, the assembled models, a database, and a closed network."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings
from platformdirs import user_data_path

pytest_plugins = ["tests.fixtures_database"]

ROOT = Path(__file__).parents[1]
LOOPBACK = ("127.", "::1", "localhost")

os.environ.setdefault("HF_HUB_OFFLINE", "1")

# The same examples each time, so that a change is judged by what it changed; HYPOTHESIS_PROFILE=default draws new ones.
settings.register_profile("steady", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared evaluation data beside the repository; a test that needs it is skipped where it is absent."""
    folder = Path(os.environ.get("REASONANCE_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("the shared evaluation data is not here")
    return folder


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The assembled models; `make setup` puts them there."""
    folder = user_data_path("reasonance") / "models"
    if not (folder / "all-MiniLM-L6-v2").is_dir():
        pytest.skip("models are not assembled: run 'reasonance models assemble'")
    return folder


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing reaches beyond this machine: every test would fail at the first try."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):  # type: ignore[index]
            raise AssertionError(f"a connection to {address} was tried")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
