"""A runtime on a fresh database, deliveries to feed it, and a look at the job queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_data_path
from psycopg import Connection
from pydantic import SecretStr

from data.types import Channel, Delivery, Metadata
from nlp import load_language
from service.embedders import open_embedder
from service.runtime import Runtime, open_runtime
from service.settings import Settings


@pytest.fixture(scope="session", autouse=True)
def _models_loaded_once() -> Iterator[None]:
    """What a runtime loads and only reads is loaded for the first test that asks; those that listen in a child of
    their own still load theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.embedders.open_embedder", cache(open_embedder))
        patch.setattr("nlp.load_language", cache(load_language))
        yield


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_in(tmp_path, database_url)


def settings_in(folder: Path, database_url: str) -> Settings:
    """All that a runtime keeps is in the folder and the database; whoever is silent is given up soon."""
    return Settings(
        data_dir=folder / "data",
        model_dir=user_data_path("reasonance") / "models",
        master_key_file=folder / "keys" / "master.key",
        database_url=SecretStr(database_url),
        asr_model="tiny.en",
        worker_heartbeat_s=0.5,
        worker_stalled_s=2,
        worker_grace_s=5,
        threads=2,
    )


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    with open_runtime(settings) as opened:
        yield opened


@pytest.fixture
def queue(runtime: Runtime) -> Callable[[], list[dict[str, Any]]]:
    """The arguments of the jobs that wait, oldest first."""

    def look() -> list[dict[str, Any]]:
        with runtime.database.sweeper() as sweeper:
            connection: Connection[Any] = sweeper.driver_connection
            rows = connection.execute("SELECT id, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
            return [{"id": job_id, **args} for job_id, args in rows]

    return look


def note(text: str, number: int = 0, **metadata: Any) -> Delivery:
    return Delivery(
        name=f"note-{number}.txt",
        channel=Channel.NOTE,
        media_type="text/plain",
        payload=text.encode(),
        metadata=Metadata(**metadata),
    )


def call(payload: bytes = b"RIFF", **metadata: Any) -> Delivery:
    return Delivery(
        name="calls/call-1.wav",
        channel=Channel.VOICE,
        media_type="audio/wav",
        payload=payload,
        metadata=Metadata(**metadata),
    )
