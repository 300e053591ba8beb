from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from data.types import Channel, CustomerRef, Delivery, Document, Refusal, Role, Sidecar
from ingest import ReadOptions, read
from ingest.documents import open_document
from tests.ingest.audio_samples import tone, wav

AGENT = {"name": "Kim", "role": "agent", "tel": "+4930111"}
CUSTOMER = {"name": "Jo", "role": "customer", "tel": "tel:+4930222", "mailto": "mailto:Jo@Example.com"}
START = "2026-10-05T14:30:00+02:00"


def body(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def recording(channels: int = 2, **more: object) -> dict[str, object]:
    sound = body(wav(tone(0.2, channels=channels)))
    return {"type": "recording", "start": START, "parties": [0, 1], "encoding": "base64url", "body": sound} | more


def vcon(folder: Path, *dialogs: object, **more: object) -> list[Delivery | Sidecar | Refusal]:
    path = folder / "talk.vcon"
    content = {"uuid": "u-1", "created_at": START, "parties": [AGENT, CUSTOMER], "dialog": list(dialogs)} | more
    path.write_text(json.dumps(content))
    return list(read(path))


def only(found: Sequence[object]) -> Delivery:
    (one,) = found
    assert isinstance(one, Delivery), one
    return one


def codes(found: Sequence[object]) -> list[str]:
    return [one.code for one in found if isinstance(one, Refusal)]


def test_a_recording_comes_with_its_channel_map_and_people(tmp_path: Path) -> None:
    found = only(vcon(tmp_path, recording()))
    assert found.channel is Channel.VOICE
    assert found.media_type == "audio/wav"
    assert found.metadata.channel_map == (Role.AGENT, Role.CUSTOMER)
    assert found.metadata.external_id == "u-1"
    assert found.metadata.agent == "Kim"
    assert found.metadata.customers == (CustomerRef.parse("phone:+4930222"), CustomerRef.parse("email:jo@example.com"))
    assert found.metadata.started_at is not None


def test_the_map_follows_the_order_of_the_dialog(tmp_path: Path) -> None:
    found = only(vcon(tmp_path, recording(parties=[1, [0]])))
    assert found.metadata.channel_map == (Role.CUSTOMER, Role.AGENT)


def test_a_mix_of_two_parties_has_no_map(tmp_path: Path) -> None:
    assert only(vcon(tmp_path, recording(channels=1))).metadata.channel_map is None
    assert only(vcon(tmp_path, recording(channels=1, parties=[[0, 1]]))).metadata.channel_map is None


def test_roles_that_are_not_given_are_not_guessed(tmp_path: Path) -> None:
    found = only(vcon(tmp_path, recording(), parties=[{"tel": "+1"}, {"tel": "+2"}]))
    assert found.metadata.channel_map is None
    assert found.metadata.customers == ()


def test_texts_are_the_turns_of_one_conversation(tmp_path: Path) -> None:
    texts = [
        {"type": "text", "start": START, "parties": [1, 0], "encoding": "none", "body": "My card is lost"},
        {
            "type": "text",
            "start": START,
            "parties": [0, 1],
            "mimetype": "text/html",
            "body": "<p>We send a <b>new</b> one</p>",
        },
        {"type": "text", "start": START, "parties": 1, "encoding": "json", "body": '"Thanks"'},
        {"type": "text", "start": START, "originator": 1, "encoding": "json", "body": {"text": "Bye"}},
        {"type": "text", "start": START, "parties": [0], "encoding": "base64url", "body": body(b"Goodbye")},
    ]
    found = only(vcon(tmp_path, *texts, subject="Card"))
    assert found.channel is Channel.CHAT
    document = open_document(found.media_type, found.payload)  # type: ignore[arg-type]
    assert document.subject == "Card"
    assert [(turn.role.value, " ".join(turn.text.split())) for turn in document.turns] == [
        ("customer", "My card is lost"),
        ("agent", "We send a new one"),
        ("customer", "Thanks"),
        ("customer", "Bye"),
        ("agent", "Goodbye"),
    ]


def test_several_recordings_are_several_calls(tmp_path: Path) -> None:
    found = vcon(tmp_path, recording(), {"type": "transfer"}, recording(channels=1))
    assert [one.name for one in found if isinstance(one, Delivery)] == ["talk.vcon#0", "talk.vcon#2"]
    assert [one.metadata.external_id for one in found if isinstance(one, Delivery)] == ["u-1#0", "u-1#2"]


def test_one_bad_dialog_leaves_the_others(tmp_path: Path) -> None:
    found = vcon(tmp_path, recording(body="%%%"), recording(), recording(body=body(b"%PDF-1.4")))
    assert [type(one).__name__ for one in found] == ["Refusal", "Delivery", "Refusal"]


def test_nothing_is_fetched_and_what_is_known_waits_for_the_recording(tmp_path: Path) -> None:
    dialog = {"type": "recording", "start": START, "url": "https://127.0.0.1/calls/a%20b.mp3?x=1"}
    sidecar, refusal = vcon(tmp_path, dialog)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "a%20b.mp3" in refusal.message) == ("vcon.external", True)
    assert isinstance(sidecar, Sidecar)
    assert (sidecar.key, sidecar.metadata.external_id, sidecar.metadata.agent) == ("a%20b.mp3", "u-1", "Kim")
    assert codes(vcon(tmp_path, {"type": "recording", "start": START})) == ["vcon.external"]


