"""Who contacts, and one customer with timeline and tags."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from classify.tags import HALF_LIFE_DAYS
from service.api.access import Reader, TheRuntime
from service.api.customers import CustomerPaging
from service.api.interactions import zone_of
from service.customers import find, tags
from service.web.rendering import address, page

router = APIRouter()


class CustomerQuestion(CustomerPaging):
    ref: str | None = None


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
        given, zone = tags(stores, customer), zone_of(stores)
        began = {contact.interaction_id: contact.started_at for contact in stores.customers.contacts(customer.id)}
    return page(
        "customer.html",
        principal,
        section="/customers",
        customer=customer,
        timeline=timeline,
        following=address(request, cursor=timeline.next_cursor) if timeline.next_cursor else None,
        tags=given,
        began=began,
        half_life_days=HALF_LIFE_DAYS,
        zone=zone,
    )
