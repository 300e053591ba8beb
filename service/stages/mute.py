"""A call's recording becomes one that may be kept: silent where something was masked; then the original is destroyed.

What is kept is encrypted as the original was. Where silence cannot be had, no recording is kept, and the contact says
why: under ``skipped``, feature ``recording``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.errors import InputRefused, ModelUnavailable, ReasonanceError, StageStopped, Unavailable
from data.inbox import InboxItem
from data.records import InteractionRecord
from data.stores import Stores
from data.turns import StoredTurn
from data.types import Redaction, SetAside, Skipped, Transcript, Word
from service.muting import AsItIs, MuteOrder, Secret, Withheld
from service.runtime import Runtime
from service.stages.transcribe import read_transcript
from service.stages.work import KeepGoing, Outcome, Owed, attempt

MUTE = "service.muting:mute"
FEATURE = "recording"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """``item``: what may be played from now on, whose file is durable; None: nothing, for the reason given."""

    item: InboxItem | None
    as_it_is: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known of a call when it is muted; the transcript is that before masking, while it is there."""

    source: InboxItem
    transcript: Transcript | None
    turns: tuple[StoredTurn, ...]
    set_aside: tuple[SetAside, ...]
    redactions: tuple[Redaction, ...]


def compute(runtime: Runtime, tenant: str, owed: Sequence[Owed], keep_going: KeepGoing) -> Iterator[Outcome]:
    for one in owed:
        yield attempt(one, lambda one: _mute(runtime, tenant, one, keep_going))


def save(runtime: Runtime, stores: Stores, results: Sequence[tuple[Owed, Kept]]) -> None:
    """Destroys whatever else there is of the call with its keys: nothing masked can be heard from here on."""
    for owed, value in results:
        for item in stores.inbox.of(owed.id):
            if not (value.as_it_is and value.item and item.id == value.item.id):
                stores.inbox.destroy(item.id, runtime.inbox)
        if value.item is not None:
            _keep(stores, owed, value.item, as_it_is=value.as_it_is)
        _say(stores, stores.interactions.get(owed.id), value.reason)


def _keep(stores: Stores, owed: Owed, item: InboxItem, *, as_it_is: bool) -> None:
    if as_it_is:
        stores.inbox.keep(item.id)
    else:
        stores.inbox.add(item, owed.id)


def _say(stores: Stores, record: InteractionRecord, reason: str | None) -> None:
    """Why no recording is kept, among what was not computed."""
    others = tuple(one for one in record.skipped if one.feature != FEATURE)
    skipped = (*others, Skipped(feature=FEATURE, reason_code=reason)) if reason else others
    if skipped != record.skipped:
        stores.interactions.set_skipped(record.id, skipped)


def _mute(runtime: Runtime, tenant: str, owed: Owed, keep_going: KeepGoing) -> Kept:
    """Fails closed: what cannot be muted at the last attempt is not kept."""
    known = _known(runtime, tenant, owed)
    try:
        return _muted(runtime, tenant, owed, known, keep_going)
    except (ModelUnavailable, StageStopped, Unavailable):
        raise
    except ReasonanceError as error:
        if not isinstance(error, InputRefused) and owed.claim.attempt < runtime.settings.stage_attempts:
            raise
        log.warning("recording_withheld: %s: %s", owed.id, error.code)
        return Kept(item=None, reason=error.code)


def _known(runtime: Runtime, tenant: str, owed: Owed) -> Known:
    with runtime.database.tenant(tenant) as stores:
        source = stores.inbox.audible(owed.id)
        item = stores.inbox.newest([owed.id], "transcript").get(owed.id)
        return Known(
            source=source,
            transcript=read_transcript(runtime.inbox.read(item)) if item else None,
            turns=stores.turns.of(owed.id),
            set_aside=stores.turns.set_aside(owed.id),
            redactions=stores.turns.redactions(owed.id),
        )


def _muted(runtime: Runtime, tenant: str, owed: Owed, known: Known, keep_going: KeepGoing) -> Kept:
    order = _order(runtime, owed, known)
    timeout_s = runtime.settings.stage_timeout_s
    sealed = runtime.inbox.sealed(known.source)
    heard = runtime.child.run(MUTE, sealed, order, timeout_s=timeout_s, keep_going=keep_going)
    first = next(heard)
    if isinstance(first, (AsItIs, Withheld)):
        list(heard)
        as_it_is = isinstance(first, AsItIs)
        reason = None if isinstance(first, AsItIs) else first.reason
        return Kept(item=known.source if as_it_is else None, as_it_is=as_it_is, reason=reason)
    with runtime.inbox.writer(tenant, "recording") as writer:
        writer.write(first.content)
        for part in heard:
            writer.write(part.content)
    return Kept(item=writer.item)


def _order(runtime: Runtime, owed: Owed, known: Known) -> MuteOrder:
    settings = runtime.settings
    language = known.transcript.language if known.transcript else owed.record.language
    return MuteOrder(
        model=runtime.models.transcriber(),
        device=settings.asr_device,
        compute_type=settings.asr_compute_type,
        threads=settings.threads,
        language=None if language in (None, "und") else language,
        media_type=owed.record.media_type,
        secrets=tuple(_secrets(known)),
        kept=tuple(_kept(known)),
    )


def _secrets(known: Known) -> Iterator[Secret]:
    """Of what nobody believes was said, too: it became no turn, but it can be heard."""
    said = {turn.position: _place(turn.begin_ms, turn.end_ms) for turn in known.turns}
    said |= {one.position: (one.begin_ms, one.end_ms) for one in known.set_aside}
    for redaction in known.redactions:
        yield _secret(redaction, said.get(redaction.span.turn), known.transcript)


def _secret(redaction: Redaction, turn_ms: tuple[int, int] | None, transcript: Transcript | None) -> Secret:
    place = _place(redaction.span.begin_ms, redaction.span.end_ms)
    said = (word for segment in transcript.segments for word in segment.words) if transcript and place else ()
    return Secret(
        span_ms=place,
        turn_ms=turn_ms,
        words=tuple(word.text for word in said if place and place[0] <= (word.begin_ms + word.end_ms) / 2 <= place[1]),
    )


def _place(begin_ms: int | None, end_ms: int | None) -> tuple[int, int] | None:
    return None if begin_ms is None or end_ms is None else (begin_ms, end_ms)


def _kept(known: Known) -> Iterator[Word]:
    """The words that may be heard."""
    for turn in known.turns:
        masked = [one.span for one in known.redactions if one.span.turn == turn.position]
        for word in turn.words:
            if not any(span.char_begin < word.char_end and word.char_begin < span.char_end for span in masked):
                yield word