@pytest.mark.parametrize("key", ["critical", "must_support"])
def test_a_container_that_needs_an_unknown_extension_is_refused(tmp_path: Path, key: str) -> None:
    assert codes(vcon(tmp_path, recording(), **{key: ["quantum"]})) == ["vcon.invalid"]
    assert codes(vcon(tmp_path, recording(), **{key: ["CC"]})) == []


def test_a_signed_container_is_read(tmp_path: Path) -> None:
    inner = json.dumps({"uuid": "u", "parties": [AGENT, CUSTOMER], "dialog": [recording()]}).encode()
    path = tmp_path / "signed.vcon"
    path.write_text(json.dumps({"payload": body(inner), "signatures": [{}]}))
    assert only(list(read(path))).metadata.external_id == "u"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "{}",
        '{"parties": {}, "dialog": []}',
        '{"parties": [{"name": {}}], "dialog": [{"type": "text", "body": "x"}]}',
        '{"signatures": [], "payload": 7}',
        '{"signatures": [], "payload": "W10"}',
        '{"a":' * 100_000,
    ],
)
def test_what_is_no_container_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.vcon"
    path.write_text(content)
    assert codes(list(read(path))) == ["vcon.invalid"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "dialog",
    [
        {"type": "text", "parties": ["x"], "body": 7},
        {"type": "text", "start": "noon", "body": "hi"},
        {"type": "text", "encoding": "json", "body": [1]},
        {"type": "recording", "body": 7},
        {"type": "recording", "encoding": "json", "body": "UklGRg"},
    ],
)
def test_a_dialog_that_cannot_be_read_is_refused(tmp_path: Path, dialog: dict[str, Any]) -> None:
    assert codes(vcon(tmp_path, dialog)) != []


@pytest.mark.parametrize(
    "content", ['{"vcon": "0.4.0"}', '{"parties": [1], "dialog": [1]}', '{"parties": [], "dialog": []}']
)
def test_a_container_without_a_conversation_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "empty.json"
    path.write_text(content)
    assert codes(list(read(path))) == ["vcon.no_conversation"]


def test_a_call_that_nobody_answered_is_no_contact(tmp_path: Path) -> None:
    missed = {"type": "incomplete", "start": START, "disposition": "no-answer"}
    assert codes(vcon(tmp_path, missed)) == ["vcon.no_conversation"]


def test_an_encrypted_container_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_text('{"unprotected": {}, "ciphertext": "x", "recipients": []}')
    assert codes(list(read(path))) == ["vcon.encrypted"]


def test_what_is_in_a_container_and_not_in_its_contacts_is_named(tmp_path: Path) -> None:
    found = vcon(
        tmp_path,
        {"type": "text", "start": START, "parties": [1], "body": "My card is lost"},
        {"type": "transfer", "start": START},
        {"type": "incomplete", "start": START, "disposition": "voicemail-no-message"},
        analysis=[{"type": "summary", "vendor": "x", "body": "…"}, {"type": "summary", "vendor": "y", "body": "…"}],
        attachments=[{"mediatype": "image/png", "body": "x"}],
    )
    assert only(found).flags == (
        *("dialog:transfer", "dialog:incomplete:voicemail-no-message", "analysis:summary", "attachment:image/png"),
    )


def test_a_mail_says_what_of_it_was_not_read(tmp_path: Path) -> None:
    mixed = "--b\r\nContent-Type: text/plain\r\n\r\nSee below\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
    mail = {"type": "text", "start": START, "parties": [1], "mediatype": 'multipart/mixed; boundary="b"', "body": mixed}
    assert only(vcon(tmp_path, mail)).flags == ("attachment:image/png",)


ELSEWHERE = {"type": "recording", "start": START, "duration": 60, "parties": [0, 1], "url": "https://x.example/a.wav"}


def opened(delivery: Delivery) -> Document:
    assert isinstance(delivery.payload, bytes)
    return open_document(delivery.media_type, delivery.payload)


