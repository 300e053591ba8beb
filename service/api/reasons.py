"""``/v1/reasons``: why customers call, how often, in whose words; what was done to each reason, and doing it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.reason_records import EventKind, Part
from data.stores import Stores
from service import registry
from service.api.access import Administrator, Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import ReasonFiltering
from service.api.schemas import Answer

router = APIRouter(tags=["reasons"])
QUOTES = 3
Level = Literal["group", "reason", "detail"]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Example = Annotated[str, Field(min_length=1, max_length=2000)]


class QuoteOut(Answer):
    interaction_id: uuid.UUID
    text: str
    started_at: dt.datetime


class ReasonRecordOut(Answer):
    id: uuid.UUID
    level: Level = Field(description="Contacts have a reason; a group has reasons in it, a reason has details.")
    parent_id: uuid.UUID | None
    name: str
    name_source: Literal["auto", "human"]
    source: Literal["discovery", "human", "seed"]
    pinned: bool = Field(description="No discovery merges, splits, retires or renames it.")
    keywords: list[str]
    state: Literal["active", "retired"]
    merged_into: uuid.UUID | None
    contacts: int = Field(description="Of the filter.")
    quotes: list[QuoteOut] = Field(description="What its most typical customers said.")
    created_at: dt.datetime
    updated_at: dt.datetime


class ReasonList(BaseModel):
    reasons: list[ReasonRecordOut]
    unassigned: int = Field(description="Analysed contacts of the filter that no reason fits.")


class ChangeOut(Answer):
    reason_id: uuid.UUID
    kind: EventKind
    others: list[uuid.UUID] = Field(description="Merged into, split from, restored from or moved below these.")
    similarity: float | None = Field(description="Cosine of what it was about before and after.")
    size_before: int | None
    size_after: int | None
    actor: str | None = Field(description="Who did it; null for a discovery.")
    detail: dict[str, Any]
    at: dt.datetime | None


class ReasonDetail(ReasonRecordOut):
    contacts_are_in: uuid.UUID | None = Field(description="The reason that has its contacts today; null for none.")
    history: list[ChangeOut]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReasonPatch(_Asked):
    """One change or several, in this order; all are made or none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "card declined", "pinned": True}]})

    state: Literal["active", "retired"] | None = Field(None, description="`active` restores what had ended.")
    name: Name | None = None
    group: Name | None = Field(None, description="A group's name; it is made where there is none.")
    parent_id: uuid.UUID | None = Field(None, description="A group's id, or a reason's for a detail; null: no group.")
    pinned: bool | None = None
    merged_into: uuid.UUID | None = Field(None, description="Its contacts go there; `state: active` undoes it.")

    @model_validator(mode="after")
    def something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name a change")
        return self


class SeedIn(_Asked):
    name: Name
    examples: list[Example] = Field([], max_length=100, description="Sentences as customers say them.")
    keywords: list[Name] = Field([], max_length=100)
    group: Name | None = None


class SeedsIn(_Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"starter": "banking"},
                {"reasons": [{"name": "card lost", "group": "Cards", "examples": ["I cannot find my card"]}]},
            ]
        }
    )

    starter: Literal["banking", "insurance", "retail", "telecom", "utilities"] | None = None
    reasons: list[SeedIn] = Field([], max_length=1000)


class PartIn(_Asked):
    name: Name
    examples: list[uuid.UUID] = Field(min_length=1, max_length=1000, description="Contacts that show what is meant.")


