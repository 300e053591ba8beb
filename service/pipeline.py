"""What happens to an accepted contact, stage by stage: the only file that names them all.

    voice    transcribe → annotate → classify → mute
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
    ReasonanceError,
    StageStopped,
    StaleToken,
    Unavailable,
)
from data.ids import parse_id
from data.stages import Claim, RunKey
from data.stores import Stores
from data.types import Channel, Stage
from ingest.kinds import TURNS
from service import jobs
from service.jobs import BATCH, Job, Queue
from service.redaction import policy_of
from service.runtime import Runtime
from service.settings import Settings
from service.stages import annotate, classify, mute, transcribe
from service.stages.work import KeepGoing, Outcome, Owed, Steps, as_ours

STEPS: dict[Stage, Steps] = {
    Stage.TRANSCRIBE: cast("Steps", transcribe),
    Stage.ANNOTATE: cast("Steps", annotate),
    Stage.CLASSIFY: cast("Steps", classify),
    Stage.MUTE: cast("Steps", mute),
}
NEXT: dict[Stage, Stage] = {
    Stage.TRANSCRIBE: Stage.ANNOTATE,
    Stage.ANNOTATE: Stage.CLASSIFY,
    Stage.CLASSIFY: Stage.MUTE,
}
QUEUE: dict[Stage, Queue] = {
    Stage.TRANSCRIBE: "gpu",
    Stage.ANNOTATE: "cpu",
    Stage.CLASSIFY: "cpu",
    Stage.MUTE: "gpu",
}
TOGETHER: dict[Stage, int] = {Stage.TRANSCRIBE: 1, Stage.ANNOTATE: BATCH, Stage.CLASSIFY: BATCH, Stage.MUTE: 1}
SPOKEN = frozenset({Stage.TRANSCRIBE, Stage.MUTE})
"""What is owed to calls only."""

MACHINE_WAIT_S = 30.0
"""How long work waits that nothing is wrong with, such as for a model that is not assembled yet (F12)."""

log = logging.getLogger(__name__)


def first_stage(channel: Channel, media_type: str) -> Stage:
    """A call that came as a transcript is read like writing."""
    return Stage.TRANSCRIBE if channel is Channel.VOICE and media_type != TURNS else Stage.ANNOTATE


def owe(stores: Stores, settings: Settings, stage: Stage, inputs: Sequence[tuple[uuid.UUID, str]]) -> None:
    """Notes that the stage is owed to each interaction with this input hash, and enqueues it, in one transaction.

    The same input and parameters are the same work: what is noted already, in any state, is not enqueued again.
    """
    params_hash = _digest(*_parameters(stage, stores, settings))
    keys = [
        RunKey(interaction_id=interaction_id, stage=stage.value, input_hash=input_hash, params_hash=params_hash)
        for interaction_id, input_hash in inputs
    ]
    new = [str(key.interaction_id) for key in stores.stages.enqueue_all(keys)]
    _defer(stores, stage, new)


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
        ids = [parse_id(name) for name in job.interactions]
        claims = stores.stages.claim_open(job.stage.value, ids, job_id, attempts=runtime.settings.stage_attempts)
        records = stores.interactions.many([claim.key.interaction_id for claim in claims])
        return [Owed(claim=claim, record=records[claim.key.interaction_id]) for claim in claims]


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
        good = [outcome for outcome in outcomes if outcome.error is None]
        held = {claim.key for claim in stores.stages.finish_all([outcome.owed.claim for outcome in good])}
        kept = [outcome for outcome in good if outcome.owed.claim.key in held]
        for outcome in good:
            if outcome.owed.claim.key not in held:
                _log_stale(job.stage, outcome.owed)
        if kept:
            STEPS[job.stage].save(runtime, stores, [(outcome.owed, outcome.value) for outcome in kept])
        for outcome in outcomes:
            if outcome.error is not None:
                _set_back(runtime.settings, stores, job.stage, outcome.owed, outcome.error)
        if (following := NEXT.get(job.stage)) is not None:
            due = [one.owed for one in kept if following not in SPOKEN or one.owed.is_heard]
            owe(stores, runtime.settings, following, [(one.id, _output_hash(one.claim)) for one in due])


def _log_stale(stage: Stage, owed: Owed) -> None:
    """The result came too late and is dropped: another worker's stands (F03)."""
    log.warning("stale_token: %s of %s", stage, owed.id)


def _set_back(settings: Settings, stores: Stores, stage: Stage, owed: Owed, error: ReasonanceError) -> None:
    log.warning("stage_error: %s of %s, attempt %d: %s", stage, owed.id, owed.claim.attempt, error)
    try:
        delay_s = _let_go(settings, stores, owed, error)
    except StaleToken:
        _log_stale(stage, owed)
        return
    if delay_s is not None:
        _defer(stores, stage, [str(owed.id)], delay_s=delay_s)


def _let_go(settings: Settings, stores: Stores, owed: Owed, error: ReasonanceError) -> float | None:
    """Waiting again, with or without having used up an attempt: how long, in seconds. None: it is quarantined."""
    if isinstance(error, (StageStopped, ModelUnavailable, Unavailable)):
        stores.stages.give_back(owed.claim)
        return 0 if isinstance(error, StageStopped) else MACHINE_WAIT_S
    if error.retry and owed.claim.attempt < settings.stage_attempts:
        stores.stages.fail(owed.claim, error.code)
        return jobs.backoff_s(owed.claim.attempt)
    _quarantine(settings, stores, owed, InputCrashesDecoder() if isinstance(error, ChildDied) else error)
    return None


def _quarantine(settings: Settings, stores: Stores, owed: Owed, error: ReasonanceError) -> None:
    """Sets it aside; what is unmasked of it stays, encrypted, for as long as somebody may want to look at it."""
    stores.stages.quarantine(owed.claim, error.code)
    expires_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=settings.quarantine_days)
    for item in stores.inbox.of(owed.id):
        if item.kind != "recording":
            stores.inbox.expire(item.id, expires_at)


def _defer(stores: Stores, stage: Stage, interactions: Sequence[str], delay_s: float = 0) -> None:
    if interactions:
        job = Job(tenant=stores.tenant, stage=stage, interactions=tuple(interactions))
        jobs.defer(stores.driver_connection, job, queue=QUEUE[stage], batch=TOGETHER[stage], delay_s=delay_s)


def _output_hash(claim: Claim) -> str:
    """The next stage's input: made anew, it is another one."""
    return _digest(claim.key.stage, claim.key.input_hash, claim.key.params_hash)


def _parameters(stage: Stage, stores: Stores, settings: Settings) -> tuple[str, ...]:
    """What the stage's result depends on besides its input: under another redaction policy it is other work."""
    match stage:
        case Stage.TRANSCRIBE:
            return (settings.asr_model, str(settings.asr_language), str(settings.asr_window_s))
        case Stage.ANNOTATE:
            return (settings.spacy_model, policy_of(stores).digest)
        case Stage.CLASSIFY:
            return (settings.embedder,)
        case Stage.MUTE:
            return ()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
