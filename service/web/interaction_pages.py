"""The list behind a number, and one contact with its recording and transcript in step."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from data.errors import NotFound, QueryInvalid, RequestRefused
from data.records import InteractionRecord
from data.stores import Stores
from data.types import Span
from nlp.summary import summary
from service.api.access import Reader, TheRuntime
from service.api.headers import SECURITY
from service.api.interactions import zone_of
from service.api.parameters import Paging
from service.api.recordings import muting, playable
from service.category_view import narrowing
from service.exports import offered
from service.queries import read
from service.web.choices import choices
from service.web.found import highlight_label, named
from service.web.loudness import loudness_lines
from service.web.rendering import address, page

router = APIRouter()
PHRASES = 8


@router.get("/interactions")
def interactions_page(request: Request, principal: Reader, runtime: TheRuntime, asked: Paging) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        zone = zone_of(stores)
        wanted = asked.filter(zone)
        found = stores.interactions.list(wanted, limit=asked.limit, cursor=asked.cursor)
        offered, narrowed = choices(stores), narrowing(stores, wanted)
    following = address(request, cursor=found.next_cursor) if found.next_cursor else None
    return page(
        "interactions.html",
        principal,
        section="/search",
        asked=asked,
        choices=offered,
        found=found,
        following=following,
        categories=narrowed,
        zone=zone,
    )


@router.get("/interactions/{interaction_id}")
def interaction_page(interaction_id: str, principal: Reader, runtime: TheRuntime, q: str = "") -> Response:
    """``q`` marks what was searched for. Each reading is in the audit."""
    with runtime.database.tenant(principal.tenant) as stores:
        record = stores.interactions.get(interaction_id)
        stores.audit.write(principal.actor, "interaction.read", str(record.id))
        nonce = secrets.token_urlsafe(16)
        return page(
            "interaction.html",
            principal,
            section="/search",
            headers={"Content-Security-Policy": _with_nonce(nonce)},
            record=record,
            turns=stores.turns.of(record.id),
            set_aside=stores.turns.set_aside(record.id),
            loudness=loudness_lines(stores.turns.loudness(record.id)),
            runs=stores.stages.of(record.id),
            spans=_marked(stores, record, q),
            masked=len(stores.turns.redactions(record.id)),
            phrases=_phrases(record),
            summary=summary(record.highlights),
            kinds=named(record.entities),
            highlight_label=highlight_label,
            recording=_has_recording(stores, record),
            formats=offered(record.channel),
            muting=muting(stores, record.id),
            categories=[one for one in stores.category_matches.of_interaction(record.id) if one.state == "matched"],
            zone=zone_of(stores),
            nonce=nonce,
            query=q,
        )


@router.get("/interactions/{interaction_id}/analysis")
def analysis(interaction_id: str, principal: Reader, runtime: TheRuntime) -> Response:
    """The part of the page that says how far it is; without anything that was said, so not in the audit."""
    with runtime.database.tenant(principal.tenant) as stores:
        record = stores.interactions.get(interaction_id)
        return page("analysis.html", principal, record=record, runs=stores.stages.of(record.id))


def _marked(stores: Stores, record: InteractionRecord, query: str) -> dict[int, Sequence[Span]]:
    """By turn; nothing where the address was changed into no query."""
    try:
        found = stores.search.places(read(query), [record.id]).get(record.id, ())
    except QueryInvalid:
        return {}
    return {turn.position: turn.spans for turn in found}


def _phrases(record: InteractionRecord) -> list[str]:
    """The strongest, each once."""
    ranked = sorted(record.key_phrases, key=lambda phrase: -phrase.score)
    return list(dict.fromkeys(phrase.text for phrase in ranked))[:PHRASES]


def _has_recording(stores: Stores, record: InteractionRecord) -> bool:
    try:
        playable(stores, record)
    except (NotFound, RequestRefused):
        return False
    return True


def _with_nonce(nonce: str) -> str:
    """The waveform draws its own style sheet into a shadow root; this lets that one in and no other."""
    policy = SECURITY["Content-Security-Policy"]
    return policy.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
