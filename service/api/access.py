"""Who asks: an API key in the header, or a session in a cookie. What a role may do is said once for each route."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from data.access import Principal
from data.authentication import authenticate
from data.errors import AccessForbidden, AccessRefused
from service.runtime import Runtime

COOKIE = "reasonance_session"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

# Only for the OpenAPI document: `caller` reads the header itself, so that a fault has our body.
bearer = HTTPBearer(auto_error=False, description="An API key: `reasonance keys create` prints one.")


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def caller(request: Request) -> Principal:
    """Who asks, which the request keeps. Raises AccessRefused, AccessForbidden (permanent)."""
    request.state.principal = principal = _authenticated(request)
    return principal


def _authenticated(request: Request) -> Principal:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        return authenticate(runtime_of(request).database, secret.strip())
    session = request.cookies.get(COOKIE)
    if not session:
        raise AccessRefused()
    _refuse_cross_site(request)
    return authenticate(runtime_of(request).database, session)


def administrator(principal: Annotated[Principal, Depends(caller)]) -> Principal:
    """Raises AccessForbidden (permanent)."""
    if principal.role != "admin":
        raise AccessForbidden()
    return principal


def _refuse_cross_site(request: Request) -> None:
    """A cookie comes along from anywhere, so a change must come from our own pages (Fetch Metadata, W3C)."""
    if request.method not in SAFE_METHODS and request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise AccessForbidden("a change from another site")


Reader = Annotated[Principal, Depends(caller)]
Administrator = Annotated[Principal, Depends(administrator)]
TheRuntime = Annotated[Runtime, Depends(runtime_of)]