def heard(folder: Path, body: object, **more: object) -> list[tuple[str, str, int | None, int | None, int]]:
    analysis = {"type": "transcript", "vendor": "x", "dialog": 0, "encoding": "json", "body": body} | more
    found = only(vcon(folder, ELSEWHERE, analysis=[analysis]))
    assert (found.channel, found.flags[0]) == (Channel.VOICE, "transcript_given")
    document = opened(found)
    assert document.duration_s == 60
    for turn in document.turns:
        assert [turn.text[word.char_begin : word.char_end] for word in turn.words] == [w.text for w in turn.words]
    return [(turn.role.value, turn.text, turn.begin_ms, turn.end_ms, len(turn.words)) for turn in document.turns]


def test_a_list_of_texts_with_moments_is_a_transcript(tmp_path: Path) -> None:
    body = [
        {"parties": 1, "start": "2026-10-05T14:30:02.5+02:00", "duration": 1.25, "text": "My card is lost"},
        {"parties": 0, "start": "2026-10-05T12:30:00.5Z", "duration": 1, "text": "Good morning"},
    ]
    in_base64 = base64.urlsafe_b64encode(json.dumps(body).encode()).decode()
    expected = [("agent", "Good morning", 500, 1500, 0), ("customer", "My card is lost", 2500, 3750, 0)]
    assert heard(tmp_path, body) == expected
    assert heard(tmp_path, json.dumps(body)) == expected
    assert heard(tmp_path, in_base64, encoding="base64url") == expected


def test_whispers_segments_are_a_transcript(tmp_path: Path) -> None:
    words = [
        {"word": " Good", "start": 0.5, "end": 0.7, "probability": 0.9},
        {"word": " morning.", "start": 0.7, "end": 1.1},
    ]
    body = {"text": "Good morning.", "segments": [{"start": 0.5, "end": 1.2, "text": " Good morning.", "words": words}]}
    assert heard(tmp_path, body) == [("unknown", "Good morning.", 500, 1200, 2)]


def test_words_by_channel_are_turns_of_their_parties(tmp_path: Path) -> None:
    def channel(*words: tuple[str, float, float]) -> dict[str, object]:
        spoken = [
            {"word": w.lower(), "punctuated_word": w, "start": b, "end": e, "confidence": 0.5} for w, b, e in words
        ]
        return {"alternatives": [{"transcript": " ".join(w for w, _, _ in words), "words": spoken}]}

    body = {
        "results": {
            "channels": [channel(("Hello.", 0, 0.5), ("Bye.", 5, 5.5)), channel(("Hi,", 1, 1.2), ("Kim.", 1.3, 2))]
        }
    }
    assert heard(tmp_path, body) == [
        ("agent", "Hello.", 0, 500, 1),
        ("customer", "Hi, Kim.", 1000, 2000, 2),
        ("agent", "Bye.", 5000, 5500, 1),
    ]


def test_a_transcript_without_usable_times_has_none(tmp_path: Path) -> None:
    assert heard(tmp_path, "Just what was said", encoding="none") == [("unknown", "Just what was said", None, None, 0)]
    body = {"segments": [{"text": "one", "start": 0, "end": 1}, {"text": "two", "start": "soon", "end": 1e300}]}
    assert heard(tmp_path, body) == [("unknown", "one", None, None, 0), ("unknown", "two", None, None, 0)]


@pytest.mark.parametrize(
    "body", [None, 7, [], {}, [7], {"segments": [{"text": ""}]}, '{"a":' * 5000, {"results": {"channels": [{}]}}, ""]
)
def test_a_transcript_that_says_nothing_is_none(tmp_path: Path, body: object) -> None:
    analysis = {"type": "transcript", "vendor": "x", "dialog": 0, "encoding": "json", "body": body}
    assert codes(vcon(tmp_path, ELSEWHERE, analysis=[analysis])) == ["vcon.external"]


def test_a_recording_is_heard_even_where_there_is_a_transcript(tmp_path: Path) -> None:
    analysis = {"type": "transcript", "vendor": "x", "dialog": 0, "body": "hello"}
    found = only(vcon(tmp_path, recording(), analysis=[analysis]))
    assert (found.media_type, found.flags) == ("audio/wav", ("analysis:transcript",))


# Signatures


def signed(payload: bytes, key: Any, algorithm: str, sign: Any) -> dict[str, object]:
    protected, coded = body(json.dumps({"alg": algorithm}).encode()), body(payload)
    signature = body(sign(key, f"{protected}.{coded}".encode()))
    return {"payload": coded, "signatures": [{"protected": protected, "signature": signature}]}


def rsa_signs(key: Any, content: bytes) -> bytes:
    made: bytes = key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return made


def ec_signs(key: Any, content: bytes) -> bytes:
    numbers = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256())))
    return b"".join(number.to_bytes(32, "big") for number in numbers)


