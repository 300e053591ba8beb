"""All pages of the site, their files, and the page that a fault becomes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

from data.errors import AccessForbidden, AccessRefused, NotFound, ReasonanceError
from service.web import (
    alert_pages,
    category_pages,
    customer_pages,
    interaction_pages,
    reason_pages,
    review_page,
    search_page,
    session,
    trend_page,
)
from service.web.rendering import page

STATIC = Path(__file__).parent / "static"


def install(app: FastAPI) -> None:
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    reasons = (reason_pages, review_page)
    contacts = (search_page, interaction_pages, customer_pages)
    for part in (session, trend_page, alert_pages, category_pages, *contacts, *reasons):
        app.include_router(part.router, include_in_schema=False)


def fault_page(error: ReasonanceError, headers: Mapping[str, str]) -> Response:
    """What a person sees instead of the JSON body; without a session, how to get one."""
    if isinstance(error, AccessRefused) and not isinstance(error, AccessForbidden):
        return page("sign_in.html", None, status=error.status, headers=headers, secret="")
    title = "Not found" if isinstance(error, NotFound) else "That did not work"
    return page("fault.html", None, status=error.status, headers=headers, title=title, error=error)
