"""``/v1/interactions``: lists, one contact with its transcript, its progress, and its recording."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from data.errors import NotFound
from data.stores import Stores
from service.api.access import Reader, TheRuntime
from service.api.parameters import Paging
from service.api.recordings import playable, recording
from service.api.schemas import (
    CategoryLabelOut,
    InteractionDetail,
    InteractionPage,
    InteractionSummary,
    Loudness,
    Progress,
    interaction_detail,
    progress,
)
from service.category_view import narrowing

router = APIRouter(tags=["interactions"])


def zone_of(stores: Stores) -> ZoneInfo:
    """The tenant's calendar zone; UTC until something was handed in."""
    try:
        return ZoneInfo(stores.tenants.get().time_zone)
    except NotFound:
        return ZoneInfo("UTC")


@router.get("/interactions", summary="List contacts")
def list_interactions(principal: Reader, runtime: TheRuntime, page: Paging) -> InteractionPage:
    """The newest first; `total` counts exactly what the same filter counts in trends."""
    with runtime.database.tenant(principal.tenant) as stores:
        wanted = page.filter(zone_of(stores))
        found = stores.interactions.list(wanted, limit=page.limit, cursor=page.cursor)
        narrowed = [CategoryLabelOut.model_validate(one) for one in narrowing(stores, wanted)]
    items = [InteractionSummary.model_validate(item) for item in found.items]
    return InteractionPage(items=items, total=found.total, next_cursor=found.next_cursor, categories=narrowed)


@router.get("/interactions/{interaction_id}", summary="One contact with its transcript")
def get_interaction(interaction_id: str, principal: Reader, runtime: TheRuntime) -> InteractionDetail:
    """Redacted turns, what was found in them with its place, and what made each result."""
    with runtime.database.tenant(principal.tenant) as stores:
        return interaction_detail(stores, stores.interactions.get(interaction_id))


@router.get("/interactions/{interaction_id}/status", summary="How far its analysis is")
def get_status(interaction_id: str, principal: Reader, runtime: TheRuntime) -> Progress:
    with runtime.database.tenant(principal.tenant) as stores:
        return progress(stores, stores.interactions.get(interaction_id))


@router.get("/interactions/{interaction_id}/loudness", summary="How loud each role speaks")
def get_loudness(interaction_id: str, principal: Reader, runtime: TheRuntime) -> Loudness:
    """In dBFS, by second; empty of what was not spoken, or is not analysed yet."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.interactions.get(interaction_id)
        return Loudness(dbfs={role: list(levels) for role, levels in stores.turns.loudness(found.id).items()})


@router.get(
    "/interactions/{interaction_id}/audio",
    summary="Its recording",
    response_class=Response,
    responses={200: {"content": {"audio/*": {}}}, 206: {"content": {"audio/*": {}}}},
)
def get_audio(interaction_id: str, request: Request, principal: Reader, runtime: TheRuntime) -> Response:
    """What a browser can play, whole or in the byte range asked for; silent where personal details were masked.

    Times are those of the transcript. Each listening is in the audit.
    """
    asked = request.headers.get("range")
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.interactions.get(interaction_id)
        item = playable(stores, found)
        if asked is None or asked.startswith("bytes=0-"):
            stores.audit.write(principal.actor, "audio.read", str(found.id))
    return recording(runtime, item, found.media_type, asked)
