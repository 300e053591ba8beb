"""``/v1/alerts``: what someone should look at, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from data.alerts import AlertRecord, AlertState
from service.alerts import behind
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.trends import CoverageOut

router = APIRouter(tags=["alerts"])


class AlertParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: list[AlertState] = Field(["open", "seen"], description="Several may be given.")
    limit: int = Field(100, ge=1, le=1000)


class AlertOut(BaseModel):
    id: uuid.UUID
    kind: str = Field(description="`reason_rises`, `reason_emerges` or `category_crosses`; others may come.")
    subject: str
    name: str
    since: dt.date
    until: dt.date = Field(description="Exclusive. Days are the tenant's.")
    count: int
    expected: float
    q_value: float
    typical: list[uuid.UUID] = Field(description="Five typical interactions.")
    filter: dict[str, str] | None = Field(description="What lists exactly the contacts counted; null: `members` are.")
    members: list[uuid.UUID]
    quotes: list[str]
    keywords: list[str]
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None = Field(description="With `ratio_low` a 95 % interval; null is without end.")
    rate: float | None = Field(description="Of a category: its share (0–1) of `evaluated` contacts.")
    bound: float | None = Field(description="The share that `rate` is `side` of.")
    side: Literal["above", "below"] | None
    evaluated: int | None
    version: int | None = Field(description="Of the category, that the counts are by.")
    coverage: CoverageOut
    state: AlertState
    created_at: dt.datetime


class AlertList(BaseModel):
    items: list[AlertOut]


class AlertChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: AlertState


@router.get("/alerts", summary="What someone should look at")
def list_alerts(principal: Reader, runtime: TheRuntime, asked: Annotated[AlertParameters, Query()]) -> AlertList:
    """The latest period first, then the surest."""
    with runtime.database.tenant(principal.tenant) as stores:
        zone = zone_of(stores)
        found = stores.alerts.list(asked.state, limit=asked.limit)
    return AlertList(items=[_out(record, zone) for record in found])


@router.get("/alerts/{alert_id}", summary="One alert")
def get_alert(alert_id: str, principal: Reader, runtime: TheRuntime) -> AlertOut:
    with runtime.database.tenant(principal.tenant) as stores:
        return _out(stores.alerts.get(alert_id), zone_of(stores))


@router.post("/alerts/{alert_id}", summary="Say what became of it")
def change_alert(alert_id: str, change: AlertChange, principal: Reader, runtime: TheRuntime) -> AlertOut:
    """Its subject raises no other alert for this time, whatever its state. The change is in the audit."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.alerts.set_state(alert_id, change.state)
        stores.audit.write(principal.actor, f"alert.{change.state}", str(found.id))
        return _out(found, zone_of(stores))


def _out(record: AlertRecord, zone: Any) -> AlertOut:
    alert, wanted = record.alert, behind(record, zone)
    told = None if wanted is None else {name: str(value) for name, value in _said(wanted).items()}
    return AlertOut(
        **{name: getattr(alert, name) for name in PLAIN},
        id=record.id,
        filter=told,
        **{name: alert.detail.get(name, []) for name in ("members", "quotes", "keywords")},
        **{name: alert.detail.get(name) for name in DETAILS},
        typical=list(alert.typical),
        coverage=CoverageOut.model_validate(alert.coverage),
        state=record.state,
        created_at=record.created_at,
    )


DETAILS = ("ratio", "ratio_low", "ratio_high", "rate", "bound", "side", "evaluated", "version")
PLAIN = ("kind", "subject", "name", "since", "until", "count", "expected", "q_value")


def _said(wanted: Any) -> dict[str, Any]:
    """As the parameters of a list."""
    names = ("since", "until", "reason", "channel", "queue", "customer_segment", "category")
    given = {name: getattr(wanted, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in given.items()
        if value is not None
    }
