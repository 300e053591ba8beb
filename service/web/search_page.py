"""The search page: a query, what it found, and where in each contact."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from data.errors import QueryInvalid
from data.search import SearchPage
from data.stores import Stores
from data.types import Query
from nlp.query_explain import explain
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import Searching, SearchParameters
from service.category_view import narrowing
from service.meaning import meanings
from service.queries import read
from service.runtime import Runtime
from service.web.choices import choices
from service.web.rendering import address, page

router = APIRouter()
ON_A_PAGE = 20


@router.get("/search")
def search_page(request: Request, principal: Reader, runtime: TheRuntime, asked: Searching) -> Response:
    found: SearchPage | None = None
    fault: QueryInvalid | None = None
    asks: Query | None = None
    with runtime.database.tenant(principal.tenant) as stores:
        try:
            asks = read(asked.q)
            found = _found(runtime, stores, asks, asked)
        except QueryInvalid as error:
            fault = error
        offered, zone = choices(stores), zone_of(stores)
        narrowed = narrowing(stores, asked.filter(zone), asks)
    following = address(request, cursor=found.next_cursor) if found and found.next_cursor else None
    return page(
        "search.html",
        principal,
        section="/search",
        status=fault.status if fault else 200,
        asked=asked,
        choices=offered,
        found=found,
        fault=fault,
        marked=_marked(asked.q, fault) if fault else None,
        explanation=explain(asks) if asks else None,
        following=following,
        categories=narrowed,
        zone=zone,
        query=asked.q,
    )


def _marked(query: str, fault: QueryInvalid) -> tuple[str, str, str] | None:
    """The query before the fault, the word that begins with it, and the rest."""
    if fault.position is None:
        return None
    begun = query[fault.position :]
    word = begun.split(maxsplit=1)[0] if begun.strip() else ""
    word = begun[: begun.index(word) + len(word)]
    return query[: fault.position], word, begun[len(word) :]


def _found(runtime: Runtime, stores: Stores, asks: Query, asked: SearchParameters) -> SearchPage | None:
    """None where nothing was asked yet."""
    given = asked.model_dump(exclude={"limit", "cursor", "order"}, exclude_defaults=True)
    if not given:
        return None
    wanted = asked.filter(zone_of(stores))
    meant = meanings(runtime, asks)
    at = asked.cursor
    return stores.search.run(asks, wanted, limit=ON_A_PAGE, cursor=at, order=asked.order, meanings=meant)
