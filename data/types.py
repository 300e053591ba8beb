"""The values that flow from one stage to the next.

    Delivery → Interaction → Transcript(Segment(Word)) → Turn → Annotations → ReasonAssignment → tags, trends

All are frozen, slotted and keyword-only, so that a stage can only answer with a new value. Names are those of
the glossary in ``docs/glossary.md``; a unit is in the name (``_s``, ``_ms``, ``_share``). Nothing here imports
a library, reads a clock or a setting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self, TypeAlias

from data.errors import CustomerRefInvalid
from data.query_tree import METRICS as METRICS
from data.query_tree import NEAR_MAX as NEAR_MAX
from data.query_tree import AllOf as AllOf
from data.query_tree import AnyOf as AnyOf
from data.query_tree import Condition as Condition
from data.query_tree import Like as Like
from data.query_tree import Measure as Measure
from data.query_tree import Metric as Metric
from data.query_tree import Near as Near
from data.query_tree import Not as Not
from data.query_tree import Operator as Operator
from data.query_tree import Phrase as Phrase
from data.query_tree import Query as Query
from data.query_tree import QueryNode as QueryNode
from data.query_tree import SaidBy as SaidBy
from data.query_tree import SoundAlternative as SoundAlternative
from data.query_tree import Sounds as Sounds
from data.query_tree import Term as Term
from data.query_tree import Verdict as Verdict
from data.query_tree import Within as Within
from data.query_tree import every as every
from data.query_tree import is_spoken as is_spoken
from data.query_tree import some as some
from data.query_tree import walk as walk
from data.spoken_words import SpokenWord as SpokenWord
from data.spoken_words import spoken_words as spoken_words

JSONValue: TypeAlias = "bool | int | float | str | list[JSONValue] | dict[str, JSONValue] | None"


class Channel(StrEnum):
    """How a contact came in."""

    VOICE = "voice"
    EMAIL = "email"
    CHAT = "chat"
    NOTE = "note"
    SURVEY = "survey"
    WEB = "web"


class Role(StrEnum):
    """Who speaks: the contact-center roles of vCon, the machine, and an honest ``unknown``."""

    AGENT = "agent"
    CUSTOMER = "customer"
    SUPERVISOR = "supervisor"
    SME = "sme"
    THIRDPARTY = "thirdparty"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class State(StrEnum):
    """Where an accepted interaction stands; there is no fourth place."""

    PENDING = "pending"
    ANALYSED = "analysed"
    QUARANTINED = "quarantined"


class Stage(StrEnum):
    """The steps of the pipeline, in order; a written contact starts at ``annotate`` and has nothing to ``mute``."""

    TRANSCRIBE = "transcribe"
    ANNOTATE = "annotate"
    CLASSIFY = "classify"
    MUTE = "mute"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRef:
    """One identifier of a customer; its text form is ``scheme:value``."""

    scheme: Literal["crm", "phone", "email"]
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises CustomerRefInvalid (permanent): unknown scheme, value empty or over 320 characters."""
        scheme, _, value = text.partition(":")
        if scheme not in ("crm", "phone", "email") or not 0 < len(value.strip()) <= 320 or "\0" in value:
            raise CustomerRefInvalid()
        return cls(scheme=scheme, value=value.strip())  # type: ignore[arg-type]  # narrowed by the line above


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a source says of a contact; None where it says nothing."""

    external_id: str | None = None
    channel: Channel | None = None
    customers: tuple[CustomerRef, ...] = ()
    customer_segment: str | None = None
    agent: str | None = None
    queue: str | None = None
    team: str | None = None
    direction: Direction | None = None
    started_at: dt.datetime | None = None
    language: str | None = None
    channel_map: tuple[Role, ...] | None = None
    wrap_up_code: str | None = None
    csat: int | None = None
    nps: int | None = None
    ces: int | None = None
    hold_s: float | None = None
    after_call_s: float | None = None
    page: str | None = None
    """What was looked at, of a click on the web; such a contact says nothing else."""
    dwell_s: float | None = None


class OutcomeKind(StrEnum):
    """What a customer did, as the CRM reports it."""

    CHURNED = "churned"
    RENEWED = "renewed"
    BOUGHT = "bought"
    CAMPAIGN_RESPONSE = "campaign_response"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutcome:
    """``external_id``: None where the source has none; then the same content is the same outcome.

    ``value`` is in the tenant's currency.
    """

    customer: CustomerRef
    kind: OutcomeKind
    at: dt.datetime
    value: float | None = None
    campaign: str | None = None
    source: str = ""
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyEntry:
    """A name that contacts are about, as it is to be written: a product, a competitor, a person, a place."""

    phrase: str
    kind: Literal["product", "competitor", "name", "place", "other", "shorthand"] = "other"
    spoken: tuple[str, ...] = ()
    """Other ways in which it is said or was misheard: each is written as ``phrase``. Of the kind ``shorthand``, how
    agents' notes shorten it."""
    language: str | None = None
    """BCP-47; None: it sounds as it is written in any language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconEntry:
    """How good or bad a word or phrase is in a tenant's trade, in lower case."""

    phrase: str
    valence: float
    """From −4 (as bad as can be) to +4; 0: nobody feels anything at it, whatever it means elsewhere."""
    language: str | None = None
    """BCP-47; None: in any language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One contact as it was handed in; ``payload`` is the original, as bytes or as the file that holds them."""

    name: str
    channel: Channel
    media_type: str
    payload: bytes | Path
    metadata: Metadata = field(default_factory=Metadata)
    joined: bool = False
    """Whether a side-car gave part of the metadata."""
    flags: tuple[str, ...] = ()
    """What is to be known of it from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """Metadata that came without its media; ``key`` is the external id or the file name it waits for."""

    key: str
    metadata: Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One file or row that was not accepted, and why."""

    name: str
    code: str
    message: str
    row: int | None = None
    """Counted from 1, the header row not counted; None for a whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The text of a written contact before cleaning; ``turns`` where the source itself has several (vCon, chat)."""

    text: str
    subject: str | None = None
    turns: tuple[Turn, ...] = ()
    flags: tuple[str, ...] = ()
    duration_s: float | None = None
    """Of a call whose transcript was handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One spoken word. ``char_begin`` and ``char_end`` are offsets into the text of its segment or turn."""

    text: str
    begin_ms: int
    end_ms: int
    confidence: float
    char_begin: int
    char_end: int
    heard: str | None = None
    """What the recogniser wrote where a name of the vocabulary stands now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of speech of one channel as the recogniser wrote it."""

    text: str
    begin_ms: int
    end_ms: int
    channel: int
    role: Role
    confidence: float
    """Mean probability of its words, 0–1."""
    words: tuple[Word, ...] = ()
    language: str | None = None
    flags: tuple[str, ...] = ()
    """What makes it doubtful: ``low_confidence``, ``maybe_no_speech``, ``repetition``, ``crosstalk``, ``overlap``;
    ``vocabulary``: a name was put right in it; and ``suspect``: it is kept, and left out of everything that is made of
    the transcript."""
    trust: float = 1.0
    """How far it can be believed, 0–1."""
    speaker: int | None = None
    """Which of several voices in its channel, counted from 0; None where the channel has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What made a result: enough to make it again, and to tell two results apart."""

    component: str
    version: str
    model: str | None = None
    model_sha256: str | None = None
    params_hash: str = ""
    device: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A whole recording in words, segments by begin time over all channels."""

    segments: tuple[Segment, ...]
    language: str
    duration_s: float
    provenance: Provenance
    flags: tuple[str, ...] = ()
    decoded_share: float | None = None
    """How much of what the recording declares could be decoded, 0–1."""
    levels: tuple[str, ...] = ()
    """For each channel a byte for each tenth of a second, in base64: how far its level is below full scale, in
    half decibels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A suspect stretch of a transcript, redacted. ``position`` goes on from the turns': a redaction may name it."""

    position: int
    role: Role
    text: str
    begin_ms: int
    end_ms: int
    trust: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one role said or wrote at a stretch. From here on a call and an e-mail are the same thing.

    ``position`` counts from 0 within its interaction and is the turn's id there. Times are None in writing.
    """

    position: int
    role: Role
    text: str
    begin_ms: int | None = None
    end_ms: int | None = None
    words: tuple[Word, ...] = ()
    channel: int | None = None
    """Of the recording, counted from 0; None in writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A phonetic key of one word or of two, at the place of the first (``spoken_words``)."""

    key: str
    place: int
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where something is said: characters of one turn, and its time in speech."""

    turn: int
    char_begin: int
    char_end: int
    begin_ms: int | None = None
    end_ms: int | None = None


