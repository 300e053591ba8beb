"""Searching by meaning: what a query's texts mean, and vectors for turns that have none of the embedder in use."""

from __future__ import annotations

from collections.abc import Callable

from data.meaning import Meaning
from data.types import Like, Query, walk
from service.runtime import Runtime
from service.stages import turns
from service.stages.classify import reads

TOGETHER = 200
"""Contacts whose turns are embedded in one transaction."""


def meanings(runtime: Runtime, query: Query) -> dict[str, Meaning]:
    """By text, what each ``~like:`` of the query asks for; no model is loaded where there is none.

    Raises ModelMissing, ModelCorrupt (retry).
    """
    texts = [node.text for node in walk(query.root) if isinstance(node, Like)] if query.root else []
    if not texts:
        return {}
    embedder = runtime.models.embedder
    vectors = embedder.encode(texts)
    return {
        text: Meaning(embedder=embedder.name, vector=vector, threshold=embedder.threshold)
        for text, vector in zip(texts, vectors, strict=True)
    }


def embed_turns(runtime: Runtime, tenant: str, show: Callable[[int], None]) -> int:
    """Gives every analysed contact without vectors of this embedder those of its turns; returns how many had none.

    ``show`` is told how many are done. Broken off, it goes on where it was. Raises ModelMissing, ModelCorrupt (retry).
    """
    embedder = runtime.models.embedder
    runtime.database.index_embedder(embedder.name, embedder.dimensions)
    done = 0
    while some := _embed_some(runtime, tenant):
        done += some
        show(done)
    return done


def _embed_some(runtime: Runtime, tenant: str) -> int:
    embedder = runtime.models.embedder
    with runtime.database.tenant(tenant) as stores:
        ids = stores.meaning.waiting(embedder.name, TOGETHER)
        records = stores.interactions.many(ids)
        said = turns.to_embed(stores, embedder.name, [one for one in ids if reads(embedder, records[one])])
        fresh = said.fresh
        encoded = dict(zip(fresh, embedder.encode(fresh), strict=True)) if fresh else {}
        vectors = [vector for some in said.vectors(encoded).values() for vector in some]
        stores.meaning.put(embedder.name, ids, vectors)
    return len(ids)
