"""``/v1/customers``: who contacts, their contacts, and the tags that a CRM takes over, each with its evidence."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from classify.tags import HALF_LIFE_DAYS, Tag
from data.customers import CustomerRecord
from service.api.access import Reader, TheRuntime
from service.api.parameters import PAGE_DEFAULT, PAGE_MAX
from service.api.schemas import Answer, InteractionPage, InteractionSummary
from service.customers import find, tags

router = APIRouter(tags=["customers"])


class CustomerPaging(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(PAGE_DEFAULT, ge=1, le=PAGE_MAX)
    cursor: str | None = Field(None, max_length=2000)


class RefOut(Answer):
    scheme: Literal["crm", "phone", "email"]
    value: str


class CustomerOut(Answer):
    id: uuid.UUID
    refs: list[RefOut]
    contacts: int
    first_contact: dt.datetime
    last_contact: dt.datetime
    segment: str | None


class CustomerPage(BaseModel):
    items: list[CustomerOut]
    total: int
    next_cursor: str | None


class TagOut(Answer):
    kind: str
    key: str
    label: str
    strength: float = Field(description="0–1; halves with each half-life since the contacts that gave it.")
    count: int
    first_seen: dt.datetime
    last_seen: dt.datetime
    evidence: list[uuid.UUID] = Field(description="The contacts it rests on: see `/v1/interactions/{id}`.")


class TagList(BaseModel):
    customer: CustomerOut
    tags: list[TagOut]
    half_life_days: float


@router.get("/customers", summary="List customers")
def list_customers(principal: Reader, runtime: TheRuntime, asked: Annotated[CustomerPaging, Query()]) -> CustomerPage:
    """Who had contact most recently first. Each reading is in the audit, for it shows identifiers."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.customers.list(limit=asked.limit, cursor=asked.cursor)
        stores.audit.write(principal.actor, "customers.read", "list", {"count": len(found.items)})
    items = [CustomerOut.model_validate(item) for item in found.items]
    return CustomerPage(items=items, total=found.total, next_cursor=found.next_cursor)


@router.get("/customers/{ref}", summary="One customer")
def get_customer(ref: str, principal: Reader, runtime: TheRuntime) -> CustomerOut:
    """`ref` is `crm:…`, `phone:…`, `email:…`, or a customer's id."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = find(stores, ref)
        stores.audit.write(principal.actor, "customer.read", str(found.id))
    return CustomerOut.model_validate(found)


@router.get("/customers/{ref}/tags", summary="A customer's tags with their evidence")
def get_tags(ref: str, principal: Reader, runtime: TheRuntime) -> TagList:
    """Reasons, the course of sentiment and repeat contacts, the strongest first."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = find(stores, ref)
        given = tags(stores, found)
        stores.audit.write(principal.actor, "customer.tags.read", str(found.id))
    return _tag_list(found, given)


@router.get("/customers/{ref}/interactions", summary="A customer's contacts")
def get_contacts(
    ref: str, principal: Reader, runtime: TheRuntime, asked: Annotated[CustomerPaging, Query()]
) -> InteractionPage:
    """The newest first."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.customers.timeline(find(stores, ref).id, limit=asked.limit, cursor=asked.cursor)
    items = [InteractionSummary.model_validate(item) for item in found.items]
    return InteractionPage(items=items, total=found.total, next_cursor=found.next_cursor)


def _tag_list(customer: CustomerRecord, given: list[Tag]) -> TagList:
    return TagList(
        customer=CustomerOut.model_validate(customer),
        tags=[TagOut.model_validate(tag) for tag in given],
        half_life_days=HALF_LIFE_DAYS,
    )
