"""A recording's way through the pipeline, stage by stage, and what is kept of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from data.types import Stage, State
from ingest import ReadOptions
from service import intake, pipeline
from service.jobs import Job
from service.runtime import Runtime, open_runtime
from service.settings import Settings


@contextmanager
def hearing(home: Path, model_dir: Path, model: str, database_url: str) -> Iterator[Runtime]:
    """A runtime that hears with this model."""
    settings = Settings(
        data_dir=home / "data",
        model_dir=model_dir,
        master_key_file=home / "keys" / "master.key",
        database_url=SecretStr(database_url),
        asr_model=model,
        threads=2,
    )
    with open_runtime(settings) as runtime:
        yield runtime


def taken_through(runtime: Runtime, recording: Path) -> uuid.UUID:
    """The contact of a recording that was heard, annotated and muted."""
    [interaction_id] = intake.take_in(runtime, "default", recording, ReadOptions()).ids
    work(runtime, interaction_id, Stage.TRANSCRIBE, Stage.ANNOTATE)
    mute(runtime, interaction_id)
    return interaction_id


def work(runtime: Runtime, interaction_id: uuid.UUID, *stages: Stage) -> None:
    for stage in stages:
        job = Job(tenant="default", stage=stage, interactions=(str(interaction_id),))
        pipeline.run(runtime, job, job_id=1, keep_going=lambda: True)


def mute(runtime: Runtime, interaction_id: uuid.UUID) -> None:
    """As once its reason is known, which is nothing to the recording and takes another model."""
    with runtime.database.tenant("default") as stores:
        stores.interactions.set_state(interaction_id, State.ANALYSED)
        pipeline.owe(stores, runtime.settings, Stage.MUTE, [(interaction_id, "analysed")])
    work(runtime, interaction_id, Stage.MUTE)


def kept(runtime: Runtime, interaction_id: uuid.UUID) -> bytes:
    """The recording that may be played."""
    with runtime.database.tenant("default") as stores:
        [item] = stores.inbox.of(interaction_id)
    assert item.kind == "recording"
    return runtime.inbox.read(item)
