"""Every failure leaves as the same small body, with the code, the message and the status of its error class."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

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

logger = logging.getLogger(__name__)
RETRY_AFTER_S = 5


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
    return answer(request, error)


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
