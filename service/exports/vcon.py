"""The contact as a vCon (draft-ietf-vcon-vcon-core, with the party roles of draft-ietf-vcon-cc-extension).

A call is a dialog of type ``recording`` without its body, since the recording may hold what the text has masked,
and an analysis of type ``transcript``. A written contact is one dialog of type ``text`` a turn. Of both there are
analyses of type ``summary``, ``highlights`` and ``categories``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from data.types import Role, Turn
from service.exports.document import SCHEMA, Found, categories, found, transcript
from service.exports.material import Material

VENDOR = "Reasonance"
REDACTION = "personal details are masked in the text; the recording is left out"


def vcon(material: Material) -> dict[str, Any]:
    """Valid against the working group's schema, and read back by ``ingest`` as the same conversation."""
    record = material.record
    roles = _roles(material)
    dialogs = [_recording(material, roles)] if material.spoken else _texts(material, roles)
    return {
        "vcon": "0.4.0",
        "uuid": str(record.id),
        "extensions": ["CC"],
        "created_at": material.at.isoformat(),
        "redacted": _redacted(record.external_id),
        **({"subject": record.subject} if record.subject else {}),
        "parties": [_party(material, role) for role in roles],
        "dialog": dialogs,
        "analysis": [*([_transcript(material)] if material.spoken else []), *_found(material, len(dialogs))],
        "attachments": [],
    }


def _roles(material: Material) -> list[Role]:
    """One party a role: those of the channels in their order, then whoever else speaks."""
    mapped = material.record.channel_map or () if material.spoken else ()
    return list(dict.fromkeys([*mapped, *(turn.role for turn in material.turns)]))


def _party(material: Material, role: Role) -> dict[str, Any]:
    """The customer is nobody but an id: telephone numbers and addresses are kept apart from the text, encrypted."""
    record = material.record
    party: dict[str, Any] = {"role": role.value}
    if role is Role.AGENT and record.agent:
        party["name"] = record.agent
    if role is Role.CUSTOMER and record.customer_id:
        party["uuid"] = str(record.customer_id)
    return party


def _redacted(external_id: str | None) -> dict[str, str]:
    """The container it came from, where that was a vCon: then its external id is that one's UUID."""
    try:
        return {"type": REDACTION, "uuid": str(uuid.UUID((external_id or "").partition("#")[0]))}
    except ValueError:
        return {"type": REDACTION}


def _recording(material: Material, roles: Sequence[Role]) -> dict[str, Any]:
    record = material.record
    dialog: dict[str, Any] = {"type": "recording", "start": record.started_at.isoformat()}
    if record.duration_s is not None:
        dialog["duration"] = record.duration_s
    mapped = [roles.index(role) for role in record.channel_map or ()]
    return {**dialog, "parties": mapped or list(range(len(roles))), "mediatype": record.media_type}


def _texts(material: Material, roles: Sequence[Role]) -> list[dict[str, Any]]:
    return [_text(material, turn, roles.index(turn.role)) for turn in material.turns]


def _text(material: Material, turn: Turn, writer: int) -> dict[str, Any]:
    return {
        "type": "text",
        "start": material.record.started_at.isoformat(),
        "parties": [writer],
        "mediatype": "text/plain",
        "encoding": "none",
        "body": turn.text,
        "application": material.record.channel.value,
    }


def _found(material: Material, dialogs: int) -> Iterator[dict[str, Any]]:
    """What it is about and what came of it, in three lines of text and in full; nothing where nothing was found."""
    known = found(material)
    about = {"dialog": list(range(dialogs)), "vendor": VENDOR, **_product(material, "annotate")}
    if known.summary:
        lines = "\n".join(line.text for line in known.summary)
        yield {"type": "summary", **about, "mediatype": "text/plain", "encoding": "none", "body": lines}
    if known.highlights or known.key_phrases or known.entities:
        body = known.model_dump(mode="json", exclude={"summary"})
        yield {"type": "highlights", **about, "mediatype": "application/json", "encoding": "json", "body": body}
    if material.categories:
        body = {"categories": [one.model_dump(mode="json") for one in categories(material)]}
        where = {"dialog": about["dialog"], "vendor": VENDOR}
        yield {"type": "categories", **where, "mediatype": "application/json", "encoding": "json", "body": body}


def _product(material: Material, stage: str) -> dict[str, str]:
    made_by = material.record.provenance.get(stage)
    return {"product": f"{made_by.component} {made_by.version}, {made_by.model}"} if made_by else {}


def _transcript(material: Material) -> dict[str, Any]:
    return {
        "type": "transcript",
        "dialog": 0,
        "vendor": VENDOR,
        **_product(material, "transcribe"),
        "schema": SCHEMA,
        "mediatype": "application/json",
        "encoding": "json",
        "body": transcript(material).model_dump(
            mode="json", by_alias=True, exclude={*Found.model_fields, "categories"}
        ),
    }
