"""Words become annotations, and what identifies a person is masked before anything is stored in the clear.

From here on a call and a mail are the same thing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.errors import ModelMissing, StorageCorrupt
from data.inbox import InboxItem
from data.phrases import PhraseCounts
from data.stores import Stores
from data.types import (
    Annotations,
    Channel,
    Direction,
    Document,
    LexiconEntry,
    Provenance,
    Redaction,
    Role,
    Segment,
    SetAside,
    Skipped,
    Sound,
    Turn,
    VocabularyEntry,
)
from nlp.junk import EMPTY, JUNK
from service.hearing import MIXED
from service.redaction import policy_of
from service.runtime import Runtime
from service.stages.transcribe import read_transcript
from service.stages.work import KeepGoing, Outcome, Owed, attempt

if TYPE_CHECKING:
    from nlp import Gazetteer, Known, Redacted, TextVectors
    from nlp.redaction import Policy

PASSAGES = 256
"""So many are embedded together, with those of the last contact: a model that sees few at a time is slower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A contact in turns, as it came: personal details are still in it."""

    turns: tuple[Turn, ...]
    subject: str | None
    language: str
    duration_s: float | None = None
    flags: tuple[str, ...] = ()
    suspects: tuple[Segment, ...] = ()
    """What is in no turn, since it cannot be believed."""
    loudness: Mapping[Role, Sequence[int | None]] = field(default_factory=dict)
    measured: Mapping[str, float] = field(default_factory=dict)
    """What is known of it before anything is read."""
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A redacted contact before anything is made of it; of a click there is only what it came as."""

    source: InboxItem
    read: Read | None = None
    known: Known | None = None
    redacted: Redacted | None = None
    said: tuple[str, ...] = ()
    """The passages whose vectors are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """What may be stored in the clear, and the encrypted item that it was made from."""

    turns: tuple[Turn, ...]
    redactions: tuple[Redaction, ...]
    annotations: Annotations
    subject: str | None
    language: str | None
    """None where nothing was said."""
    flags: tuple[str, ...]
    source: InboxItem
    duration_s: float | None = None
    set_aside: tuple[SetAside, ...] = ()
    loudness: Mapping[Role, Sequence[int | None]] = field(default_factory=dict)
    sounds: tuple[Sound, ...] | None = ()


def compute(runtime: Runtime, tenant: str, owed: Sequence[Owed], keep_going: KeepGoing) -> Iterator[Outcome]:
    """Each is redacted, then what some of them say is embedded together, then each is annotated with its vectors."""
    with runtime.database.tenant(tenant) as stores:
        sources = _sources(stores, owed)
        knowledge = _knowledge(stores)
    redacted = (attempt(one, lambda one: _redact(runtime, one, sources.get(one.id), knowledge)) for one in owed)
    for some in _together(redacted):
        vectors = _vectors(runtime, [outcome.value for outcome in some if outcome.value])
        for outcome in some:
            yield outcome if outcome.error else _annotated(runtime, outcome, knowledge, vectors)


def save(runtime: Runtime, stores: Stores, results: Sequence[tuple[Owed, Annotated]]) -> None:
    """Stores what is redacted and destroys what is not; of a call that waits until its recording is muted."""
    for owed, value in results:
        # The language first: the words are indexed by it.
        stores.interactions.save_transcript_meta(
            owed.id, duration_s=value.duration_s, language=value.language, flags=value.flags
        )
        stores.interactions.save_turns(owed.id, value.turns, value.redactions, value.annotations, value.subject)
        stores.interactions.save_sound(owed.id, value.set_aside, value.loudness)
        stores.sounds.save(owed.id, value.sounds)
    read = [value.source.id for owed, value in results if not owed.is_heard]
    stores.inbox.destroy_all(read, runtime.inbox)


def _sources(stores: Stores, owed: Sequence[Owed]) -> dict[uuid.UUID, InboxItem]:
    """What each is to be read from: a recording's transcript, of anything else the original."""
    calls = [one.id for one in owed if one.is_heard]
    others = [one.id for one in owed if not one.is_heard]
    return stores.inbox.newest(calls, "transcript") | stores.inbox.newest(others, "original")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the tenant knows before it reads a contact."""

    vocabulary: tuple[VocabularyEntry, ...]
    names: Gazetteer
    """Of the vocabulary."""
    phrases: PhraseCounts
    lexicon: tuple[LexiconEntry, ...]
    zone: ZoneInfo
    policy: Policy

    def of(self, owed: Owed, language: str) -> Known:
        from nlp import Background, Known, shorthand

        day = owed.record.started_at.astimezone(self.zone).date()
        return Known(
            names=self.names,
            background=Background(contacts=self.phrases.contacts, counts=self.phrases.counts),
            day=day,
            persons="PERSON" not in self.policy.masked,
            language=language,
            shorthand=shorthand(language, self.vocabulary),
            lexicon=self.lexicon,
        )


def _knowledge(stores: Stores) -> Knowledge:
    from nlp import gazetteer

    vocabulary = stores.vocabulary.all()
    return Knowledge(
        vocabulary=vocabulary,
        names=gazetteer(vocabulary),
        phrases=stores.phrases.counts(),
        lexicon=stores.lexicon.all(),
        zone=ZoneInfo(stores.tenants.get().time_zone),
        policy=policy_of(stores),
    )


def _together(redacted: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    """In order, so many at a time that their passages fill an embedder's batches and the memory holds them all."""
    some: list[Outcome] = []
    for outcome in redacted:
        some.append(outcome)
        if sum(len(one.value.said) for one in some if one.value) >= PASSAGES:
            yield some
            some = []
    if some:
        yield some


