"""Before a model is changed: what the same recordings become with either, in words and in what is made of them."""

from __future__ import annotations

import io
import time
import wave
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import NotFound
from data.inbox import InboxItem
from data.inbox_cipher import Sealed
from data.records import InteractionRecord
from data.types import Channel, Filter, Highlight, Role, Transcript
from ingest.kinds import TURNS
from service.hearing import HearingOrder, Window
from service.redaction import policy_of
from service.runtime import Runtime
from service.stages.transcribe import HEAR, joined

if TYPE_CHECKING:
    from nlp import Gazetteer
    from nlp.redaction import Policy

SHOWN = 30
"""Changes of words, the most frequent first."""
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    name: str
    content: bytes | Sealed = field(repr=False)
    media_type: str | None = None
    channel_map: tuple[Role, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Words of one model that the other one hears otherwise; empty where it hears nothing there."""

    before: str
    after: str
    times: int
    recording: str
    """The first one in which it occurs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All texts are redacted by the tenant's policy. What is gained is found with the second model alone, with its
    recording before it."""

    recordings: int
    words: int
    """Of the first model, after normalisation."""
    diff_share: float | None
    """Edits from the first to the second by the words of the first."""
    time_ratio: float
    """Time of the second by that of the first, in turns on the same recordings; loading is not counted."""
    changes: tuple[Change, ...]
    reasons_gained: tuple[str, ...]
    reasons_lost: tuple[str, ...]
    phrases_gained: tuple[str, ...]
    phrases_lost: tuple[str, ...]
    entities_gained: tuple[str, ...]
    entities_lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What one model makes of one recording."""

    text: str
    language: str
    seconds: float
    reasons: frozenset[str]
    phrases: frozenset[str]
    entities: frozenset[str]


def given(files: Iterable[Path]) -> Iterator[Recording]:
    return (Recording(name=file.name, content=file.read_bytes()) for file in files)


def kept(runtime: Runtime, tenant: str, count: int) -> Iterator[Recording]:
    """The newest calls whose recording is kept, or still waits. Raises NotFound (permanent) where there is none."""
    found = list(islice(_kept(runtime, tenant), count))
    if not found:
        raise NotFound("no recording is kept: name files")
    for record, item in found:
        yield Recording(
            name=record.name,
            content=runtime.inbox.sealed(item),
            media_type=record.media_type,
            channel_map=record.channel_map,
        )


def _kept(runtime: Runtime, tenant: str) -> Iterator[tuple[InteractionRecord, InboxItem]]:
    cursor = None
    while True:
        with runtime.database.tenant(tenant) as stores:
            page = stores.interactions.list(Filter(channel=Channel.VOICE), limit=PAGE, cursor=cursor)
            calls = [record.id for record in page.items if record.media_type != TURNS]
            items = stores.inbox.newest(calls, "original") | stores.inbox.newest(calls, "recording")
        yield from ((record, items[record.id]) for record in page.items if record.id in items)
        cursor = page.next_cursor
        if cursor is None:
            return


def compare(
    runtime: Runtime,
    tenant: str,
    before: str,
    after: str,
    recordings: Iterable[Recording],
    tell: Callable[[str], object] = lambda name: None,
) -> Comparison:
    """Hears each recording with both models; nothing is stored. Raises ModelMissing, ModelCorrupt (retry), NotFound
    (permanent)."""
    for model in (before, after):
        _hear(runtime, tenant, model, Recording(name="silence", content=_silence()))
    masking = _masking(runtime, tenant)
    pairs = []
    for recording in recordings:
        tell(recording.name)
        one, other = (_side(runtime, tenant, model, recording, masking) for model in (before, after))
        pairs.append((recording.name, one, other))
    return _compared(pairs)


def _compared(pairs: Sequence[tuple[str, _Side, _Side]]) -> Comparison:
    from service.evaluate.scores_words import count_errors, total

    errors = total(count_errors(one.text, other.text, one.language) for _, one, other in pairs)
    kinds = ("reasons", "phrases", "entities")
    differing = {
        f"{kind}_{name}": tuple(_only(pairs, kind, first=name == "lost"))
        for kind in kinds
        for name in ("gained", "lost")
    }
    return Comparison(
        recordings=len(pairs),
        words=errors.words,
        diff_share=errors.wer,
        time_ratio=round(sum(other.seconds for _, _, other in pairs) / sum(one.seconds for _, one, _ in pairs), 2),
        changes=tuple(_changes(pairs)),
        **differing,
    )


def _only(pairs: Sequence[tuple[str, _Side, _Side]], kind: str, *, first: bool) -> Iterator[str]:
    """What the one side alone has."""
    for name, one, other in pairs:
        has, lacks = (one, other) if first else (other, one)
        yield from (f"{name}: {value}" for value in sorted(getattr(has, kind) - getattr(lacks, kind)))


def _changes(pairs: Sequence[tuple[str, _Side, _Side]]) -> Iterator[Change]:
    counted: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], str] = {}
    for name, one, other in pairs:
        for change in _replaced(one, other):
            counted[change] += 1
            first.setdefault(change, name)
    for (before, after), times in counted.most_common(SHOWN):
        yield Change(before=before, after=after, times=times, recording=first[before, after])


