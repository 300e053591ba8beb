"""``/v1/search``: which contacts a query matches, how many, and where in their turns."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from data.types import Role
from nlp.query_explain import explain
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import Searching
from service.api.schemas import Answer, CategoryLabelOut, InteractionSummary, SpanOut
from service.category_view import narrowing
from service.meaning import meanings
from service.queries import read

router = APIRouter(tags=["search"])


class FoundTurnOut(Answer):
    position: int
    role: Role
    text: str
    begin_ms: int | None
    end_ms: int | None
    spans: list[SpanOut]


class HitOut(Answer):
    interaction: InteractionSummary
    turns: list[FoundTurnOut]
    """The first ten that hold something searched for."""
    turn_count: int
    """How many do."""


class SearchAnswer(BaseModel):
    hits: list[HitOut]
    total: int
    count_kind: Literal["exact", "at_least"]
    ranked: int | None
    """How many, the newest, are in the order of how well they fit; the others follow. Null with ``order=newest``."""
    not_evaluated: int
    """Contacts that are not analysed yet, or in which what is asked for was not measured: they may match."""
    explanation: str
    """The query in words."""
    next_cursor: str | None
    categories: list[CategoryLabelOut]
    """Those that the query and the filter ask for, with the version whose results they are."""


@router.get("/search", summary="Find where something was said")
def search(principal: Reader, runtime: TheRuntime, asked: Searching) -> SearchAnswer:
    """Words in any turn, `"phrases"` within one, `prefix*`, `OR`, `NOT`, `a NEAR/5 b`, `customer:( … )`, `silence>10s`.

    `~like:"…"` finds what means the same, in at most 1,000 contacts. `explanation` says the query back in words. The
    other parameters narrow it as they do for lists. A fault in the query is `query.invalid` with its `position`.
    """
    query = read(asked.q)
    meant = meanings(runtime, query)
    with runtime.database.tenant(principal.tenant) as stores:
        wanted = asked.filter(zone_of(stores))
        narrowed = narrowing(stores, wanted, query)
        found = stores.search.run(
            query,
            wanted,
            limit=asked.limit,
            cursor=asked.cursor,
            order=asked.order,
            meanings=meant,
        )
    return SearchAnswer(
        hits=[HitOut.model_validate(hit) for hit in found.hits],
        total=found.total,
        count_kind=found.count_kind,
        ranked=found.ranked,
        not_evaluated=found.not_evaluated,
        explanation=explain(query),
        next_cursor=found.next_cursor,
        categories=[CategoryLabelOut.model_validate(one) for one in narrowed],
    )
