"""``/v1/customers``: who contacts, their contacts, and the tags that a CRM takes over, each with its evidence."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from classify.tags import HALF_LIFE_DAYS
from data.customers import CustomerRecord
from service.api.access import Reader, TheRuntime
from service.api.parameters import PAGE_DEFAULT, PAGE_MAX
from service.api.schemas import Answer, InteractionPage, InteractionSummary
from service.customers import Profile, find, profile

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
    clicks: int = Field(description="Pages looked at on the web; not among the contacts.")
    first_contact: dt.datetime
    last_contact: dt.datetime
    segment: str | None


class CustomerPage(BaseModel):
    items: list[CustomerOut]
    total: int
    next_cursor: str | None


class EvidenceOut(Answer):
    interaction_id: uuid.UUID = Field(description="See `/v1/interactions/{id}`.")
    at: dt.datetime
    quote: str | None = Field(description="What was said, where the tag rests on words.")
    turn: int | None
    char_begin: int | None
    char_end: int | None
    begin_ms: int | None
    end_ms: int | None


class TagOut(Answer):
    kind: str
    key: str = Field(description="Stable over time: a reason's or a category's id, or a name of the kind's own.")
    label: str
    version: int | None = Field(description="Of a category, the version that found it; null of other kinds.")
    strength: float = Field(description="0–1; halves with each half-life since the contacts that gave it.")
    count: int
    first_seen: dt.datetime
    last_seen: dt.datetime
    evidence: list[EvidenceOut] = Field(description="The contacts it rests on, the newest first.")


class SegmentOut(Answer):
    """Recency, frequency and value, each in a level with fixed bounds."""

    key: str
    label: str
    recency_days: float = Field(description="Since the last contact.")
    recency: Literal["recent", "cooling", "dormant"]
    contacts_in_year: int
    frequency: Literal["rare", "occasional", "frequent"]
    value: float | None = Field(description="Sum of the outcomes' values in the last year; null where none is known.")
    value_level: Literal["low", "medium", "high", "unknown"]
    outcomes: list[str] = Field(description="External ids of the outcomes that make the value.")


class TagList(BaseModel):
    customer: CustomerOut
    tags: list[TagOut]
    rfv: SegmentOut | None = Field(description="Null without an analysed contact.")
    half_life_days: float
    value_steps: tuple[float, float] = Field(description="The value from which on it is medium, and high.")


class ChangeOut(Answer):
    customer_id: uuid.UUID
    refs: list[RefOut]
    changed_at: dt.datetime


class ChangeFeed(BaseModel):
    items: list[ChangeOut] = Field(description="In the order of the feed; each customer at the last change.")
    cursor: str = Field(description="What to ask `after` next time, without items too.")
    more: bool = Field(description="Whether there is something behind the cursor already.")


class ChangeParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    after: str | None = Field(None, max_length=2000, description="The `cursor` of the answer before.")
    limit: int = Field(PAGE_MAX, ge=1, le=1000)


@router.get("/customers", summary="List customers")
def list_customers(principal: Reader, runtime: TheRuntime, asked: Annotated[CustomerPaging, Query()]) -> CustomerPage:
    """Who had contact most recently first. Each reading is in the audit, for it shows identifiers."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.customers.list(limit=asked.limit, cursor=asked.cursor)
        stores.audit.write(principal.actor, "customers.read", "list", {"count": len(found.items)})
    items = [CustomerOut.model_validate(item) for item in found.items]
    return CustomerPage(items=items, total=found.total, next_cursor=found.next_cursor)


@router.get("/customers/changes", summary="Whose tags may have changed")
def list_changes(principal: Reader, runtime: TheRuntime, asked: Annotated[ChangeParameters, Query()]) -> ChangeFeed:
    """Every customer with a contact, an assignment, a reason's name, a category or an outcome that changed since.

    Nothing is left out, whatever order transactions end in; a customer may come again without a change of tags.
    Strength decays with time alone and is no change. Without `after`: all, from the beginning.
    """
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.customer_changes.after(asked.after, limit=asked.limit)
        stores.audit.write(principal.actor, "customers.read", "changes", {"count": len(found.items)})
    items = [ChangeOut.model_validate(item) for item in found.items]
    return ChangeFeed(items=items, cursor=found.cursor, more=found.more)


@router.get("/customers/{ref}", summary="One customer")
def get_customer(ref: str, principal: Reader, runtime: TheRuntime) -> CustomerOut:
    """`ref` is `crm:…`, `phone:…`, `email:…`, or a customer's id."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = find(stores, ref)
        stores.audit.write(principal.actor, "customer.read", str(found.id))
    return CustomerOut.model_validate(found)


@router.get("/customers/{ref}/tags", summary="A customer's tags with their evidence")
def get_tags(ref: str, principal: Reader, runtime: TheRuntime) -> TagList:
    """Reasons, categories, repeat contacts, sentiment and its course, churn signals, interests, and the segment by
    recency, frequency and value; the strongest first."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = find(stores, ref)
        given = profile(stores, found, runtime.settings)
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


def _tag_list(customer: CustomerRecord, given: Profile) -> TagList:
    return TagList(
        customer=CustomerOut.model_validate(customer),
        tags=[TagOut.model_validate(tag) for tag in given.tags],
        rfv=SegmentOut.model_validate(given.segment) if given.segment else None,
        half_life_days=HALF_LIFE_DAYS,
        value_steps=given.value_steps,
    )
