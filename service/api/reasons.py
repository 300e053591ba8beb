"""``/v1/reasons``: why customers call, how often, in whose words, and what discoveries did to each reason."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import Filtering
from service.api.schemas import Answer

router = APIRouter(tags=["reasons"])
QUOTES = 3


class QuoteOut(Answer):
    interaction_id: uuid.UUID
    text: str
    started_at: dt.datetime


class ReasonRecordOut(Answer):
    id: uuid.UUID
    parent_id: uuid.UUID | None
    name: str
    name_source: Literal["auto", "human"]
    keywords: list[str]
    state: Literal["active", "retired"]
    contacts: int = Field(description="Of the filter.")
    quotes: list[QuoteOut] = Field(description="What its most typical customers said.")
    created_at: dt.datetime
    updated_at: dt.datetime


class ReasonList(BaseModel):
    reasons: list[ReasonRecordOut]
    unassigned: int = Field(description="Analysed contacts that no reason fits.")


class ChangeOut(Answer):
    kind: Literal["created", "matched", "merged", "split", "retired"]
    others: list[uuid.UUID]
    similarity: float | None
    size_before: int | None
    size_after: int | None
    at: dt.datetime | None


class ReasonDetail(ReasonRecordOut):
    history: list[ChangeOut]


@router.get("/reasons", summary="List reasons")
def list_reasons(principal: Reader, runtime: TheRuntime, asked: Filtering) -> ReasonList:
    """The most frequent first, counted within the filter."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.reasons.list(asked.filter(zone_of(stores)), quotes=QUOTES)
        unassigned = stores.reasons.unassigned()
    return ReasonList(reasons=[ReasonRecordOut.model_validate(reason) for reason in found], unassigned=unassigned)


@router.get("/reasons/{reason_id}", summary="One reason and its history")
def get_reason(reason_id: str, principal: Reader, runtime: TheRuntime) -> ReasonDetail:
    """Retired ones too: ids are permanent."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = ReasonRecordOut.model_validate(stores.reasons.get(reason_id))
        history = [ChangeOut.model_validate(change) for change in stores.reasons.history(reason_id)]
    return ReasonDetail(**found.model_dump(), history=history)