def _vectors(runtime: Runtime, contacts: Sequence[Unread]) -> TextVectors | None:
    """Of their redacted passages. None where there are none: then no model is loaded."""
    from nlp import TextVectors

    texts = [text for contact in contacts for text in contact.said]
    if not texts:
        return None
    embedder = runtime.models.embedder
    return TextVectors(
        embedder=embedder.provenance.model_sha256,
        languages=embedder.languages,
        by_text=dict(zip(texts, embedder.encode(texts), strict=True)),
    )


def _redact(runtime: Runtime, owed: Owed, source: InboxItem | None, knowledge: Knowledge) -> Unread:
    if source is None:
        raise StorageCorrupt("there is nothing to read it from")
    if owed.record.page is not None:
        return Unread(source=source)
    read = _read_voice(runtime.inbox.read(source)) if owed.is_heard else _read_text(runtime, owed, source)
    known = knowledge.of(owed, read.language)
    with runtime.models.language(read.language) as language:
        redacted = language.redact(
            (*read.turns, *_suspects(read)), subject=read.subject, names=known.names, policy=knowledge.policy
        )
        turns = redacted.turns[: len(read.turns)]
        said = language.sentiment_texts(turns, channel=owed.record.channel, known=known)
    return Unread(source=source, read=read, known=known, redacted=redacted, said=said)


def _annotated(runtime: Runtime, outcome: Outcome, knowledge: Knowledge, vectors: TextVectors | None) -> Outcome:
    return attempt(outcome.owed, lambda owed: _annotate(runtime, owed, outcome.value, knowledge, vectors))


def _annotate(
    runtime: Runtime, owed: Owed, contact: Unread, knowledge: Knowledge, vectors: TextVectors | None
) -> Annotated:
    from asr.sounds import sounds

    read, known, redacted = contact.read, contact.known, contact.redacted
    if read is None or known is None or redacted is None:
        return _click(owed, contact.source)
    turns = redacted.turns[: len(read.turns)]
    with runtime.models.language(read.language) as language:
        annotations = language.annotate(
            turns,
            channel=owed.record.channel,
            subject=redacted.subject,
            duration_s=read.duration_s,
            known=known,
            vectors=vectors,
        )
    return Annotated(
        turns=turns,
        redactions=redacted.redactions,
        annotations=replace(
            annotations,
            metrics={**annotations.metrics, **read.measured},
            skipped=(*annotations.skipped, *read.skipped),
            provenance=knowledge.policy.noted_in(annotations.provenance),
        ),
        subject=redacted.subject,
        language=read.language,
        flags=(*read.flags, *_says_nothing(annotations)),
        duration_s=read.duration_s if read.duration_s is not None else owed.record.duration_s,
        source=contact.source,
        set_aside=_set_aside(read, redacted.turns[len(read.turns) :]),
        loudness=read.loudness,
        sounds=sounds(turns, read.language),
    )


