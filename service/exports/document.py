"""The transcript as JSON, with a schema of its own: ``docs/transcript.schema.json``."""

from __future__ import annotations

import datetime as dt
import uuid
from statistics import fmean
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.types import Channel, Direction, Role, Turn
from nlp.summary import summary
from service.exports.material import Material

SCHEMA: Literal["reasonance.transcript/1"] = "reasonance.transcript/1"


class Part(BaseModel):
    model_config = ConfigDict(from_attributes=True, extra="forbid")


class WordOut(Part):
    """A spoken word; `char_begin` and `char_end` are offsets into its turn's text, in Unicode code points."""

    text: str
    begin_ms: int
    end_ms: int
    confidence: float = Field(description="0–1; of a masked detail that of its least certain word.")
    char_begin: int
    char_end: int
    heard: str | None = Field(None, description="What the recogniser wrote, where the vocabulary put a name right.")


class TurnOut(Part):
    """What one role said or wrote at a stretch; `position` is its id within the contact, and evidence names it."""

    position: int
    role: Role
    channel: int | None = Field(description="Of the recording, counted from 1; null in writing.")
    text: str = Field(description="Redacted: a masked detail is a token such as `[CARD_1]`.")
    begin_ms: int | None = Field(description="From the recording's begin; null in writing.")
    end_ms: int | None
    confidence: float | None = Field(description="The mean over its words; null where it has none.")
    words: list[WordOut]


class SetAsideOut(Part):
    """What the recogniser wrote and cannot be believed: it is in no turn. `position` goes on from the turns'."""

    position: int
    role: Role
    text: str = Field(description="Redacted.")
    begin_ms: int
    end_ms: int
    trust: float = Field(description="0–1")
    flags: list[str]


class MaskedOut(Part):
    """A personal detail that was masked, and where its token stands."""

    type: str
    token: str
    turn: int
    char_begin: int
    char_end: int
    begin_ms: int | None
    end_ms: int | None


class Place(Part):
    """Where something is said: characters of a turn, and milliseconds in speech."""

    turn: int
    char_begin: int
    char_end: int
    begin_ms: int | None
    end_ms: int | None


class HighlightOut(Part):
    """An extract: what it is about (`issue`), what came of it (`outcome`), what happens next (`action`)."""

    kind: Literal["issue", "outcome", "action"]
    label: str | None = Field(description="Of an outcome what it came to, of an action who is to do it.")
    text: str
    confidence: float = Field(description="0–1")
    spans: list[Place]


class KeyPhraseOut(Part):
    text: str
    score: float = Field(description="0–1, by what it says and by how few of your contacts say it.")
    key: str | None = Field(
        None, description="The same in every spelling; null in what was found before that was kept."
    )
    mentions: int = Field(1, ge=1)
    span: Place


class EntityOut(Part):
    type: str
    text: str
    value: str | None = Field(None, description="The same however it is said: `EUR 49.90`, `2026-10-05`, a name.")
    span: Place


class SummaryLine(Part):
    """`kind` and `label` as of the highlight that it is taken from."""

    kind: Literal["issue", "outcome", "action"]
    label: str | None
    text: str


class Found(Part):
    """What was found in the turns."""

    summary: list[SummaryLine] = Field(default_factory=list, description="Up to three lines, each an extract.")
    highlights: list[HighlightOut] = Field(default_factory=list)
    key_phrases: list[KeyPhraseOut] = Field(default_factory=list, description="The most telling first.")
    entities: list[EntityOut] = Field(default_factory=list, description="In the order in which they are said.")


class CategorisedOut(Part):
    """What a category's applied version says of the contact, and, where it matches, where its words stand."""

    id: uuid.UUID
    name: str
    version: int
    state: Literal["matched", "not_matched", "not_evaluated"]
    reason_code: str | None = Field(description="Why it is not evaluated.")
    evidence: list[Place] = Field(description="Of what matched; none where the category asks for no words.")


class MadeBy(Part):
    component: str
    version: str
    model: str | None
    model_sha256: str | None
    params_hash: str
    device: str | None


class Transcript(Found):
    """One contact's transcript as it is kept. Times are milliseconds from its recording's begin."""

    model_config = ConfigDict(title=SCHEMA, from_attributes=True, extra="forbid")

    schema_: Literal["reasonance.transcript/1"] = Field(SCHEMA, alias="schema")
    id: uuid.UUID
    external_id: str | None
    version: int
    channel: Channel
    direction: Direction | None
    started_at: dt.datetime
    duration_s: float | None
    language: str | None = Field(description="BCP-47")
    agent: str | None
    subject: str | None
    channel_map: list[Role] | None
    flags: list[str] = Field(description="What makes it doubtful, as in `partial` or `silent_channel`.")
    turns: list[TurnOut]
    set_aside: list[SetAsideOut] = Field(default_factory=list)
    redactions: list[MaskedOut]
    categories: list[CategorisedOut] = Field(default_factory=list, description="Every applied category, by name.")
    provenance: dict[str, MadeBy] = Field(description="By stage: what made its result.")


def transcript(material: Material) -> Transcript:
    record = material.record
    names = set(Transcript.model_fields) - {"schema_", "turns", "set_aside", "redactions", "summary", "categories"}
    masked = [_masked(one.type, one.token, one.span) for one in material.redactions]
    own = {name: getattr(record, name) for name in names}
    turns = list(map(_turn, material.turns))
    return Transcript.model_validate(
        {
            **own,
            "summary": summary(record.highlights),
            "turns": turns,
            "set_aside": material.set_aside,
            "redactions": masked,
            "categories": categories(material),
        },
        from_attributes=True,
    )


def found(material: Material) -> Found:
    own = {name: getattr(material.record, name) for name in ("highlights", "key_phrases", "entities")}
    return Found.model_validate({**own, "summary": summary(material.record.highlights)}, from_attributes=True)


def categories(material: Material) -> list[CategorisedOut]:
    return [
        CategorisedOut(
            id=one.result.category_id,
            name=one.result.name,
            version=one.result.version,
            state=one.result.state,
            reason_code=one.result.reason_code,
            evidence=[Place.model_validate(span) for turn in one.turns for span in turn.spans],
        )
        for one in material.categories
    ]


def _turn(turn: Turn) -> TurnOut:
    return TurnOut(
        position=turn.position,
        role=turn.role,
        channel=turn.channel + 1 if turn.channel is not None else None,
        text=turn.text,
        begin_ms=turn.begin_ms,
        end_ms=turn.end_ms,
        confidence=round(fmean(word.confidence for word in turn.words), 4) if turn.words else None,
        words=[WordOut.model_validate(word) for word in turn.words],
    )


def _masked(kind: str, token: str, span: object) -> MaskedOut:
    places = ("turn", "char_begin", "char_end", "begin_ms", "end_ms")
    return MaskedOut(type=kind, token=token, **{name: getattr(span, name) for name in places})
