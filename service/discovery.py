"""Discovery: the reasons behind all of a tenant's contacts, under ids that outlive it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from data.embeddings import Embedded
from data.errors import TooFewTexts
from data.ids import new_id, parse_id
from data.reason_records import Discovery, FoundReason, Level, ReasonChange
from data.stores import Stores
from data.types import Provenance
from service.further import give_further_reasons
from service.runtime import Runtime

if TYPE_CHECKING:
    from classify import DiscoveredReason, Granularity, Hierarchy, ReasonEvent
    from classify import Discovery as Found

Show: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def discover(runtime: Runtime, tenant: str, granularity: Granularity = "medium", show: Show | None = None) -> uuid.UUID:
    """Finds the reasons anew and gives every contact its own; returns the run's id.

    Reasons that were known keep their ids, and what people did to them. The same contacts in any order give the same
    reasons. Raises TooFewTexts (permanent), ModelUnavailable (retry).
    """
    from classify import discover as find

    started_at = dt.datetime.now(dt.UTC)
    embedder = runtime.models.embedder
    with runtime.database.tenant(tenant) as stores:
        stores.tenants.ensure()
        corpus = stores.embeddings.all(embedder.name)
    if not corpus.texts:
        raise TooFewTexts("there are none")
    runtime.database.index_embedder(embedder.name, embedder.dimensions)
    progress = (lambda done, total: show("discover", done, total)) if show else None
    found = find(
        corpus.texts,
        corpus.vectors,
        phrases=corpus.phrases,
        granularity=granularity,
        progress=progress,
        encode=embedder.encode,
    )
    with runtime.database.tenant(tenant) as stores:
        return record(stores, found, corpus, embedder.name, granularity, embedder.provenance, started_at)


def record(
    stores: Stores,
    found: Found,
    corpus: Embedded,
    embedder: str,
    granularity: str,
    provenance: Provenance,
    started_at: dt.datetime | None = None,
) -> uuid.UUID:
    """Settles what was found with what the registry holds, and stores both; returns the run's id.

    Nobody changes the registry in between: it is held until the transaction ends.
    """
    settled = _settled(stores, found, corpus, embedder)
    discovery_id = stores.reasons.record_discovery(_run(settled, corpus, embedder, granularity, provenance, started_at))
    give_further_reasons(stores, embedder)
    return discovery_id


@dataclass(frozen=True, slots=True)
class _Settled:
    hierarchy: Hierarchy
    given: Mapping[int, str | None]
    """The rows whose reason a person gave."""


def _settled(stores: Stores, found: Found, corpus: Embedded, embedder: str) -> _Settled:
    """What was found under lasting ids; until the transaction ends nobody changes what it was settled with."""
    from classify import reconcile_levels

    state = stores.registry.state()
    current, corrections = state.current(), state.corrections()
    given = {row: corrections[one] for row, one in enumerate(corpus.interaction_ids) if one in corrections}
    hierarchy = reconcile_levels(
        found,
        corpus.vectors,
        state.registered(embedder),
        new_id=lambda: str(new_id()),
        previous=[current.get(one, (None, None)) for one in corpus.interaction_ids],
        given=given,
    )
    return _Settled(hierarchy, given)


def _run(
    settled: _Settled,
    corpus: Embedded,
    embedder: str,
    granularity: str,
    provenance: Provenance,
    started_at: dt.datetime | None,
) -> Discovery:
    from classify import memberships

    hierarchy = settled.hierarchy
    reasons = hierarchy.reasons
    assigned = memberships(reasons.discovery, corpus.vectors, reasons.ids)
    details = zip(corpus.interaction_ids, hierarchy.detail_of_row, strict=True)
    return Discovery(
        embedder=embedder,
        granularity=granularity,
        reasons=tuple(_reasons(hierarchy, corpus)),
        changes=tuple(map(_change, hierarchy.events)),
        assignments=tuple(zip(corpus.interaction_ids, assigned, strict=True)),
        provenance=provenance,
        started_at=started_at,
        details={one: parse_id(detail) for one, detail in details if detail},
        by_people=frozenset(corpus.interaction_ids[row] for row in settled.given),
    )


def _reasons(hierarchy: Hierarchy, corpus: Embedded) -> Iterator[FoundReason]:
    """Each after what is above it."""
    for group in hierarchy.groups:
        yield _reason(group.id, group.reason, corpus, None, "group")
    for reason_id, reason in zip(hierarchy.reasons.ids, hierarchy.reasons.discovery.reasons, strict=True):
        yield _reason(reason_id, reason, corpus, hierarchy.group_of[reason_id], "reason")
    for detail in hierarchy.details:
        yield _reason(detail.id, detail.reason, corpus, detail.parent_id, "detail")


def _reason(
    reason_id: str, found: DiscoveredReason, corpus: Embedded, parent_id: str | None, level: Level
) -> FoundReason:
    return FoundReason(
        id=parse_id(reason_id),
        name=found.name,
        keywords=found.keywords,
        centroid=found.centroid,
        size=found.size,
        representatives=tuple(corpus.interaction_ids[row] for row in found.representatives),
        parent_id=parse_id(parent_id) if parent_id else None,
        level=level,
    )


def _change(event: ReasonEvent) -> ReasonChange:
    return ReasonChange(
        kind=event.kind,
        reason_id=parse_id(event.reason_id),
        others=tuple(map(parse_id, event.others)),
        similarity=event.similarity,
        size_before=event.size_before,
        size_after=event.size_after,
    )
