"""Corrections at work: the assigner that they teach, the queue of what to correct next, and the watch over drift."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.corrections import Correction, Standing
from data.cursors import seal, unseal
from data.paging import Page, cut
from data.records import InteractionRecord
from data.stores import Stores
from service.learned import Assigner, Corpus
from service.runtime import Runtime

if TYPE_CHECKING:
    import numpy as np

    from classify import Facets, KnownReason, Surroundings, Taught
    from classify.drift import Drift
    from classify.values import Vectors
    from data.types import ReasonAssignment

REMEMBERED = 20_000
"""Contacts among which a new one is seen; of more, a sample that does not depend on when they came."""
GROWN_BY = 1.5
"""A corpus that has grown by this factor is read anew, discovery or not."""
NOT_KNOWN = "?"
"""In place of what a contact was taken for, where a person has corrected it or nothing was said of it."""
WATCHED_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A contact to look at; ``teaches`` (0–1) says how much of what is uncertain its answer would settle."""

    interaction: InteractionRecord
    teaches: float


@dataclass(frozen=True, slots=True)
class _Lessons:
    corrections: Sequence[Correction]
    standings: Mapping[uuid.UUID, Standing]
    known: Sequence[KnownReason]
    row: Mapping[uuid.UUID, int]
    surroundings: Surroundings
    meanings: Mapping[str, str]


def assigner(runtime: Runtime, tenant: str) -> Assigner:
    """What new contacts get their reason from now; it learns first where corrections wait.

    A correction that would make any reason's answers worse is held back: it holds for its own contact only, and is
    tried again with the next ones. Raises ModelUnavailable (retry).
    """
    embedder = runtime.models.embedder.name
    with runtime.assigners.lock, runtime.database.tenant(tenant) as stores:
        version, kept = _version(stores, embedder), runtime.assigners.assigners.get(tenant)
        if kept is None or kept.version != version:
            kept = _learned(runtime, stores, embedder)
            runtime.assigners.assigners[tenant] = kept
        return kept


def review(runtime: Runtime, tenant: str, *, limit: int, cursor: str | None = None) -> Page[Question]:
    """The contacts whose correction teaches most, spread over the reasons; no words twice, none that was corrected.

    Raises CursorInvalid (permanent).
    """
    from classify.learning_review import in_order, teaches

    embedder = runtime.models.embedder_name
    asked = ("review", tenant, embedder)
    begin = int(unseal(asked, cursor, (float,))[0]) if cursor else 0
    with runtime.assigners.lock, runtime.database.tenant(tenant) as stores:
        standings = stores.corrections.standings()
        corpus = _joined(stores, _corpus(runtime, stores, embedder), list(standings), embedder)
        if corpus is None:
            return Page(items=(), next_cursor=None, total=0)
        ids = sorted(corpus.row, key=corpus.row.__getitem__)
        scores = teaches(_uncertainty(ids, standings), corpus.surroundings.weights)
        about = [_about(standings.get(one)) for one in ids]
        queue = [(ids[row], float(scores[row])) for row in in_order(scores.tolist(), about, corpus.texts)]
        page, last = cut(queue[begin : begin + limit + 1], limit)
        records = stores.interactions.many([one for one, _ in page])
    items = tuple(Question(interaction=records[one], teaches=round(score, 4)) for one, score in page)
    return Page(items=items, next_cursor=seal(asked, (float(begin + limit),)) if last else None, total=len(queue))


def drift(runtime: Runtime, tenant: str, days: int = WATCHED_DAYS) -> Drift:
    """Whether the contacts of the last days are still what the last discovery was made of."""
    from classify.drift import Given
    from classify.drift import drift as compare

    with runtime.database.tenant(tenant) as stores:
        samples = stores.drift.samples(days)
    before, now = (
        Given(unassigned=side.unassigned, distances=side.distances, contacts=side.contacts)
        for side in (samples.before, samples.now)
    )
    return compare(before, now)


def _version(stores: Stores, embedder: str) -> str:
    return f"{embedder}|{stores.corrections.version()}|{stores.corrections.last_discovery()}"


def _learned(runtime: Runtime, stores: Stores, embedder: str) -> Assigner:
    known, corrections = stores.reasons.known(embedder), stores.corrections.lessons()
    corpus = _corpus(runtime, stores, embedder) if corrections else None
    corpus = _joined(stores, corpus, [one.interaction_id for one in corrections], embedder) if corpus else None
    if corpus is None:
        return Assigner(_version(stores, embedder), known, None, {}, facets(stores, embedder, known))
    lessons = _lessons(stores, corpus, known, corrections)
    taught = _guarded(stores, lessons)
    untaught = facets(stores, embedder, known) if taught is None else None
    return Assigner(_version(stores, embedder), known, taught, lessons.meanings, untaught)


def nearest(stores: Stores, embedder: str, vectors: Vectors) -> list[ReasonAssignment]:
    """For each row the known reason that is nearest, or none: as new contacts are assigned before any correction."""
    from classify import assign

    known = stores.reasons.known(embedder)
    return assign(vectors, known, facets(stores, embedder, known))


