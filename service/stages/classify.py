"""Annotations become reasons: what the contact is about, as vectors, and the known reasons nearest to them.

The primary issue's reason is the contact's reason; each further issue may add another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.embeddings import FurtherEmbedding, NewEmbedding
from data.meaning import TurnVector
from data.records import InteractionRecord
from data.stores import Stores
from data.types import Highlight, ReasonAssignment, Skipped, State
from service import categories, learning
from service.runtime import Runtime
from service.stages import turns
from service.stages.work import KeepGoing, Outcome, Owed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from classify import Embedder

UNASSIGNED = ReasonAssignment(reason_id=None, confidence=0.0, nearest_id=None, distance=None)
"""For a contact that says nothing of why it came: counted, not guessed."""

UNREAD = Skipped(feature="reason", reason_code="language.not_supported")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One issue with its vector and what it was found to be."""

    assignment: ReasonAssignment
    vector: NDArray[np.float32]
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """The issues of one contact, the primary one first; none where it says nothing."""

    issues: tuple[Placed, ...] = ()
    turns: tuple[TurnVector, ...] = ()
    """What each of its turns means, for the search by meaning."""
    unread: bool = False
    """The embedder knows nothing of the contact's language: its vectors would be of the language, not of the reason."""

    @property
    def assignment(self) -> ReasonAssignment:
        return self.issues[0].assignment if self.issues else UNASSIGNED


def compute(runtime: Runtime, tenant: str, owed: Sequence[Owed], keep_going: KeepGoing) -> Iterator[Outcome]:
    """All issues are encoded together: a model that sees one text at a time is several times slower."""
    import numpy as np

    embedder = runtime.models.embedder
    issues = [issues_of(one.record) if reads(embedder, one.record) else () for one in owed]
    texts = [issue.text for some in issues for issue in some]
    with runtime.database.tenant(tenant) as stores:
        said = turns.to_embed(stores, embedder.name, [one.id for one in owed if reads(embedder, one.record)])
        stored = stores.embeddings.of_texts(embedder.name, set(map(text_hash, [*texts, *said.fresh])))
    vectors = _vectors(embedder, [*texts, *said.fresh], stored)
    rows = np.stack([vectors[text] for text in texts]) if texts else np.zeros((0, embedder.dimensions), np.float32)
    # What an agent coded is why the contact came: it says nothing of a further issue.
    codes = [
        one.record.wrap_up_code if place == 0 else None
        for one, some in zip(owed, issues, strict=True)
        for place in range(len(some))
    ]
    assignments = iter(learning.assigner(runtime, tenant).assign(rows, codes))
    meant = said.vectors(vectors)
    for one, some in zip(owed, issues, strict=True):
        placed = tuple(
            Placed(
                assignment=replace(next(assignments), evidence=issue.spans),
                vector=vectors[issue.text],
                text_hash=text_hash(issue.text),
            )
            for issue in some
        )
        unread = not reads(embedder, one.record)
        yield Outcome(owed=one, value=Classified(issues=placed, turns=meant.get(one.id, ()), unread=unread))


def save(runtime: Runtime, stores: Stores, results: Sequence[tuple[Owed, Classified]]) -> None:
    embedder = runtime.models.embedder.name
    primary = [
        NewEmbedding(interaction_id=owed.id, vector=value.issues[0].vector, text_hash=value.issues[0].text_hash)
        for owed, value in results
        if value.issues
    ]
    if primary:
        stores.embeddings.put_many(embedder, primary)
    stores.embeddings.put_further(embedder, [owed.id for owed, _ in results], _further(results))
    vectors = [vector for _, value in results for vector in value.turns]
    stores.meaning.put(embedder, [owed.id for owed, _ in results], vectors)
    # A click on the web has no reason, and is not counted among those that none fits.
    said = [(owed.id, value) for owed, value in results if owed.record.page is None]
    corrected = stores.corrections.among([one for one, _ in said])
    stores.reasons.assign_all([(one, value.assignment) for one, value in said if one not in corrected])
    stores.reasons.assign_further([(one, [placed.assignment for placed in value.issues[1:]]) for one, value in said])
    for owed, value in results:
        skipped = _skipped(owed.record, value)
        if skipped != owed.record.skipped:
            stores.interactions.set_skipped(owed.id, skipped)
    stores.interactions.set_states([owed.id for owed, _ in results], State.ANALYSED)
    fresh = [owed.id for owed, _ in results if owed.record.state is not State.ANALYSED]
    categories.evaluate(stores, [owed.id for owed, _ in results], fresh=fresh)


def reads(embedder: Embedder, record: InteractionRecord) -> bool:
    """True, too, where nobody says which language it is."""
    language = (record.language or "").partition("-")[0].lower()
    return not language or embedder.languages is None or language in embedder.languages


def _skipped(record: InteractionRecord, value: Classified) -> tuple[Skipped, ...]:
    """What it was before, with or without the reason."""
    others = tuple(one for one in record.skipped if one.feature != UNREAD.feature)
    return (*others, UNREAD) if value.unread else others


def issues_of(record: InteractionRecord) -> tuple[Highlight, ...]:
    """What the contact is about, the primary issue first."""
    return tuple(highlight for highlight in record.highlights if highlight.kind == "issue")


def text_hash(text: str) -> str:
    """Tells whether a stored vector is of this text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _vectors(
    embedder: Embedder, texts: Iterable[str], stored: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """By text; only what no contact of the tenant has said in these words before is encoded."""
    hashes = {text: text_hash(text) for text in texts}
    fresh = [text for text, known_as in hashes.items() if known_as not in stored]
    encoded = dict(zip(fresh, embedder.encode(fresh), strict=True)) if fresh else {}
    return {text: encoded[text] if text in encoded else stored[known_as] for text, known_as in hashes.items()}


def _further(results: Sequence[tuple[Owed, Classified]]) -> Iterator[FurtherEmbedding]:
    for owed, value in results:
        for position, placed in enumerate(value.issues[1:], start=1):
            yield FurtherEmbedding(
                interaction_id=owed.id, position=position, vector=placed.vector, text_hash=placed.text_hash
            )
