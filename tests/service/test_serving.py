"""The running service: found by its note, on a free port, ended as a whole."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Iterator

import psutil
import pytest

from data.errors import AddressTaken, ServiceNotRunning
from service import serving
from service.runtime import Runtime
from service.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"port": 18321})


@pytest.fixture
def service(settings: Settings, runtime: Runtime) -> Iterator[serving.Running]:
    note = serving.start_in_background(settings)
    yield note
    if serving.running(settings):
        serving.stop(settings)


def test_the_next_port_is_taken_where_one_is_busy() -> None:
    with serving.listening("127.0.0.1", 18400) as first, serving.listening("127.0.0.1", 18400) as second:
        assert first.getsockname()[1] < second.getsockname()[1]


def test_an_address_that_cannot_be_had_is_said_so() -> None:
    with pytest.raises(AddressTaken), serving.listening("203.0.113.1", 18400):
        pass


def test_it_answers_signs_in_and_ends_with_its_worker(
    settings: Settings, runtime: Runtime, service: serving.Running
) -> None:
    with urllib.request.urlopen(f"{service.url}/livez") as answer:
        assert json.load(answer) == {"status": "ok"}
    link = serving.sign_in_link(runtime, service.url, tenant="default", role="analyst")
    with urllib.request.urlopen(link) as answer:
        assert answer.status == 200
    assert serving.start_in_background(settings) == service, "there is one service of a data directory"
    children = psutil.Process(service.pid).children(recursive=True)
    serving.stop(settings)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    with pytest.raises(ServiceNotRunning):
        serving.stop(settings)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(service.url.rpartition(":")[2]))) != 0


def test_a_note_of_another_process_is_not_believed(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    stale = {"pid": 1, "created": 0.0, "url": "http://127.0.0.1:1"}
    (settings.data_dir / "service.json").write_text(json.dumps(stale))
    assert serving.running(settings) is None
