"""What happens to an accepted contact, stage by stage: the only file that names them all.

    voice    transcribe → annotate → classify
    writing               annotate → classify

A job runs one stage for some interactions of one tenant. Whatever comes of it is written in one transaction: the
result, the ledger, and the next job. So a contact is done, visibly waiting, or quarantined with a code.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import uuid
from collections.abc import Sequence
from typing import cast

from data.errors import (
    ChildDied,
    InputCrashesDecoder,
    ModelUnavailable,
    NotFound,
    ReasonanceError,
    StageStopped,
    StaleToken,
    Unavailable,
)
from data.ids import parse_id
from data.stages import Claim, RunKey
from data.stores import Stores
from data.types import Channel, Stage
from service import jobs
from service.jobs import BATCH, Job, Queue
from service.runtime import Runtime
from service.settings import Settings
from service.stages import annotate, classify, transcribe
from service.stages.work import KeepGoing, Outcome, Owed, Steps, as_ours

STEPS: dict[Stage, Steps] = {
    Stage.TRANSCRIBE: cast("Steps", transcribe),
    Stage.ANNOTATE: cast("Steps", annotate),
    Stage.CLASSIFY: cast("Steps", classify),
}
NEXT: dict[Stage, Stage] = {Stage.TRANSCRIBE: Stage.ANNOTATE, Stage.ANNOTATE: Stage.CLASSIFY}
QUEUE: dict[Stage, Queue] = {Stage.TRANSCRIBE: "gpu", Stage.ANNOTATE: "cpu", Stage.CLASSIFY: "cpu"}
TOGETHER: dict[Stage, int] = {Stage.TRANSCRIBE: 1, Stage.ANNOTATE: BATCH, Stage.CLASSIFY: BATCH}

MACHINE_WAIT_S = 30.0
"""How long work waits that nothing is wrong with, such as for a model that is not assembled yet (F12)."""

log = logging.getLogger(__name__)


def first_stage(channel: Channel) -> Stage:
    return Stage.TRANSCRIBE if channel is Channel.VOICE else Stage.ANNOTATE


def owe(stores: Stores, settings: Settings, stage: Stage, inputs: Sequence[tuple[uuid.UUID, str]]) -> None:
    """Notes that the stage is owed to each interaction with this input hash, and enqueues it, in one transaction.

    What is noted already, in any state, is not enqueued again.
    """
    keys = [run_key(interaction_id, stage, input_hash, settings) for interaction_id, input_hash in inputs]
    new = [str(key.interaction_id) for key in keys if stores.stages.enqueue(key)]
    _defer(stores, stage, new)


def run_key(interaction_id: uuid.UUID, stage: Stage, input_hash: str, settings: Settings) -> RunKey:
    """The work's name: the same input and parameters are the same work, and are done once."""
    return RunKey(
        interaction_id=interaction_id,
        stage=stage.value,
        input_hash=input_hash,
        params_hash=_digest(*_parameters(stage, settings)),
    )


def run(runtime: Runtime, job: Job, *, job_id: int, keep_going: KeepGoing) -> None:
    """Does what the job says for as many of its interactions as are still owed it.

    Raises only what cannot be written down (DatabaseUnavailable, StorageFull: retry): then the job is to run again.
    """
    owed = _claim(runtime, job, job_id)
    if not owed:
        return
    steps = STEPS[job.stage]
    try:
        outcomes = list(steps.compute(runtime, job.tenant, owed, keep_going))
    except Exception as error:
        outcomes = [Outcome(owed=one, error=as_ours(error)) for one in owed]
    _conclude(runtime, job, outcomes)


def _claim(runtime: Runtime, job: Job, job_id: int) -> list[Owed]:
    with runtime.database.tenant(job.tenant) as stores:
        owed = [_claim_one(runtime, stores, job, parse_id(name), job_id) for name in job.interactions]
        return [one for one in owed if one is not None]


def _claim_one(runtime: Runtime, stores: Stores, job: Job, interaction_id: uuid.UUID, job_id: int) -> Owed | None:
    for stage_run in stores.stages.of(interaction_id):
        if stage_run.key.stage == job.stage.value and stage_run.state in ("waiting", "running", "failed"):
            claim = stores.stages.claim(stage_run.key, job_id, attempts=runtime.settings.stage_attempts)
            if claim is not None:
                return Owed(claim=claim, record=stores.interactions.get(interaction_id))
    return None