def _says_nothing(annotations: Annotations) -> tuple[str, ...]:
    """``junk`` for an answer that answers nothing, ``no_text`` where there is none."""
    codes = {one.reason_code for one in annotations.skipped if one.feature == "highlights.issue"}
    return tuple(flag for code, flag in ((JUNK, "junk"), (EMPTY, "no_text")) if code in codes)


def _suspects(read: Read) -> tuple[Turn, ...]:
    """They are redacted with the turns, and nothing else is made of them."""
    from asr import as_turns

    return as_turns(read.suspects, len(read.turns))


def _set_aside(read: Read, redacted: Sequence[Turn]) -> tuple[SetAside, ...]:
    from asr import set_aside

    return set_aside(read.suspects, redacted)


def _click(owed: Owed, source: InboxItem) -> Annotated:
    """Nobody said anything: there is no text to find something in, and no feeling."""
    skipped = tuple(Skipped(feature=feature, reason_code="web.click") for feature in ("highlights.issue", "sentiment"))
    nothing = Annotations(
        key_phrases=(),
        entities=(),
        sentiment=None,
        highlights=(),
        metrics={},
        skipped=skipped,
        provenance=Provenance(component="service.stages.annotate", version="1"),
    )
    return Annotated(
        turns=(),
        redactions=(),
        annotations=nothing,
        subject=None,
        language=owed.record.language,
        flags=(),
        source=source,
    )


def _read_voice(content: bytes) -> Read:
    from asr import loudness, suspects, turns

    transcript = read_transcript(content)
    share = transcript.decoded_share
    return Read(
        turns=turns(transcript),
        subject=None,
        language=transcript.language,
        duration_s=transcript.duration_s,
        suspects=suspects(transcript),
        loudness=loudness(transcript),
        measured={"decoded_share": share} if share is not None and "partial" in transcript.flags else {},
        skipped=(Skipped(feature="speakers", reason_code=ModelMissing.code),) if MIXED in transcript.flags else (),
    )


def _read_text(runtime: Runtime, owed: Owed, source: InboxItem) -> Read:
    from ingest.documents import open_document
    from nlp.language import detect

    with runtime.inbox.sealed(source).opened() as content:
        document = open_document(owed.record.media_type, content)
    language = owed.record.language or detect(document.text)
    return Read(
        turns=_turns(document, owed, language),
        subject=document.subject,
        language=language,
        duration_s=document.duration_s,
        flags=document.flags,
    )


def _turns(document: Document, owed: Owed, language: str) -> tuple[Turn, ...]:
    """Those that the source has, mails each without the ones that it quotes; else the text as one turn."""
    from nlp.mail import newest_text

    if not document.turns and owed.record.channel is not Channel.VOICE:
        return (_only_turn(document, owed, language),)
    if owed.record.channel is not Channel.EMAIL:
        return document.turns
    return tuple(replace(turn, text=newest_text(Document(text=turn.text), language)) for turn in document.turns)


def _only_turn(document: Document, owed: Owed, language: str) -> Turn:
    from nlp.mail import newest_text

    text = newest_text(document, language) if owed.record.channel is Channel.EMAIL else document.text
    return Turn(position=0, role=_writer(owed), text=text)


def _writer(owed: Owed) -> Role:
    """An agent writes notes and what goes out; a customer the rest."""
    if owed.record.channel is Channel.NOTE or owed.record.direction is Direction.OUTBOUND:
        return Role.AGENT
    return Role.CUSTOMER
