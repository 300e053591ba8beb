"""What the API answers, field by field; the values come from the stores as they are."""

from __future__ import annotations

import datetime as dt
import uuid

from pydantic import BaseModel, ConfigDict, Field

from data.records import InteractionRecord
from data.stores import Stores
from data.types import Channel, Direction, Role, Stage, State
from nlp.summary import summary
from service.reception import Summary


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SpanOut(Answer):
    """Where it is said: characters of a turn, and milliseconds in speech."""

    turn: int
    char_begin: int
    char_end: int
    begin_ms: int | None
    end_ms: int | None


class ReasonOut(Answer):
    """`id` is null for `unassigned`; then `nearest_id` and `distance` (1 − cosine) say what came closest."""

    id: uuid.UUID | None
    name: str | None
    confidence: float
    nearest_id: uuid.UUID | None
    distance: float | None


class InteractionSummary(Answer):
    id: uuid.UUID
    external_id: str | None
    version: int
    channel: Channel
    name: str
    customer_segment: str | None
    agent: str | None
    queue: str | None
    team: str | None
    direction: Direction | None
    started_at: dt.datetime
    received_at: dt.datetime
    language: str | None
    duration_s: float | None
    wrap_up_code: str | None
    csat: int | None
    nps: int | None
    ces: int | None
    page: str | None = Field(description="Of a click on the web: what was looked at.")
    dwell_s: float | None
    state: State
    error_code: str | None
    flags: list[str]
    issue: str | None = Field(description="What the contact is about, in the customer's words.")
    sentiment: float | None = Field(description="−1 … +1")
    sentiment_shift: float | None
    reason: ReasonOut | None
    further_reasons: list[ReasonOut] = Field(description="What else the contact is about; counts are by `reason`.")


class CategoryLabelOut(Answer):
    id: uuid.UUID
    name: str
    version: int = Field(description="The one that the results are of.")


class InteractionPage(BaseModel):
    items: list[InteractionSummary]
    total: int
    next_cursor: str | None
    categories: list[CategoryLabelOut] = Field([], description="Those that the list was narrowed by.")


class TurnOut(Answer):
    position: int
    role: Role
    text: str
    begin_ms: int | None
    end_ms: int | None
    sentiment: float | None


class RedactionOut(Answer):
    type: str
    token: str
    span: SpanOut


class SetAsideOut(Answer):
    """What the recogniser wrote and cannot be believed; `position` goes on from the turns'."""

    position: int
    role: Role
    text: str
    begin_ms: int
    end_ms: int
    trust: float = Field(description="0–1; under 0.35 it is set aside.")
    flags: list[str] = Field(description="What makes it doubtful.")


class Loudness(BaseModel):
    """By role, for each second from the recording's begin, the level of its voice; null where it does not speak."""

    dbfs: dict[Role, list[int | None]]


class KeyPhraseOut(Answer):
    text: str
    score: float = Field(description="0–1, by what it says and by how few of your contacts say it.")
    key: str | None = Field(description="The same in every spelling; null in what was found before that was kept.")
    mentions: int = Field(ge=1)
    span: SpanOut


class EntityOut(Answer):
    text: str
    type: str
    value: str | None = Field(description="The same however it is said: `EUR 49.90`, `2026-10-05`, a name.")
    span: SpanOut


class HighlightOut(Answer):
    kind: str = Field(description="`issue`, `outcome` or `action`.")
    label: str | None = Field(description="Of an outcome what it came to, of an action who is to do it.")
    text: str
    confidence: float
    spans: list[SpanOut]


class SummaryLine(Answer):
    kind: str
    label: str | None
    text: str
    spans: list[SpanOut]


class SkippedOut(Answer):
    feature: str
    reason_code: str


class ProvenanceOut(Answer):
    component: str
    version: str
    model: str | None
    model_sha256: str | None
    params_hash: str
    device: str | None


class InteractionDetail(InteractionSummary):
    subject: str | None
    turns: list[TurnOut]
    set_aside: list[SetAsideOut] = Field(description="What is in no turn, for it cannot be believed; redacted too.")
    redactions: list[RedactionOut]
    key_phrases: list[KeyPhraseOut]
    entities: list[EntityOut]
    highlights: list[HighlightOut]
    summary: list[SummaryLine] = Field(description="The contact in up to three lines, each an extract of it.")
    sentiments: dict[str, object] = Field(description="`by_role`, and the four `quarters` of the interaction.")
    metrics: dict[str, float]
    skipped: list[SkippedOut] = Field(description="What was not computed, and why.")
    provenance: dict[str, ProvenanceOut] = Field(description="By stage: what made its results.")


class StageProgress(Answer):
    stage: Stage
    state: str
    attempt: int
    progress: float = Field(description="0–1")
    error_code: str | None


class Progress(BaseModel):
    id: uuid.UUID
    state: State
    error_code: str | None
    stages: list[StageProgress]


class RefusalOut(Answer):
    name: str
    row: int | None
    code: str
    message: str


class Receipt(BaseModel):
    """What became of the delivery; the interactions are in `ids`, repeated ones too. `refused` counts all by code,
    and `refusals` tells of the first thousand."""

    accepted: int
    joined: int
    repeated: int
    waiting: int
    refused: dict[str, int]
    refusals: list[RefusalOut]
    ids: list[uuid.UUID]

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "accepted": 1,
                "joined": 0,
                "repeated": 0,
                "waiting": 0,
                "refused": {},
                "refusals": [],
                "ids": ["0199f0a2-6d1c-7b3e-9a51-3a7b2c9d4e5f"],
            }
        }
    )


def receipt(summary: Summary) -> Receipt:
    return Receipt(
        accepted=summary.accepted,
        joined=summary.joined,
        repeated=summary.repeated,
        waiting=summary.waiting,
        refused=dict(summary.refused),
        refusals=[RefusalOut.model_validate(refusal) for refusal in summary.refusals],
        ids=list(summary.ids),
    )


def interaction_detail(stores: Stores, found: InteractionRecord) -> InteractionDetail:
    # Of an interaction that is not analysed yet the turns and what belongs to them are empty.
    own = {name: getattr(found, name) for name in InteractionDetail.model_fields if hasattr(found, name)}
    parts = {
        "summary": summary(found.highlights),
        "turns": stores.turns.of(found.id),
        "set_aside": stores.turns.set_aside(found.id),
        "redactions": stores.turns.redactions(found.id),
    }
    return InteractionDetail.model_validate({**own, **parts}, from_attributes=True)


def progress(stores: Stores, found: InteractionRecord) -> Progress:
    stages = [
        StageProgress(
            stage=Stage(run.key.stage),
            state=run.state,
            attempt=run.attempt,
            progress=run.progress,
            error_code=run.error_code,
        )
        for run in stores.stages.of(found.id)
    ]
    return Progress(id=found.id, state=found.state, error_code=found.error_code, stages=stages)
