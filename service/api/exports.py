"""``/v1/interactions/{id}/transcript``: what is kept of a contact as a file."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Header, Response

from service.api.access import Reader, TheRuntime
from service.exports import FORMATS, export

router = APIRouter(tags=["interactions"])

BY_MEDIA_TYPE = {
    "application/json": "json",
    "application/vcon+json": "vcon",
    "application/x-subrip": "srt",
    "text/vtt": "vtt",
    "text/plain": "txt",
}
CONTENT = {one.media_type.partition(";")[0]: {"schema": {"type": "string"}} for one in FORMATS.values()}


@router.get(
    "/interactions/{interaction_id}/transcript",
    summary="Its transcript as a file",
    response_class=Response,
    responses={200: {"content": CONTENT}},
)
def get_transcript(
    interaction_id: str,
    principal: Reader,
    runtime: TheRuntime,
    format: Literal["srt", "vtt", "txt", "json", "vcon", "ctm", "rttm"] | None = None,  # noqa: A002
    accept: str = Header("*/*", include_in_schema=False),
) -> Response:
    """SubRip, WebVTT, text, JSON, vCon, CTM or RTTM, redacted as it is kept. Without `format` the header `Accept`
    chooses, and else it is JSON. Each export is in the audit.
    """
    chosen = format or preferred(accept)
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.interactions.get(interaction_id)
        made = export(stores, found, chosen)
        stores.audit.write(principal.actor, "transcript.export", str(found.id), {"format": chosen})
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"', "Vary": "Accept"}
    return Response(made.content, media_type=made.media_type, headers=headers)


def preferred(accept: str) -> str:
    """The format that the header asks for first (RFC 9110, 12.5.1); JSON where it names none that there is."""
    asked = [part.partition(";") for part in accept.casefold().split(",")]
    ranked = sorted(asked, key=lambda part: -_quality(part[2]))
    return next((BY_MEDIA_TYPE[name] for part in ranked if (name := part[0].strip()) in BY_MEDIA_TYPE), "json")


def _quality(parameters: str) -> float:
    given = [one.partition("=")[2] for one in parameters.split(";") if one.strip().startswith("q=")]
    try:
        return float(given[0]) if given else 1.0
    except ValueError:
        return 0.0
