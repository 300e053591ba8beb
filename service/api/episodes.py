"""``/v1/episodes`` and ``/v1/repeat-contacts``: who came back about the same reason, and how often that is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from data.episodes import DAYS, Dimension
from data.types import Channel
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import FilterParameters, PageParameters
from service.api.schemas import Answer
from service.episodes import RepeatGroup, repeats

router = APIRouter(tags=["episodes"])
Days = Annotated[float, Field(gt=0, le=366, description="How long a contact may come after the one before.")]


class EpisodeParameters(PageParameters):
    days: Days = DAYS
    min_contacts: int = Field(1, ge=1, le=1000, description="2: only where the customer came back.")


class RepeatParameters(FilterParameters):
    days: Days = DAYS
    by: list[Dimension] = Field(["reason"], max_length=2, description="Up to two dimensions.")


class EpisodeOut(Answer):
    id: uuid.UUID = Field(description="That of its first contact.")
    customer_id: uuid.UUID
    reason_id: uuid.UUID
    reason_name: str
    contacts: int
    first_contact: dt.datetime
    last_contact: dt.datetime
    interactions: list[uuid.UUID] = Field(description="The oldest first.")
    channels: list[Channel] = Field(description="Of each contact, in their order.")
    open: bool = Field(description="Too early to know that no further contact belongs to it.")


class EpisodePage(BaseModel):
    items: list[EpisodeOut]
    total: int
    next_cursor: str | None
    days: float


class RateOut(BaseModel):
    values: dict[str, str] = Field(description="By dimension; a reason is its id, `(none)` is not known.")
    numerator: int
    denominator: int
    repeat_contact_rate: float | None
    low: float | None
    high: float | None = Field(description="With `low` a 95 % interval (Wilson) of the repeat-contact rate.")
    first_contact_resolution: float | None
    too_recent: int = Field(description="Contacts that have not had their days yet; in neither count.")


class RepeatAnswer(BaseModel):
    days: float = Field(description="N of the formula.")
    formula: str
    observed_until: dt.datetime | None = Field(description="The newest contact: later returns are not known of.")
    total: RateOut
    groups: list[RateOut]
    excluded: dict[Literal["web", "not_analysed", "customer_unknown", "unassigned"], int] = Field(
        description="Contacts of the filter that are in no count, each under the first that applies."
    )
    reason_names: dict[str, str]


@router.get("/episodes", summary="List episodes")
def list_episodes(principal: Reader, runtime: TheRuntime, asked: Annotated[EpisodeParameters, Query()]) -> EpisodePage:
    """One customer's contacts about one reason, each within `days` of the one before; the newest first.

    An episode is listed whole when any of its contacts is in the filter.
    """
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.episodes.list(
            asked.filter(zone_of(stores)),
            days=asked.days,
            min_contacts=asked.min_contacts,
            limit=asked.limit,
            cursor=asked.cursor,
        )
    items = [EpisodeOut.model_validate(item) for item in found.items]
    return EpisodePage(items=items, total=found.total, next_cursor=found.next_cursor, days=asked.days)


@router.get("/repeat-contacts", summary="Repeat-contact rate and first-contact resolution")
def repeat_contacts(
    principal: Reader, runtime: TheRuntime, asked: Annotated[RepeatParameters, Query()]
) -> RepeatAnswer:
    """How often a contact is followed by another of the same customer and reason within `days`.

    The group is that of the contact that was followed. Contacts too recent to know are left out, and counted.
    """
    with runtime.database.tenant(principal.tenant) as stores:
        found = repeats(stores, asked.by, asked.filter(zone_of(stores)), days=asked.days)
    return RepeatAnswer(
        days=found.days,
        formula=found.formula,
        observed_until=found.observed_until,
        total=_rate(found.total),
        groups=[_rate(group) for group in found.groups],
        excluded=dict(found.excluded),
        reason_names=dict(found.reason_names),
    )


def _rate(group: RepeatGroup) -> RateOut:
    return RateOut(
        values=dict(group.values),
        too_recent=group.too_recent,
        numerator=group.rate.numerator,
        denominator=group.rate.denominator,
        repeat_contact_rate=group.rate.repeat_contact_rate,
        low=group.rate.low,
        high=group.rate.high,
        first_contact_resolution=group.rate.first_contact_resolution,
    )
