"""What to correct first: contacts whose true reason would teach the assigner most, each answered with one choice."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.stores import Stores
from service import learning
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import Cursor
from service.web.rendering import address, page

router = APIRouter(prefix="/review")
SECTION = "/reasons"
SHOWN = 10
NONE = "none"
"""The answer that no reason fits."""


@router.get("")
def review_page(request: Request, principal: Reader, runtime: TheRuntime, cursor: Cursor = None) -> Response:
    found = learning.review(runtime, principal.tenant, limit=SHOWN, cursor=cursor)
    with runtime.database.tenant(principal.tenant) as stores:
        return page(
            "review.html",
            principal,
            section=SECTION,
            found=found,
            choices=_choices(stores),
            nothing=NONE,
            following=address(request, cursor=found.next_cursor) if found.next_cursor else None,
            zone=zone_of(stores),
        )


@router.post("/{interaction_id}")
def answer(
    interaction_id: uuid.UUID,
    principal: Reader,
    runtime: TheRuntime,
    reason: Annotated[str, Form(max_length=64)],
) -> Response:
    """New contacts are assigned by it, too. Raises NotFound, FieldInvalid (permanent)."""
    with runtime.database.tenant(principal.tenant) as stores:
        stores.corrections.correct(interaction_id, None if reason == NONE else reason, actor=principal.actor)
    return RedirectResponse("/review", status_code=303)


def _choices(stores: Stores) -> list[tuple[str, str]]:
    return sorted(((str(one.id), one.name) for one in stores.reasons.list()), key=lambda pair: pair[1].lower())