class PartsIn(_Asked):
    """A single part is taken out; of several, the largest keeps the id. Other contacts go where they are nearest."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"parts": [{"name": "card lost", "examples": ["0192f3a1-7a00-7000-8000-000000000001"]}]}]
        }
    )

    parts: list[PartIn] = Field(min_length=1, max_length=50)


@router.get("/reasons", summary="List reasons")
def list_reasons(principal: Reader, runtime: TheRuntime, asked: ReasonFiltering) -> ReasonList:
    """The most frequent first, counted within the filter; with `as_of` as it was reported then."""
    with runtime.database.tenant(principal.tenant) as stores:
        wanted = asked.filter(zone_of(stores))
        found = stores.reasons.list(wanted, quotes=QUOTES, include_retired=asked.retired, levels=(asked.level,))
        unassigned = stores.reasons.unassigned(wanted)
    return ReasonList(reasons=[ReasonRecordOut.model_validate(reason) for reason in found], unassigned=unassigned)


@router.get("/reasons/{reason_id}", summary="One reason and its history")
def get_reason(reason_id: str, principal: Reader, runtime: TheRuntime) -> ReasonDetail:
    """Of any level, and ended ones too: ids are permanent, and `contacts_are_in` says who has their contacts."""
    with runtime.database.tenant(principal.tenant) as stores:
        return _detail(stores, reason_id)


@router.post("/reasons", summary="Add reasons that are known beforehand", status_code=201)
def add_reasons(body: SeedsIn, principal: Administrator, runtime: TheRuntime) -> ReasonList:
    """A name that there is already is left as it is. Contacts without a reason get one of these where it fits."""
    wanted = [
        registry.Wanted(name=one.name, examples=tuple(one.examples), keywords=tuple(one.keywords), group=one.group)
        for one in body.reasons
    ]
    wanted += registry.starter(body.starter) if body.starter else ()
    ids = registry.seed(runtime, principal.tenant, wanted, actor=principal.actor, starter_name=body.starter)
    with runtime.database.tenant(principal.tenant) as stores:
        return _listed(stores, ids)


@router.patch("/reasons/{reason_id}", summary="Rename, move, pin, merge, retire or restore a reason")
def change_reason(reason_id: str, body: ReasonPatch, principal: Administrator, runtime: TheRuntime) -> ReasonDetail:
    """Its contacts follow. Later discoveries keep what was decided."""
    with runtime.database.tenant(principal.tenant) as stores:
        _change(stores, reason_id, body, principal.actor)
        return _detail(stores, reason_id)


@router.post("/reasons/{reason_id}/split", summary="Make several reasons of one", status_code=201)
def split_reason(reason_id: str, body: PartsIn, principal: Administrator, runtime: TheRuntime) -> ReasonList:
    """Answers with the parts."""
    parts = [Part(name=part.name, examples=tuple(part.examples)) for part in body.parts]
    with runtime.database.tenant(principal.tenant) as stores:
        return _listed(stores, stores.registry.split(reason_id, parts, actor=principal.actor))


def _change(stores: Stores, reason_id: str, body: ReasonPatch, actor: str) -> None:
    asked = body.model_fields_set
    if body.state == "active":
        registry.change(stores, reason_id, "restore", actor=actor)
    if body.name is not None:
        stores.registry.rename(reason_id, body.name, actor=actor)
    if body.group is not None:
        stores.registry.move(reason_id, stores.registry.group(body.group, like=reason_id, actor=actor), actor=actor)
    elif "parent_id" in asked:
        stores.registry.move(reason_id, body.parent_id, actor=actor)
    if body.pinned is not None:
        registry.change(stores, reason_id, "pin" if body.pinned else "unpin", actor=actor)
    if body.merged_into is not None:
        stores.registry.merge(reason_id, body.merged_into, actor=actor)
    elif body.state == "retired":
        registry.change(stores, reason_id, "retire", actor=actor)


def _detail(stores: Stores, reason_id: str) -> ReasonDetail:
    found = ReasonRecordOut.model_validate(stores.reasons.get(reason_id))
    history = [ChangeOut.model_validate(change) for change in stores.reasons.history(reason_id)]
    return ReasonDetail(**found.model_dump(), contacts_are_in=stores.registry.resolve(reason_id), history=history)


def _listed(stores: Stores, ids: tuple[uuid.UUID, ...]) -> ReasonList:
    found = [ReasonRecordOut.model_validate(stores.reasons.get(one, quotes=QUOTES)) for one in ids]
    return ReasonList(reasons=found, unassigned=stores.reasons.unassigned())
