"""``/v1/outcomes``: what customers did, from the CRM, and which tags came before it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from data.types import CustomerRef, NewOutcome, OutcomeKind
from service.api.access import Administrator, Reader, TheRuntime
from service.api.schemas import Answer
from service.outcomes import WINDOW_DAYS, report

router = APIRouter(tags=["outcomes"])
AT_ONCE = 10_000


class OutcomeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    customer: str = Field(max_length=330, description="`scheme:value`, as in `crm:C-1007`.")
    kind: OutcomeKind
    at: AwareDatetime
    value: float | None = Field(None, allow_inf_nan=False, description="In your currency.")
    campaign: str | None = Field(None, max_length=200)
    source: str = Field("", max_length=200, description="Whose `external_id` it is.")
    external_id: str | None = Field(None, max_length=200, description="The same id of a source is the same outcome.")

    def outcome(self) -> NewOutcome:
        """Raises CustomerRefInvalid (permanent)."""
        return NewOutcome(
            customer=CustomerRef.parse(self.customer),
            kind=self.kind,
            at=self.at.astimezone(dt.UTC),
            value=self.value,
            campaign=self.campaign,
            source=self.source,
            external_id=self.external_id,
        )


class OutcomesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outcomes: list[OutcomeIn] = Field(min_length=1, max_length=AT_ONCE)


class OutcomesStored(Answer):
    new: int
    changed: int = Field(description="Known by their id, now with other content.")
    repeated: int


class ReportParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: OutcomeKind
    campaign: str | None = Field(None, max_length=200)
    window_days: float = Field(WINDOW_DAYS, gt=0, le=3660, description="Contacts so long before the outcome count.")
    before_days: float = Field(0, ge=0, le=366, description="Contacts later than so long before it count not.")


class PredictorOut(Answer):
    kind: str
    key: str
    label: str
    customers: int = Field(description="Who had the tag: its support.")
    followed: int
    rate_with: float
    rate_without: float | None
    lift: float = Field(description="`rate_with` by the rate of all.")
    lift_low: float
    lift_high: float = Field(description="With `lift_low` a 95 % interval.")
    p_value: float | None = Field(description="Fisher's exact test; null where fewer than 5 have it or have it not.")
    q_value: float | None = Field(description="Benjamini–Hochberg over all tags with support.")
    predicts: bool = Field(description="Raises the rate, with a q-value of at most 0.05.")
    protects: bool = Field(description="Lowers it, likewise.")


class ReportOut(Answer):
    kind: OutcomeKind
    campaign: str | None
    window_days: float
    before_days: float
    customers: int = Field(description="With a contact in the window before they are looked at.")
    followed: int = Field(description="Those of them who had the outcome.")
    base_rate: float | None
    without_contact: int = Field(description="Who had the outcome and no contact in the window; not among `followed`.")
    predictors: list[PredictorOut]


@router.post("/outcomes", status_code=200, summary="Hand in what customers did")
def put_outcomes(body: OutcomesIn, principal: Administrator, runtime: TheRuntime) -> OutcomesStored:
    """All or none are stored. The same `external_id` of a source is one outcome: other content takes its place."""
    given = [one.outcome() for one in body.outcomes]
    with runtime.database.tenant(principal.tenant) as stores:
        stored = stores.outcomes.put(given)
        stores.audit.write(principal.actor, "outcomes.write", "outcomes", {"count": len(given)})
    return OutcomesStored.model_validate(stored)


@router.get("/outcomes/report", summary="Which tags came before an outcome")
def outcome_report(principal: Reader, runtime: TheRuntime, asked: Annotated[ReportParameters, Query()]) -> ReportOut:
    """Tags as of right before the outcome, made of the contacts before it alone.

    Customers without the outcome are looked at right before a moment at which another customer had it.
    """
    with runtime.database.tenant(principal.tenant) as stores:
        found = report(
            stores,
            asked.kind,
            campaign=asked.campaign,
            window_days=asked.window_days,
            before_days=asked.before_days,
        )
    return ReportOut.model_validate(found)
