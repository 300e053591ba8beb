"""``/metrics`` in Prometheus' text format: requests of this process, and the work of the whole database.

No tenant, no id and no word of a customer is in a label.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.access import TheRuntime
from service.runtime import Runtime

router = APIRouter(tags=["operation"])
registry = CollectorRegistry()
REQUESTS = Counter("reasonance_http_requests", "Requests answered.", ["method", "route", "status"], registry=registry)
SECONDS = Histogram("reasonance_http_request_seconds", "Time to the last byte.", ["route"], registry=registry)


class Measured:
    """ASGI middleware: counts and times each request by its route, never by its address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            REQUESTS.labels(scope["method"], route, str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - began)


class Work(Collector):
    """Interactions, stage runs and the oldest waiting one, read from the database at each scrape."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        with self._runtime.database.sweeper() as sweeper:
            interactions, runs, oldest_s = sweeper.interactions(), sweeper.stage_runs(), sweeper.oldest_waiting_s()
        family = GaugeMetricFamily("reasonance_interactions", "Interactions by state.", labels=["state"])
        for state, count in interactions.items():
            family.add_metric([state], count)
        yield family
        family = GaugeMetricFamily("reasonance_stage_runs", "Runs of stages by state.", labels=["stage", "state"])
        for (stage, state), count in runs.items():
            family.add_metric([stage, state], count)
        yield family
        yield GaugeMetricFamily(
            "reasonance_oldest_waiting_seconds", "Age of the oldest unfinished run.", value=oldest_s
        )


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def metrics(request: Request, runtime: TheRuntime) -> Response:
    work = CollectorRegistry()
    work.register(Work(runtime))
    return Response(generate_latest(registry) + generate_latest(work), media_type=CONTENT_TYPE_LATEST)
