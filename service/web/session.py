"""Signing in with a one-time link, and out again.

A link opens a page with a button, and only the button spends it: mail scanners and chat previews follow links.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.authentication import sign_in
from service.api.access import COOKIE, Reader, TheRuntime
from service.web.rendering import page

router = APIRouter()
LIFETIME_S = 12 * 3600


@router.get("/sign-in")
def sign_in_page(secret: str = "") -> Response:
    return page("sign_in.html", None, secret=secret[:100])


@router.post("/sign-in")
def open_session(request: Request, runtime: TheRuntime, secret: Annotated[str, Form(max_length=100)]) -> Response:
    """Raises AccessRefused (permanent): used, expired or unknown."""
    issued = sign_in(runtime.database, secret)
    answer = RedirectResponse("/", status_code=303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, issued.secret, max_age=LIFETIME_S, httponly=True, samesite="strict", secure=secure)
    return answer


@router.post("/sign-out")
def close_session(principal: Reader, runtime: TheRuntime) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        if principal.kind == "session":
            stores.access.end_session(principal.id)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer
