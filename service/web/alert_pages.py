"""Alerts on the first page, and the contacts of one that no filter describes."""

from __future__ import annotations

import uuid
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from data.alerts import AlertRecord, AlertState
from data.stores import Stores
from service.alerts import behind
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.web.rendering import list_of, page

router = APIRouter(prefix="/alerts")
SHOWN = 4
"""More than a glance would take push the trends off the page."""
OPEN: tuple[AlertState, ...] = ("open",)
KINDS = {
    "reason_rises": "Rising",
    "reason_emerges": "New, without a reason yet",
    "category_crosses": "Category across its bound",
}


def shown(stores: Stores, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The open alerts, each with the address of the contacts it counts."""
    return [_card(record, zone) for record in stores.alerts.list(OPEN, limit=SHOWN)]


def _card(record: AlertRecord, zone: ZoneInfo) -> dict[str, Any]:
    wanted = behind(record, zone)
    alert = record.alert
    return {
        "id": record.id,
        "kind": KINDS.get(alert.kind, alert.kind.replace("_", " ")),
        "alert": alert,
        "href": list_of(wanted) if wanted is not None else f"/alerts/{record.id}",
    }


@router.get("/{alert_id}")
def alert_page(alert_id: uuid.UUID, principal: Reader, runtime: TheRuntime) -> Response:
    """The contacts that it counts, the most typical first."""
    with runtime.database.tenant(principal.tenant) as stores:
        zone = zone_of(stores)
        record = stores.alerts.get(alert_id)
        members = [uuid.UUID(member) for member in record.alert.detail.get("members", ())]
        order = list(dict.fromkeys((*record.alert.typical, *members)))
        found = stores.interactions.many(order)
        contacts = [found[one] for one in order if one in found]
        return page("alert.html", principal, section="/", one=_card(record, zone), contacts=contacts, zone=zone)


@router.post("/{alert_id}")
def change(
    alert_id: uuid.UUID, principal: Reader, runtime: TheRuntime, state: Annotated[AlertState, Form()]
) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        stores.alerts.set_state(alert_id, state)
        stores.audit.write(principal.actor, f"alert.{state}", str(alert_id))
    return RedirectResponse("/", status_code=303)