class RedactionAction(StrEnum):
    """What becomes of a personal detail in what is stored."""

    MASK = "mask"
    LAST_FOUR = "last4"
    """Masked, its last four digits kept beside the token."""
    HASH = "hash"
    """Masked, with a keyed hash beside the token: the same value has the same hash in all contacts of a tenant."""
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A personal detail that was masked; ``span`` lies in the redacted text, its times in the recording."""

    span: Span
    type: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPhrase:
    text: str
    """As it stands in the turn, without leading articles, in lower case; of several spellings the most frequent; of a
    note's shorthand, in full."""
    span: Span
    score: float
    """0–1, by what it says and by how few of the tenant's contacts say it."""
    key: str | None = None
    """The same however it is spelt; None in what was found before that was kept."""
    mentions: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something that is named: ``product``, ``competitor``, ``place``, ``organisation``, ``amount``, ``date``,
    ``order_number``, or a ``person`` whose name the policy keeps."""

    text: str
    type: str
    span: Span
    value: str | None = None
    """The same however it is said: of an amount currency and number ("EUR 49.90"), of a date ISO 8601 as far as it is
    known ("2026-10-05", "2026-W43", "2026-08"), of a name of the vocabulary how that is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """An extract that answers a question about the contact: its ``issue``, ``outcome`` or ``action``."""

    kind: Literal["issue", "outcome", "action"]
    text: str
    spans: tuple[Span, ...]
    confidence: float
    label: str | None = None
    """Of an outcome what it came to: ``resolved``, ``unresolved``, ``escalated``, ``refunded``, ``cancelled``,
    ``promised``, ``done``; of an action who is to do it: ``agent`` or ``customer``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A feature that was not computed, and why: never a silent gap."""

    feature: str
    reason_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """−1 (negative) … +1 (positive). None where that role or quarter says nothing, or no model speaks the language."""

    turns: tuple[float | None, ...]
    by_role: Mapping[Role, float]
    quarters: tuple[float | None, float | None, float | None, float | None]
    """Of the customer, over the four quarters of the interaction."""
    overall: float | None
    """Of the customer; of all who speak where no customer is known."""
    shift: float | None
    """Last quarter that has a value minus the first, where both exist."""
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """What the language stage found in one interaction; spans point into the redacted turns."""

    key_phrases: tuple[KeyPhrase, ...]
    entities: tuple[Entity, ...]
    sentiment: Sentiment | None
    highlights: tuple[Highlight, ...]
    metrics: Mapping[str, float]
    skipped: tuple[Skipped, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonAssignment:
    """Why a customer called, as the assigner sees it.

    ``reason_id`` is None for ``unassigned``; then ``nearest_id`` and ``distance`` (1 − cosine) say what came closest.
    """

    reason_id: str | None
    confidence: float
    nearest_id: str | None
    distance: float | None
    evidence: tuple[Span, ...] = ()
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which interactions: one value for lists, searches and trends, so that a count and the list behind it agree.

    ``reason`` takes a reason id or ``unassigned``, ``category`` the id or the name of one; queue, team, agent, language
    and segment take ``(none)`` for those of which nothing is known. ``since`` is inclusive, ``until`` exclusive.
    ``as_of`` asks for what had come by then, under the reasons that it had then: as it was reported; None: as
    everything stands now.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    channel: Channel | None = None
    reason: str | None = None
    queue: str | None = None
    team: str | None = None
    agent: str | None = None
    language: str | None = None
    customer_segment: str | None = None
    customer: CustomerRef | None = None
    state: State | None = None
    as_of: dt.datetime | None = None
    category: str | None = None
