"""``/livez``: the process answers. ``/readyz``: it can do its work, part by part."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response

from data.errors import ReasonanceError
from data.models import resolve
from service.api.access import TheRuntime
from service.embedders import embedder_paths
from service.runtime import Runtime

router = APIRouter(tags=["operation"])


@router.get("/livez", summary="The process answers")
def livez() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", summary="What works and what does not")
def readyz(response: Response, runtime: TheRuntime) -> dict[str, str]:
    """`ok` or an error code for each part; 503 where one fails."""
    checks: dict[str, Callable[[Runtime], object]] = {
        "database": lambda runtime: runtime.database.require_ready(),
        "speech_model": lambda runtime: runtime.models.transcriber(),
        "embedder": lambda runtime: embedder_paths(runtime.settings.embedder, runtime.settings.model_dir),
        "language_model": lambda runtime: resolve(runtime.settings.spacy_model, runtime.settings.model_dir),
    }
    report = {name: _code(check, runtime) for name, check in checks.items()}
    if any(code != "ok" for code in report.values()):
        response.status_code = 503
    return {**report, "muting": "on"}


def _code(check: Callable[[Runtime], object], runtime: Runtime) -> str:
    try:
        check(runtime)
    except ReasonanceError as error:
        return error.code
    return "ok"
