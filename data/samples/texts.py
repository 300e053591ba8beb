"""The hand-written texts, read from ``texts/``: statements by reason, dialogues, and what frames an e-mail."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.samples import FOLDER

REASONS = (
    "app_login",
    "bill_higher",
    "cancel",
    "engineer_missed",
    "moving_home",
    "outage",
    "refund_missing",
    "roaming",
    "router_delivery",
)
RISING = "app_login"
"""The reason that rises sharply in the second week: a new version of the app keeps customers out."""
NO_REASON = "none"
"""Answers such as ``n/a``, which tell nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An e-mail's subject and message, without greeting and signature."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A comment in a survey, and whether who wrote it was pleased; its scores follow from that."""

    text: str
    pleased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What customers and agents wrote for one reason, and how the contact centre files it."""

    key: str
    queue: str
    wrap_up_code: str
    notes: tuple[str, ...]
    answers: tuple[Answer, ...]
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One turn of a call; ``gap_s`` of silence before it (below zero: an overlap), None for an ordinary pause."""

    role: str
    text: str
    gap_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """A call as it is spoken; numbers are words."""

    reason: str
    agent: str
    customer: str
    at: dt.datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """What stands around the message of an e-mail; ``{name}``, ``{first}`` and ``{phone}`` are the customer's."""

    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    signatures: tuple[str, ...]
    disclaimers: tuple[str, ...]
    quoted: tuple[str, ...]
    attributions: tuple[str, ...]
    """The line before a quoted message; ``{sent}`` is its time."""
    headings: tuple[str, ...]
    """What stands for From and Sent above a quoted message in HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What was written in one language other than English, each text with its reason."""

    language: str
    customers: tuple[tuple[str, str], ...]
    """Names, each with the mailbox of its address."""
    letters: tuple[tuple[str, Letter], ...]
    answers: tuple[tuple[str, Answer], ...]


def statements(key: str) -> Statements:
    found = _read(key)
    return Statements(
        key=found["key"],
        queue=found["queue"],
        wrap_up_code=found["wrap_up_code"],
        notes=tuple(found["notes"]),
        answers=tuple(_answer(text) for text in found["answers"]),
        letters=tuple(Letter(subject=one["subject"], body=one["body"].strip()) for one in found["mails"]),
    )


def empty_answers() -> tuple[Answer, ...]:
    return tuple(_answer(text) for text in _read(NO_REASON)["answers"])


def _answer(text: str) -> Answer:
    """A plus before a comment says that it is a pleased one."""
    return Answer(text=text.removeprefix("+ "), pleased=text.startswith("+ "))


def framing(language: str = "en") -> Framing:
    found = _read("framing" if language == "en" else f"framing.{language}")
    return Framing(**{name: tuple(texts) for name, texts in found.items()})


def elsewhere() -> tuple[Elsewhere, ...]:
    """The other languages, in the order in which they are written down."""
    return tuple(_elsewhere(language, found) for language, found in _read("elsewhere").items())


def _elsewhere(language: str, found: Mapping[str, Any]) -> Elsewhere:
    return Elsewhere(
        language=language,
        customers=tuple((name, mailbox) for name, mailbox in found["customers"]),
        letters=tuple(
            (one["reason"], Letter(subject=one["subject"], body=one["body"].strip())) for one in found["mails"]
        ),
        answers=tuple((one["reason"], _answer(text)) for one in found["answers"] for text in one["texts"]),
    )


def dialogues() -> tuple[Dialogue, ...]:
    """The calls in the order in which they are numbered."""
    return tuple(_dialogue(found) for found in _read("calls")["calls"])


def _dialogue(found: Mapping[str, Any]) -> Dialogue:
    lines = (Line(role=role, text=text, gap_s=gap[0] if gap else None) for role, text, *gap in found["turns"])
    return Dialogue(
        reason=found["reason"], agent=found["agent"], customer=found["customer"], at=found["at"], lines=tuple(lines)
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / "texts" / f"{name}.toml").read_text(encoding="utf-8"))
