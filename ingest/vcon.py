"""vCon: conversations as JSON (draft-ietf-vcon-vcon-core, syntax 0.4.0, and the older spellings).

All text dialogs of a container are one written conversation; each recording is a call of its own, and one that lies
elsewhere is read by its transcript where the container has one. What lies behind a URL is not fetched; encrypted
containers are refused. What is in a container and not in its contacts is named in their flags.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from data.errors import InputRefused, VConExternal, VConInvalid, VConNoConversation
from data.types import Channel, Delivery, Metadata, Refusal, Role, Sidecar, Turn
from ingest.kinds import HEAD_BYTES, TURNS, is_recording, sniff
from ingest.metadata import combine
from ingest.options import Known
from ingest.recordings import recording
from ingest.text import clean_line
from ingest.vcon_base64 import decode_base64
from ingest.vcon_container import Container, JSONObject, container_of, left_over, parse_json
from ingest.vcon_parties import channel_map, people
from ingest.vcon_text import body_text
from ingest.vcon_transcript import Heard, heard_in

__all__ = ["is_vcon", "parse_json", "read_vcon"]

WRITTEN = frozenset(Channel) - {Channel.VOICE, Channel.WEB}


def is_vcon(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return {"parties", "dialog"} <= value.keys() or "vcon" in value or "signatures" in value or "ciphertext" in value


def read_vcon(name: str, value: object, known: Known) -> Iterator[Delivery | Sidecar | Refusal]:
    """The conversations in a container, and what is known of recordings that are still to come.

    Raises VConInvalid, VConEncrypted, VConSignatureInvalid, VConNoConversation (permanent) for the container as a
    whole.
    """
    container = container_of(value, known.options.vcon_keys)
    known = known.for_many() if len(container.dialogs) > 1 else known
    texts = [(at, dialog) for at, dialog in enumerate(container.dialogs) if dialog.get("type") == "text"]
    calls = [(at, dialog) for at, dialog in enumerate(container.dialogs) if dialog.get("type") == "recording"]
    if not texts and not calls:
        raise VConNoConversation()
    if texts:
        yield _attempt(name, lambda: _written(name, container, texts, known))
    for at, dialog in calls:
        label = name if len(container.dialogs) == 1 else f"{name}#{at}"
        yield from _recorded(label, container, at, dialog, known)


def _attempt(name: str, read: Callable[[], Delivery]) -> Delivery | Refusal:
    try:
        return read()
    except InputRefused as error:
        return Refusal(name=name, code=error.code, message=error.message)


def _recorded(
    name: str, container: Container, at: int, dialog: JSONObject, known: Known
) -> Iterator[Delivery | Sidecar | Refusal]:
    """The call; of a recording that lies elsewhere its transcript, else what waits for it, and that it is missing."""
    if dialog.get("body") is not None:
        yield _attempt(name, lambda: _call(name, container, at, dialog, known))
    elif heard := heard_in(container, at, dialog):
        yield _attempt(name, lambda: _transcribed(name, container, at, dialog, heard, known))
    else:
        file_name = _file_name(dialog)
        if file_name:
            yield Sidecar(key=file_name, metadata=combine(known.beside, _about(container, at, dialog)))
        error = VConExternal(f"what is said of {file_name} waits for it" if file_name else "")
        yield Refusal(name=name, code=error.code, message=error.message)


def _file_name(dialog: JSONObject) -> str:
    """The recording's own name, without folders; empty where the dialog has none."""
    given = dialog.get("filename")
    try:
        path = given if isinstance(given, str) else urlsplit(str(dialog.get("url") or "")).path
    except ValueError:
        return ""
    return clean_line(PurePosixPath(path.replace("\\", "/")).name)[:255]


def _call(name: str, container: Container, at: int, dialog: JSONObject, known: Known) -> Delivery:
    if dialog.get("encoding") not in ("base64url", "base64", None):
        raise VConInvalid(f"dialog {at}: a recording is encoded in base64url")
    content = decode_base64(dialog["body"])
    media_type = sniff(content[:HEAD_BYTES], f"{name}.wav")
    if not is_recording(media_type):
        raise VConInvalid(f"dialog {at}: its body is no recording")
    own_map = channel_map(dialog.get("parties"), container.parties)
    own = replace(_about(container, at, dialog), channel_map=own_map)
    return replace(recording(name, media_type, content, own, known), flags=left_over(container, None))


def _transcribed(name: str, container: Container, at: int, dialog: JSONObject, heard: Heard, known: Known) -> Delivery:
    """A call whose words are known and whose sound is not."""
    own_map = channel_map(dialog.get("parties"), container.parties)
    own = replace(_about(container, at, dialog), channel_map=own_map, language=heard.language)
    payload = _payload(container, heard.turns, at=at, duration_s=heard.duration_s)
    delivery = known.delivery(name, Channel.VOICE, TURNS, payload, own)
    return replace(delivery, flags=("transcript_given", *left_over(container, heard.analysis)))


def _written(name: str, container: Container, texts: list[tuple[int, JSONObject]], known: Known) -> Delivery:
    turns: list[Turn] = []
    flags: list[str] = []
    for at, dialog in texts:
        text, found = body_text(at, dialog)
        flags += found
        if text:
            turns.append(Turn(position=len(turns), role=_writer(container, dialog), text=text))
    if not turns:
        raise VConExternal() if any("url" in dialog for _, dialog in texts) else VConInvalid("its texts are empty")
    own = replace(_about(container, None, texts[0][1]), channel=_application(texts[0][1]))
    by_mail = any(party.mail and not party.phone for party in container.parties)
    usual = Channel.EMAIL if by_mail else Channel.CHAT
    delivery = known.delivery(name, usual, TURNS, _payload(container, turns), own)
    return replace(delivery, flags=tuple(dict.fromkeys([*flags, *left_over(container, None)])))


def _payload(container: Container, turns: list[Turn] | tuple[Turn, ...], **more: object) -> bytes:
    """Our own JSON, which ``ingest.documents`` opens."""
    content = {"uuid": container.uuid, "subject": container.subject, "turns": list(map(_plain, turns)), **more}
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _plain(turn: Turn) -> dict[str, Any]:
    said: dict[str, Any] = {"role": turn.role.value, "text": turn.text}
    if turn.begin_ms is not None:
        said |= {"begin_ms": turn.begin_ms, "end_ms": turn.end_ms}
    if turn.channel is not None:
        said["channel"] = turn.channel
    if turn.words:
        said["words"] = [
            [word.text, word.begin_ms, word.end_ms, word.confidence, word.char_begin, word.char_end, word.heard]
            for word in turn.words
        ]
    return said


def _application(dialog: JSONObject) -> Channel | None:
    """What the dialog calls its channel, where that is one of ours."""
    said = str(dialog.get("application") or "").casefold()
    return Channel(said) if said in WRITTEN else None


def _writer(container: Container, dialog: JSONObject) -> Role:
    """The first party of a text is who wrote it, unless the dialog names its originator."""
    said = dialog.get("originator", dialog.get("parties"))
    index = said[0] if isinstance(said, list) and said else said
    known = isinstance(index, int) and 0 <= index < len(container.parties)
    return container.parties[index].role if known else Role.UNKNOWN


def _about(container: Container, at: int | None, dialog: JSONObject) -> Metadata:
    """Whose conversation it is and when it began; a second dialog's id has its place behind it."""
    uuid = (
        f"{container.uuid}#{at}" if container.uuid and at is not None and len(container.dialogs) > 1 else container.uuid
    )
    return combine(Metadata(external_id=uuid), people(container.parties, dialog.get("start")))
