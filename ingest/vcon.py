"""vCon: conversations as JSON (draft-ietf-vcon-vcon-core, syntax 0.4.0, and the older spellings).

All text dialogs of a container are one written conversation; each recording is a call of its own. What lies behind
a URL is not fetched, signatures are not checked, encrypted containers are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from data.errors import InputRefused, VConExternal, VConInvalid
from data.types import Channel, Delivery, Metadata, Refusal, Role
from ingest.kinds import HEAD_BYTES, TURNS, is_recording, sniff
from ingest.metadata import combine
from ingest.options import Known
from ingest.recordings import recording
from ingest.vcon_base64 import decode_base64
from ingest.vcon_parties import Party, channel_map, parties_of, people
from ingest.vcon_text import body_text

KNOWN_EXTENSIONS = frozenset({"cc"})
"""The contact-center extension, whose party roles are read; a container that needs another one is refused."""
MAX_DIALOGS = 10_000

JSONObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Container:
    uuid: str | None
    subject: str
    parties: tuple[Party, ...]
    dialogs: tuple[JSONObject, ...]


def parse_json(content: bytes) -> Any:
    """The value, or VConInvalid (permanent): not JSON, or nested too deep."""
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise VConInvalid("it is not JSON") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def is_vcon(value: object) -> bool:
    return isinstance(value, dict) and (
        {"parties", "dialog"} <= value.keys() or "vcon" in value or "signatures" in value
    )


def read_vcon(name: str, value: object, known: Known) -> Iterator[Delivery | Refusal]:
    """The conversations in a container. Raises VConInvalid (permanent) for the container as a whole."""
    container = _container(value)
    known = known.for_many() if len(container.dialogs) > 1 else known
    texts = [(at, dialog) for at, dialog in enumerate(container.dialogs) if dialog.get("type") == "text"]
    calls = [(at, dialog) for at, dialog in enumerate(container.dialogs) if dialog.get("type") == "recording"]
    if not texts and not calls:
        raise VConInvalid("there is no recording and no text in it")
    if texts:
        yield _attempt(name, lambda: _written(name, container, texts, known))
    for at, dialog in calls:
        label = name if len(container.dialogs) == 1 else f"{name}#{at}"
        yield _attempt(label, lambda label=label, at=at, dialog=dialog: _call(label, container, at, dialog, known))


def _attempt(name: str, read: Any) -> Delivery | Refusal:
    try:
        delivery: Delivery = read()
    except InputRefused as error:
        return Refusal(name=name, code=error.code, message=error.message)
    return delivery


def _container(value: object) -> _Container:
    vcon = _unsigned(value)
    needed = [*_list(vcon, "critical"), *_list(vcon, "must_support")]
    unknown = sorted({str(name)[:50] for name in needed if str(name).casefold() not in KNOWN_EXTENSIONS})
    if unknown:
        raise VConInvalid(f"it needs extensions that are not known here: {', '.join(unknown[:10])}")
    dialogs = tuple(dialog for dialog in _list(vcon, "dialog") if isinstance(dialog, dict))
    if len(dialogs) > MAX_DIALOGS:
        raise VConInvalid(f"it has over {MAX_DIALOGS} dialogs")
    uuid = vcon.get("uuid")
    return _Container(
        uuid=uuid[:100] if isinstance(uuid, str) and uuid else None,
        subject=str(vcon.get("subject") or "")[:1000],
        parties=parties_of(_list(vcon, "parties")),
        dialogs=dialogs,
    )


def _unsigned(value: object) -> JSONObject:
    """The payload of a signed container (JWS); its signature says who wrote it, not whether it can be read."""
    if not isinstance(value, dict):
        raise VConInvalid()
    if "ciphertext" in value:
        raise VConInvalid("it is encrypted: hand in the decrypted form")
    if "signatures" not in value:
        return value
    payload = parse_json(decode_base64(value.get("payload")))
    if not isinstance(payload, dict):
        raise VConInvalid("its signed payload is no object")
    return payload


def _list(vcon: JSONObject, key: str) -> list[Any]:
    found = vcon.get(key) or []
    if not isinstance(found, list):
        raise VConInvalid(f"{key} is no list")
    return found


def _call(name: str, container: _Container, at: int, dialog: JSONObject, known: Known) -> Delivery:
    if "body" not in dialog:
        raise VConExternal()
    if dialog.get("encoding") not in ("base64url", "base64", None):
        raise VConInvalid(f"dialog {at}: a recording is encoded in base64url")
    content = decode_base64(dialog["body"])
    media_type = sniff(content[:HEAD_BYTES], f"{name}.wav")
    if not is_recording(media_type):
        raise VConInvalid(f"dialog {at}: its body is no recording")
    own_map = channel_map(dialog.get("parties"), container.parties)
    return recording(name, media_type, content, replace(_about(container, at, dialog), channel_map=own_map), known)


def _written(name: str, container: _Container, texts: list[tuple[int, JSONObject]], known: Known) -> Delivery:
    turns = []
    for at, dialog in texts:
        if text := body_text(at, dialog):
            turns.append({"role": str(_writer(container, dialog)), "text": text})
    if not turns:
        raise VConExternal() if any("url" in dialog for _, dialog in texts) else VConInvalid("its texts are empty")
    content = {"uuid": container.uuid, "subject": container.subject, "turns": turns}
    payload = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
    by_mail = any(party.mail and not party.phone for party in container.parties)
    own = _about(container, None, texts[0][1])
    return known.delivery(name, Channel.EMAIL if by_mail else Channel.CHAT, TURNS, payload, own)


def _writer(container: _Container, dialog: JSONObject) -> Role:
    """The first party of a text is who wrote it, unless the dialog names its originator."""
    said = dialog.get("originator", dialog.get("parties"))
    index = said[0] if isinstance(said, list) and said else said
    known = isinstance(index, int) and 0 <= index < len(container.parties)
    return container.parties[index].role if known else Role.UNKNOWN


def _about(container: _Container, at: int | None, dialog: JSONObject) -> Metadata:
    """Whose conversation it is and when it began; a second dialog's id has its place behind it."""
    uuid = (
        f"{container.uuid}#{at}" if container.uuid and at is not None and len(container.dialogs) > 1 else container.uuid
    )
    return combine(Metadata(external_id=uuid), people(container.parties, dialog.get("start")))