def _conclude(runtime: Runtime, job: Job, outcomes: Sequence[Outcome]) -> None:
    """Writes all outcomes together; where one cannot be written, each by itself, so that it harms no other."""
    try:
        _write(runtime, job, outcomes)
    except (Unavailable, MemoryError):
        raise
    except Exception as error:
        if len(outcomes) > 1:
            for outcome in outcomes:
                _conclude(runtime, job, [outcome])
        elif outcomes[0].error is None:
            _write(runtime, job, [Outcome(owed=outcomes[0].owed, error=as_ours(error))])
        else:
            raise


def _write(runtime: Runtime, job: Job, outcomes: Sequence[Outcome]) -> None:
    with runtime.database.tenant(job.tenant) as stores:
        finished = [outcome.owed for outcome in outcomes if _settle(runtime, stores, job.stage, outcome)]
        if job.stage in NEXT:
            owe(stores, runtime.settings, NEXT[job.stage], [(one.id, _output_hash(one.claim)) for one in finished])


def _settle(runtime: Runtime, stores: Stores, stage: Stage, outcome: Outcome) -> bool:
    """Whether it is finished now. A result that comes too late is dropped: another worker's stands (F03)."""
    try:
        if outcome.error is not None:
            _set_back(runtime.settings, stores, stage, outcome.owed, outcome.error)
            return False
        stores.stages.finish(outcome.owed.claim)
    except StaleToken:
        log.warning("stale_token", extra={"interaction": str(outcome.owed.id), "stage": stage.value})
        return False
    STEPS[stage].save(runtime, stores, outcome.owed, outcome.value)
    return True


def _set_back(settings: Settings, stores: Stores, stage: Stage, owed: Owed, error: ReasonanceError) -> None:
    """Waiting again, with or without having used up an attempt, or quarantined."""
    name, attempt = str(owed.id), owed.claim.attempt
    if isinstance(error, StageStopped):
        stores.stages.give_back(owed.claim)
        _defer(stores, stage, [name])
    elif isinstance(error, (ModelUnavailable, Unavailable)):
        stores.stages.give_back(owed.claim)
        _defer(stores, stage, [name], delay_s=MACHINE_WAIT_S)
    elif error.retry and attempt < settings.stage_attempts:
        stores.stages.fail(owed.claim, error.code)
        _defer(stores, stage, [name], delay_s=jobs.backoff_s(attempt))
    else:
        _quarantine(settings, stores, owed, InputCrashesDecoder() if isinstance(error, ChildDied) else error)
    log.warning("stage_error", extra={"interaction": name, "stage": stage.value, "code": error.code})


def _quarantine(settings: Settings, stores: Stores, owed: Owed, error: ReasonanceError) -> None:
    """Sets it aside; the original stays, encrypted, for as long as somebody may want to look at it."""
    stores.stages.quarantine(owed.claim, error.code)
    expires_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=settings.quarantine_days)
    try:
        stores.inbox.expire(stores.inbox.original(owed.id).id, expires_at)
    except NotFound:
        log.info("no_original", extra={"interaction": str(owed.id)})


def _defer(stores: Stores, stage: Stage, interactions: Sequence[str], delay_s: float = 0) -> None:
    if interactions:
        job = Job(tenant=stores.tenant, stage=stage, interactions=tuple(interactions))
        jobs.defer(stores.driver_connection, job, queue=QUEUE[stage], batch=TOGETHER[stage], delay_s=delay_s)


def _output_hash(claim: Claim) -> str:
    """The next stage's input: made anew, it is another one."""
    return _digest(claim.key.stage, claim.key.input_hash, claim.key.params_hash)


def _parameters(stage: Stage, settings: Settings) -> tuple[str, ...]:
    if stage is Stage.TRANSCRIBE:
        return (settings.asr_model, str(settings.asr_language), str(settings.asr_window_s))
    return (settings.spacy_model,) if stage is Stage.ANNOTATE else (settings.embedder,)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
