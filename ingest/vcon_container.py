"""A vCon's parts as they stand in it, whoever signed it, and what of them nothing here reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from data.errors import VConEncrypted, VConInvalid
from ingest.text import clean_line
from ingest.vcon_base64 import decode_base64
from ingest.vcon_parties import Party, parties_of
from ingest.vcon_signature import check_signature

KNOWN_EXTENSIONS = frozenset({"cc"})
"""The contact-center extension, whose party roles are read; a container that needs another one is refused."""
MAX_DIALOGS = 10_000
MAX_FLAGS = 20

JSONObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    uuid: str | None
    subject: str
    parties: tuple[Party, ...]
    dialogs: tuple[JSONObject, ...]
    analyses: tuple[JSONObject, ...]
    attachments: tuple[JSONObject, ...]
    flags: tuple[str, ...]
    """``signature_verified`` or ``signature_unverified`` where it is signed."""


def parse_json(content: bytes) -> Any:
    """The value, or VConInvalid (permanent): not JSON, or nested too deep."""
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise VConInvalid("it is not JSON") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def container_of(value: object, trusted: bytes | None) -> Container:
    """``trusted``: PEM keys or certificates of those whose signatures count.

    Raises VConInvalid, VConEncrypted, VConSignatureInvalid (permanent).
    """
    vcon, flags = _unsigned(value, trusted)
    if not vcon.keys() & {"vcon", "uuid", "parties", "dialog"}:
        raise VConInvalid("it has no part of a vCon")
    _require_known(vcon)
    dialogs = objects(vcon, "dialog")
    if len(dialogs) > MAX_DIALOGS:
        raise VConInvalid(f"it has over {MAX_DIALOGS} dialogs")
    uuid = vcon.get("uuid")
    return Container(
        uuid=uuid[:100] if isinstance(uuid, str) and uuid else None,
        subject=str(vcon.get("subject") or "")[:1000],
        parties=parties_of(_list(vcon, "parties")),
        dialogs=dialogs,
        analyses=objects(vcon, "analysis"),
        attachments=objects(vcon, "attachments"),
        flags=flags,
    )


def _unsigned(value: object, trusted: bytes | None) -> tuple[JSONObject, tuple[str, ...]]:
    """The payload of a signed container (JWS, RFC 7515), and whether the signature is known to be good."""
    if not isinstance(value, dict):
        raise VConInvalid()
    if "ciphertext" in value:
        raise VConEncrypted()
    if "signatures" not in value:
        return value, ()
    payload = parse_json(decode_base64(value.get("payload")))
    if not isinstance(payload, dict):
        raise VConInvalid("its signed payload is no object")
    verified = check_signature(value, trusted)
    return payload, ("signature_verified" if verified else "signature_unverified",)


def _require_known(vcon: JSONObject) -> None:
    needed = [*_list(vcon, "critical"), *_list(vcon, "must_support")]
    unknown = sorted({str(name)[:50] for name in needed if str(name).casefold() not in KNOWN_EXTENSIONS})
    if unknown:
        raise VConInvalid(f"it needs extensions that are not known here: {', '.join(unknown[:10])}")


def _list(vcon: JSONObject, key: str) -> list[Any]:
    found = vcon.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise VConInvalid(f"{key} is no list")
    return found


def objects(vcon: JSONObject, key: str) -> tuple[JSONObject, ...]:
    return tuple(one for one in _list(vcon, key) if isinstance(one, dict))


OURS = "Reasonance"


def left_over(container: Container, used: JSONObject | None) -> tuple[str, ...]:
    """Flags that name by type what is in the container and not in the contact: nothing is left out in silence.

    ``used`` is the analysis that the contact was made from.
    """
    found = dict.fromkeys([*container.flags, *_left_over(container, used)])
    return tuple(found)[:MAX_FLAGS]


def _left_over(container: Container, used: JSONObject | None) -> Iterator[str]:
    for dialog in container.dialogs:
        if dialog.get("type") not in ("text", "recording", "recording-set"):
            yield ":".join(filter(None, ["dialog", _word(dialog.get("type")), _word(dialog.get("disposition"))]))
    for analysis in container.analyses:
        # What this product found in it is found anew.
        if analysis is not used and analysis.get("vendor") != OURS:
            yield f"analysis:{_word(analysis.get('type'))}"
    for attachment in container.attachments:
        yield f"attachment:{_word(attachment.get('mediatype') or attachment.get('mimetype') or 'unknown')}"


def _word(value: object) -> str:
    return clean_line(str(value if value is not None else ""))[:60]
