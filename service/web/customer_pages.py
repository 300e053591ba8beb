"""Who contacts, and one customer: the timeline with who came back, tags, signs of leaving, value."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from classify.tags import HALF_LIFE_DAYS, REPEAT_DAYS, Tag
from data.episodes import Episode
from data.records import InteractionRecord
from service.api.access import Reader, TheRuntime
from service.api.customers import CustomerPaging
from service.api.interactions import zone_of
from service.customers import episodes, find, profile
from service.web.rendering import address, page

router = APIRouter()
HEADINGS = {
    "reason": "Why they contact",
    "category": "Categories",
    "repeat_contact": "Came back",
    "sentiment": "How it felt",
    "sentiment_course": "How it felt",
    "interest": "Interests",
}
"""Kinds of tags by where they stand; others stand behind them under their own name."""
ELSEWHERE = ("churn_signal", "rfv")
"""Kinds that the page shows apart."""


class CustomerQuestion(CustomerPaging):
    ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a contact stands in its episode, counted from 1."""

    number: int
    of: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contact of the timeline, or the pages looked at in a row."""

    records: Sequence[InteractionRecord]
    place: Place | None

    @property
    def clicks(self) -> bool:
        return self.records[0].page is not None


@router.get("/customers")
def customers_page(
    request: Request, principal: Reader, runtime: TheRuntime, asked: Annotated[CustomerQuestion, Query()]
) -> Response:
    if asked.ref:
        return RedirectResponse(f"/customers/{asked.ref.strip()}", status_code=303)
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.customers.list(limit=asked.limit, cursor=asked.cursor)
        stores.audit.write(principal.actor, "customers.read", "list", {"count": len(found.items)})
        zone = zone_of(stores)
    following = address(request, cursor=found.next_cursor) if found.next_cursor else None
    return page("customers.html", principal, section="/customers", found=found, following=following, zone=zone)


@router.get("/customers/{ref}")
def customer_page(
    ref: str, request: Request, principal: Reader, runtime: TheRuntime, asked: Annotated[CustomerPaging, Query()]
) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        customer = find(stores, ref)
        stores.audit.write(principal.actor, "customer.read", str(customer.id))
        timeline = stores.customers.timeline(customer.id, limit=asked.limit, cursor=asked.cursor)
        known, came_back = profile(stores, customer, runtime.settings), episodes(stores, customer)
        outcomes = stores.outcomes.of_many([customer.id]).get(customer.id, ())
        zone = zone_of(stores)
    return page(
        "customer.html",
        principal,
        section="/customers",
        customer=customer,
        timeline=timeline,
        entries=list(_entries(timeline.items, _places(came_back))),
        following=address(request, cursor=timeline.next_cursor) if timeline.next_cursor else None,
        known=known,
        came_back=came_back,
        groups=_groups(known.tags),
        outcomes=outcomes[::-1],
        half_life_days=HALF_LIFE_DAYS,
        repeat_days=REPEAT_DAYS,
        zone=zone,
    )


def _places(came_back: Iterable[Episode]) -> dict[uuid.UUID, Place]:
    return {
        interaction: Place(number=number, of=episode.contacts, reason=episode.reason_name)
        for episode in came_back
        for number, interaction in enumerate(episode.interactions, start=1)
    }


def _entries(records: Sequence[InteractionRecord], places: dict[uuid.UUID, Place]) -> Iterable[Entry]:
    """The timeline, with clicks that follow one another as one entry."""
    for clicks, run in groupby(records, key=lambda record: record.page is not None):
        if clicks:
            yield Entry(records=tuple(run), place=None)
        else:
            yield from (Entry(records=(record,), place=places.get(record.id)) for record in run)


def _groups(tags: Sequence[Tag]) -> dict[str, list[Tag]]:
    """Tags under their headings, the strongest of each first."""
    groups: dict[str, list[Tag]] = {heading: [] for heading in HEADINGS.values()}
    for tag in tags:
        if tag.kind not in ELSEWHERE:
            groups.setdefault(HEADINGS.get(tag.kind, tag.kind.replace("_", " ").capitalize()), []).append(tag)
    return {heading: held for heading, held in groups.items() if held}