def facets(stores: Stores, embedder: str, known: Sequence[KnownReason]) -> Facets | None:
    """In how many ways each reason is said, by a sample of those who have it; None where nobody has one."""
    import numpy as np

    from classify import Facets

    reasons, vectors = stores.embeddings.assigned(embedder, REMEMBERED)
    if not known or not reasons:
        return None
    place = {reason.id: number for number, reason in enumerate(known)}
    labels = np.array([place.get(reason, -1) for reason in reasons], dtype=np.int64)
    return Facets.of(vectors, labels, np.stack([np.asarray(reason.centroid, dtype=np.float32) for reason in known]))


def _lessons(
    stores: Stores, corpus: Corpus, known: Sequence[KnownReason], corrections: Sequence[Correction]
) -> _Lessons:
    from classify.learning_codes import code_meanings

    standings = stores.corrections.standings()
    codes = [one.wrap_up_code for one in standings.values()]
    meanings = code_meanings(codes, [one.reason_id for one in standings.values()])
    heard = [one for one in corrections if one.interaction_id in corpus.row]
    return _Lessons(heard, standings, known, corpus.row, corpus.surroundings, meanings)


def _guarded(stores: Stores, lessons: _Lessons) -> Taught | None:
    """Taught by all corrections if no reason gets worse; else without the new ones that name one that does."""
    from classify.learning_guard import worse

    live = [one for one in lessons.corrections if one.learned]
    before = _teach(lessons, live)
    if all(one.learned is not None for one in lessons.corrections):
        return before if live else None
    kept, after = list(lessons.corrections), _teach(lessons, lessons.corrections)
    if harmed := worse(before, after):
        kept = [one for one in kept if one.learned or not {str(one.reason_id), str(one.previous_id)} & harmed]
        after = _teach(lessons, kept)
        if worse(before, after):
            kept, after = live, before
    _judge(stores, lessons.corrections, kept)
    return after if kept else None


def _judge(stores: Stores, corrections: Sequence[Correction], kept: Sequence[Correction]) -> None:
    learned = {one.id for one in kept}
    stores.corrections.judge(learned, learned=True)
    stores.corrections.judge([one.id for one in corrections if one.id not in learned], learned=False)


def _teach(lessons: _Lessons, corrections: Sequence[Correction]) -> Taught:
    from classify import learn
    from classify.learning_codes import hints

    ids = sorted(lessons.row, key=lessons.row.__getitem__)
    said = {one.interaction_id for one in lessons.corrections}
    standings = [None if one in said else lessons.standings.get(one) for one in ids]
    given = {lessons.row[one.interaction_id]: str(one.reason_id) if one.reason_id else None for one in corrections}
    columns = sorted({one.id for one in lessons.known} | {reason for reason in given.values() if reason})
    column: dict[str | None, int] = {**{reason: place for place, reason in enumerate(columns)}, None: len(columns)}
    return learn(
        lessons.surroundings,
        lessons.known,
        given,
        [one.reason_id if one else NOT_KNOWN for one in standings],
        hints([one.wrap_up_code if one else None for one in standings], lessons.meanings, column),
    )


def _corpus(runtime: Runtime, stores: Stores, embedder: str) -> Corpus | None:
    """The tenant's contacts, read once for each discovery, or when there are many more; None where they are too few."""
    from classify import Surroundings

    version, kept = f"{embedder}|{stores.corrections.last_discovery()}", runtime.assigners.corpora.get(stores.tenant)
    count = min(stores.embeddings.count(embedder), REMEMBERED)
    if kept is not None and kept.version == version and count <= GROWN_BY * len(kept.row):
        return kept
    everything = stores.embeddings.all(embedder)
    ids = everything.interaction_ids[:REMEMBERED]
    if len(ids) < 2:
        return None
    row = {one: place for place, one in enumerate(ids)}
    read = Corpus(version, row, everything.texts[:REMEMBERED], Surroundings.of(everything.vectors[:REMEMBERED]))
    runtime.assigners.corpora[stores.tenant] = read
    return read


def _joined(stores: Stores, corpus: Corpus | None, ids: Sequence[uuid.UUID], embedder: str) -> Corpus | None:
    """With these contacts, where they came after the corpus was read."""
    if corpus is None:
        return None
    missing, vectors = stores.embeddings.of(embedder, [one for one in ids if one not in corpus.row][:REMEMBERED])
    if not missing:
        return corpus
    records = stores.interactions.many(missing)
    row = {**corpus.row, **{one: len(corpus.row) + place for place, one in enumerate(missing)}}
    texts = [*corpus.texts, *((records[one].issue or "") if one in records else "" for one in missing)]
    return Corpus(corpus.version, row, texts, corpus.surroundings.joined_by(vectors))


def _uncertainty(ids: Sequence[uuid.UUID], standings: Mapping[uuid.UUID, Standing]) -> np.ndarray:
    """How little is known of why each came, most where no reason is like it; nothing where a person said it."""
    import numpy as np

    def of(one: Standing | None) -> float:
        if one is None or one.source == "human":
            return 0.0
        return 1.0 - one.confidence

    return np.array([of(standings.get(one)) for one in ids], dtype=np.float64)


def _about(standing: Standing | None) -> str | None:
    return (standing.reason_id or standing.nearest_id) if standing else None