def pem(key: Any) -> bytes:
    made: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made


@pytest.mark.parametrize(
    ("make", "algorithm", "sign"),
    [
        (lambda: rsa.generate_private_key(65537, 2048), "RS256", rsa_signs),
        (lambda: ec.generate_private_key(ec.SECP256R1()), "ES256", ec_signs),
        (ed25519.Ed25519PrivateKey.generate, "EdDSA", lambda key, content: key.sign(content)),
    ],
)
def test_a_signature_is_held_against_the_trusted_keys(tmp_path: Path, make: Any, algorithm: str, sign: Any) -> None:
    key, other = make(), make()
    inner = json.dumps({"uuid": "u", "parties": [AGENT, CUSTOMER], "dialog": [recording()]}).encode()
    path = tmp_path / "signed.vcon"
    path.write_text(json.dumps(signed(inner, key, algorithm, sign)))
    assert only(list(read(path))).flags == ("signature_unverified",)
    trusting = ReadOptions(vcon_keys=pem(other) + pem(key))
    assert only(list(read(path, trusting))).flags == ("signature_verified",)
    assert codes(list(read(path, ReadOptions(vcon_keys=pem(other))))) == ["vcon.signature_invalid"]
    changed = signed(inner, key, algorithm, sign) | {"payload": body(inner.replace(b"Kim", b"Tim"))}
    path.write_text(json.dumps(changed))
    assert codes(list(read(path, trusting))) == ["vcon.signature_invalid"]
    assert codes(list(read(path, ReadOptions(vcon_keys=b"no key")))) == ["input.metadata_invalid"]


# The working group's own examples: what each becomes, and nothing of it lost in silence


@pytest.mark.shared
def test_the_working_groups_examples_are_read(shared: Path) -> None:
    found = {path.name: list(read(path)) for path in sorted((shared / "vcon").glob("*.vcon"))}
    assert {name: [_outcome(one) for one in items] for name, items in found.items()} == {
        "ab.vcon": ["vcon.no_conversation"],
        "ab_call_ext_rec.vcon": ["waits for ab_call.mp3", "vcon.external"],
        "ab_call_ext_rec_analysis.vcon": ["voice: 2 turns, 76 words, 33.12 s: transcript_given"],
        "ab_call_ext_rec_redacted.vcon": ["voice: 18 turns, 0 words, 33.12 s: transcript_given"],
        "ab_call_ext_rec_signed.vcon": ["waits for ab_call.mp3", "vcon.external"],
        "ab_call_int_rec.vcon": ["voice: audio/wav: "],
        "ab_email_acct_prob_thread.vcon": ["email: 2 turns, 0 words, None s: attachment:image/png"],
        "ab_email_prob_followup_text_thread.vcon": ["email: 3 turns, 0 words, None s: "],
        "simple-vcon.vcon": ["vcon.invalid"],
    }


def _outcome(one: Delivery | Sidecar | Refusal) -> str:
    if isinstance(one, Refusal):
        return one.code
    if isinstance(one, Sidecar):
        return f"waits for {one.key}"
    if one.media_type.startswith("audio/"):
        return f"voice: {one.media_type}: {' '.join(one.flags)}"
    document = opened(one)
    words = sum(len(turn.words) for turn in document.turns)
    about = f"{len(document.turns)} turns, {words} words, {document.duration_s} s"
    return f"{one.channel}: {about}: {' '.join(one.flags)}"


@pytest.mark.shared
def test_no_word_of_the_examples_transcripts_is_lost(shared: Path) -> None:
    def texts(name: str) -> tuple[Any, str]:
        path = shared / "vcon" / f"ab_call_ext_rec_{name}.vcon"
        said = " ".join(turn.text for turn in opened(only(list(read(path)))).turns)
        return json.loads(path.read_text())["analysis"][0]["body"], said

    by_words, said = texts("analysis")
    assert said == by_words["results"]["channels"][0]["alternatives"][0]["transcript"]
    listed, said = texts("redacted")
    assert said == " ".join(one["text"] for one in listed)


@pytest.mark.shared
def test_the_signed_example_is_verified_by_its_signers_certificate(shared: Path) -> None:
    path = shared / "vcon" / "ab_call_ext_rec_signed.vcon"
    leaf = json.loads(path.read_text())["signatures"][0]["header"]["x5c"][0]
    trusted = f"-----BEGIN CERTIFICATE-----\n{leaf}\n-----END CERTIFICATE-----\n".encode()
    assert codes(list(read(path, ReadOptions(vcon_keys=trusted)))) == ["vcon.external"]
    stranger = pem(ec.generate_private_key(ec.SECP256R1()))
    assert codes(list(read(path, ReadOptions(vcon_keys=stranger)))) == ["vcon.signature_invalid"]