def _replaced(one: _Side, other: _Side) -> Iterator[tuple[str, str]]:
    """Words in place of others; a language without spaces is compared sign by sign."""
    from jiwer import process_words

    from service.evaluate.scores_words import UNSPACED, normalise

    apart = " " if one.language.partition("-")[0] in UNSPACED else ""
    said_text, heard_text = (apart.join(normalise(side.text, one.language)) for side in (one, other))
    if not said_text:
        return
    found = process_words(said_text, heard_text)
    said, heard = found.references[0], found.hypotheses[0]
    for chunk in found.alignments[0]:
        if chunk.type != "equal":
            words = said[chunk.ref_start_idx : chunk.ref_end_idx], heard[chunk.hyp_start_idx : chunk.hyp_end_idx]
            yield " ".join(words[0]), " ".join(words[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Masking:
    """What the tenant masks, and its names that are nobody's."""

    policy: Policy
    names: Gazetteer


def _masking(runtime: Runtime, tenant: str) -> _Masking:
    from nlp import gazetteer

    with runtime.database.tenant(tenant) as stores:
        return _Masking(policy=policy_of(stores), names=gazetteer(stores.vocabulary.all()))


def _side(runtime: Runtime, tenant: str, model: str, recording: Recording, masking: _Masking) -> _Side:
    from asr import turns

    began = time.perf_counter()
    transcript = _hear(runtime, tenant, model, recording)
    seconds = time.perf_counter() - began
    with runtime.models.language(transcript.language) as language:
        redacted = language.redact(turns(transcript), policy=masking.policy, names=masking.names)
        found = language.annotate(redacted.turns, channel=Channel.VOICE, duration_s=transcript.duration_s)
    return _Side(
        text=" ".join(turn.text for turn in redacted.turns),
        language=transcript.language,
        seconds=seconds,
        reasons=_reasons(runtime, tenant, [part for part in found.highlights if part.kind == "issue"]),
        phrases=frozenset(phrase.text for phrase in found.key_phrases),
        entities=frozenset(f"{entity.type} {entity.text}" for entity in found.entities),
    )


def _reasons(runtime: Runtime, tenant: str, issues: Sequence[Highlight]) -> frozenset[str]:
    """The names of the reasons that the issues are assigned."""
    from service import learning

    if not issues:
        return frozenset()
    vectors = runtime.models.embedder.encode([issue.text for issue in issues])
    assigner = learning.assigner(runtime, tenant)
    names = {reason.id: reason.name for reason in assigner.known}
    assigned = assigner.assign(vectors, [None] * len(issues))
    return frozenset(names.get(one.reason_id, one.reason_id) for one in assigned if one.reason_id is not None)


def _hear(runtime: Runtime, tenant: str, model: str, recording: Recording) -> Transcript:
    from data.models import resolve

    settings = runtime.settings
    with runtime.database.tenant(tenant) as stores:
        names = stores.vocabulary.all()
    order = HearingOrder(
        model=str(resolve(model, settings.model_dir)),
        device=settings.asr_device,
        compute_type=settings.asr_compute_type,
        threads=settings.threads,
        language=settings.asr_language,
        channel_map=recording.channel_map,
        window_s=settings.asr_window_s,
        audio_max_s=settings.audio_max_s,
        voices=runtime.models.voices(),
        media_type=recording.media_type,
        vocabulary=names,
    )
    heard = runtime.child.run(HEAR, recording.content, order, timeout_s=settings.stage_timeout_s)
    return joined([part for part in heard if isinstance(part, Window)], recording.channel_map)


def _silence() -> bytes:
    """A second of it, so that a model is loaded before its time is taken."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 16_000, 16_000, "NONE", "not compressed"))
        sound.writeframes(bytes(2 * 16_000))
    return file.getvalue()
