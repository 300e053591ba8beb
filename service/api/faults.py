"""Every failure leaves as the same small body, with the code, the message and the status of its error class."""

from __future__ import annotations

import logging
import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from data.access import Principal
from data.errors import (
    AccessRefused,
    FieldInvalid,
    MethodRefused,
    NotFound,
    QueryInvalid,
    ReasonanceError,
    RequestRefused,
    TooBusy,
    Unavailable,
)
from service.api.access import runtime_of

logger = logging.getLogger(__name__)
RETRY_AFTER_S = 5
ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def install(app: FastAPI) -> None:
    app.add_exception_handler(ReasonanceError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def body(error: ReasonanceError) -> dict[str, Any]:
    fields: dict[str, Any] = {"code": error.code, "message": error.message, "retry": error.retry}
    if isinstance(error, QueryInvalid) and error.position is not None:
        fields["position"] = error.position
    return {"error": fields}


def answer(request: Request, error: ReasonanceError) -> Response:
    """JSON for programs; a page for a person who asked for one."""
    headers = {}
    if isinstance(error, (Unavailable, TooBusy)):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if type(error) is AccessRefused:
        headers["WWW-Authenticate"] = "Bearer"
    if wants_page(request):
        from service.web.pages import fault_page

        return fault_page(error, headers)
    return JSONResponse(body(error), status_code=error.status, headers=headers)


def wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/v1") and "text/html" in request.headers.get("accept", "")


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReasonanceError)
    if error.status >= 500:
        logger.error("request failed", extra={"code": error.code}, exc_info=error)
    if isinstance(error, NotFound) and (principal := getattr(request.state, "principal", None)):
        await run_in_threadpool(_note, request, principal, error)
    return answer(request, error)


def _note(request: Request, principal: Principal, error: NotFound) -> None:
    """Writes into the audit that something was asked for that is not there for this tenant: it may be another's (F37).

    Of what was asked only an id is told: whatever else stands in an address may be a customer's number.
    """
    route = _route(request)
    asked = ID.search(f"{request.url.path} {error.detail}".lower())
    try:
        with runtime_of(request).database.tenant(principal.tenant) as stores:
            detail = {"method": request.method, "route": route}
            stores.audit.write(principal.actor, "request.not_found", asked[0] if asked else route, detail)
    except ReasonanceError as failure:
        logger.exception("not in the audit", extra={"code": failure.code})


def _route(request: Request) -> str:
    """The address with the names of its parameters in the place of their values."""
    named = {str(value): f"{{{name}}}" for name, value in request.path_params.items()}
    path: str = request.scope["path"]
    return "/".join(named.get(part, part) for part in path.split("/"))


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
    return answer(request, FieldInvalid("; ".join(faults)[:1000]))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return answer(request, NotFound())
    if error.status_code == 405:
        return answer(request, MethodRefused())
    return answer(request, RequestRefused(str(error.detail)))


async def _unexpected(request: Request, error: Exception) -> Response:
    logger.error("unexpected failure", exc_info=error)
    return answer(request, ReasonanceError())
