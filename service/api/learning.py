"""``/v1/review``, ``/v1/interactions/{id}/reason``, ``/v1/drift``: what to correct, to correct it, when to discover."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from service import learning
from service.api.access import Reader, TheRuntime
from service.api.parameters import PAGE_DEFAULT, PAGE_MAX, Cursor
from service.api.schemas import Answer, InteractionSummary

router = APIRouter(tags=["learning"])


class ReviewParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(PAGE_DEFAULT, ge=1, le=PAGE_MAX)
    cursor: Cursor = Field(None, description="`next_cursor` of the page before.")


class DriftParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: int = Field(learning.WATCHED_DAYS, ge=1, le=366, description="How many days, to the newest contact, are new.")


class QuestionOut(Answer):
    interaction: InteractionSummary
    teaches: float = Field(description="0–1: how much of what is uncertain its answer would settle.")


class QuestionPage(BaseModel):
    items: list[QuestionOut]
    total: int
    next_cursor: str | None


class CorrectionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason_id: Annotated[str, Field(max_length=64)] | None = Field(
        description="The contact's true reason; null where it has none of them."
    )


class CorrectionOut(Answer):
    interaction_id: uuid.UUID
    reason_id: uuid.UUID | None
    previous_id: uuid.UUID | None = Field(description="What it had before.")
    actor: str
    at: dt.datetime
    is_current: bool
    learned: bool | None = Field(
        description="Whether other contacts are assigned by it; false where that would do harm, null until it is tried."
    )


class CorrectionList(BaseModel):
    corrections: list[CorrectionOut]


class SideOut(Answer):
    contacts: int
    unassigned_share: float
    distance_quartiles: tuple[float, float, float] | None = Field(description="Of 1 − cosine to the nearest reason.")


class DriftOut(Answer):
    before: SideOut = Field(description="The contacts of the last discovery.")
    now: SideOut = Field(description="Those that came since, in the last days.")
    unassigned_p: float | None = Field(description="How likely the rise of the share without a reason is by chance.")
    distance_shift: float | None = Field(description="0–1: the largest difference of the distributions of distances.")
    distance_p: float | None
    signs: list[Literal["more_unassigned", "further_away"]]
    discover_again: bool | None = Field(description="Null where there are too few contacts to tell.")


@router.get("/review", summary="What to correct first")
def review(principal: Reader, runtime: TheRuntime, page: Annotated[ReviewParameters, Query()]) -> QuestionPage:
    """The contacts whose correction teaches most, spread over the reasons."""
    found = learning.review(runtime, principal.tenant, limit=page.limit, cursor=page.cursor)
    items = [QuestionOut.model_validate(item) for item in found.items]
    return QuestionPage(items=items, total=found.total, next_cursor=found.next_cursor)


@router.post("/interactions/{interaction_id}/reason", summary="Correct a contact's reason")
def correct(interaction_id: str, said: CorrectionIn, principal: Reader, runtime: TheRuntime) -> CorrectionOut:
    """It holds through every later discovery, and the next contacts are assigned by it too."""
    with runtime.database.tenant(principal.tenant) as stores:
        correction = stores.corrections.correct(interaction_id, said.reason_id, actor=principal.actor)
    return CorrectionOut.model_validate(correction)


@router.get("/interactions/{interaction_id}/corrections", summary="What people said of a contact's reason")
def history(interaction_id: str, principal: Reader, runtime: TheRuntime) -> CorrectionList:
    """The newest first."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.corrections.history(interaction_id)
    return CorrectionList(corrections=[CorrectionOut.model_validate(one) for one in found])


@router.get("/drift", summary="Whether to discover again")
def drift(principal: Reader, runtime: TheRuntime, asked: Annotated[DriftParameters, Query()]) -> DriftOut:
    """Compares the last days' contacts with those of the last discovery."""
    return DriftOut.model_validate(learning.drift(runtime, principal.tenant, asked.days))
