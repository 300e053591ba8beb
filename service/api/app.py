"""The application: routers, faults, headers and the life of its runtime."""

from __future__ import annotations

import asyncio
from importlib.metadata import version

from fastapi import FastAPI

from service.api import (
    alerts,
    categories,
    customers,
    dispositions,
    episodes,
    exports,
    faults,
    health,
    interactions,
    learning,
    lexicon,
    metrics,
    outcomes,
    reasons,
    redaction,
    search,
    trends,
    uploads,
    vocabulary,
)
from service.api.headers import SecurityHeaders
from service.runtime import Runtime
from service.web import pages

DESCRIPTION = """
What customers call about, as data. Send an API key as `Authorization: Bearer rk_…`.

Every failure is `{"error": {"code", "message", "retry"}}`; the codes are stable. Lists are paged with `limit` and
`cursor`, newest first, and `total` is exact. Times are RFC 3339.
"""


def create(runtime: Runtime) -> FastAPI:
    """The service over an open runtime, which whoever opened it closes."""
    app = FastAPI(
        title="Reasonance",
        version=version("reasonance"),
        summary="Hears why customers call.",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.runtime = runtime
    app.state.uploads = asyncio.Semaphore(uploads.AT_ONCE)
    app.add_middleware(metrics.Measured)
    app.add_middleware(SecurityHeaders)
    faults.install(app)
    asked = (
        interactions,
        exports,
        search,
        reasons,
        learning,
        trends,
        alerts,
        categories,
        episodes,
        dispositions,
        customers,
        outcomes,
        vocabulary,
        redaction,
        lexicon,
    )
    for part in (uploads, *asked):
        app.include_router(part.router, prefix="/v1")
    app.include_router(health.router)
    app.include_router(metrics.router)
    pages.install(app)
    return app
