"""The fields a source may give for a contact, the names they go by, and how each value is read.

Values come from JSON, from cells and from file names; a fault names the field and what it should hold, never the
value itself, which may be personal.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from data.errors import MetadataInvalid
from data.types import Channel, CustomerRef, Direction, Role
from ingest.text import clean_line

MAX_FIELD_CHARS = 200
MAX_CUSTOMERS = 10

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "text": (
        "body",
        "comment",
        "comments",
        "message",
        "note",
        "notes",
        "feedback",
        "verbatim",
        "answer",
        "description",
    ),
    "subject": ("title",),
    "external_id": (
        "id",
        "call_id",
        "case_id",
        "ticket_id",
        "interaction_id",
        "conversation_id",
        "response_id",
        "message_id",
    ),
    "channel": (),
    "customer": ("customers", "customer_id", "crm_id", "crm"),
    "customer_phone": ("phone", "phone_number", "caller", "caller_id", "ani"),
    "customer_email": ("email", "email_address"),
    "customer_segment": ("segment", "tier"),
    "agent": ("agent_id", "agent_name", "advisor", "representative"),
    "queue": ("queue_name", "skill"),
    "team": ("team_name",),
    "direction": ("call_direction",),
    "started_at": ("date", "datetime", "timestamp", "start", "start_time", "created", "created_at", "submitted_at"),
    "language": ("lang", "locale"),
    "channel_map": ("channels",),
    "wrap_up_code": ("wrap_up", "code", "disposition", "reason_code"),
    "csat": ("csat_score", "satisfaction"),
    "nps": ("nps_score",),
    "ces": ("ces_score", "effort"),
    "hold_s": ("hold_time", "hold_seconds"),
    "after_call_s": ("acw", "acw_s", "after_call_work"),
    "page": ("page_url", "page_path", "url"),
    "dwell_s": ("dwell", "dwell_time", "time_on_page"),
}
"""Every field by its name here, with what exports call it; case and punctuation of a name do not matter."""

TEXT_FIELDS = ("text", "subject")
_SCORES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")


def squeezed(name: str) -> str:
    """A column's or key's name with nothing but its letters and digits, in lower case."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


_FIELD_OF = {squeezed(alias): field for field, aliases in SYNONYMS.items() for alias in (field, *aliases)}


def field_named(name: str) -> str | None:
    """The field that a column or key of this name holds, or None."""
    return _FIELD_OF.get(squeezed(name))


def is_given(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def read_text(field: str, value: object) -> str:
    """A short text; numbers as spreadsheets give them (12.0) lose their zero."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise MetadataInvalid(f"{field}: not a text")
    text = clean_line(value[: MAX_FIELD_CHARS * 10] if isinstance(value, str) else str(value))
    if len(text) > MAX_FIELD_CHARS:
        raise MetadataInvalid(f"{field}: over {MAX_FIELD_CHARS} characters")
    return text


def read_time(field: str, value: object, zone: dt.tzinfo) -> dt.datetime:
    """ISO 8601, or a spreadsheet's date; a time without an offset is one of ``zone``. The answer is in UTC."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001  # its zone is given below
    try:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(read_text(field, value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise MetadataInvalid(f"{field}: not a time in ISO 8601, such as 2026-10-05T14:30:00+02:00") from error


def read_score(field: str, value: object) -> int:
    low, high = _SCORES[field]
    found = number(value)
    if found is None or not found.is_integer() or not low <= found <= high:
        raise MetadataInvalid(f"{field}: not a whole number from {low} to {high}")
    return int(found)


def read_seconds(field: str, value: object) -> float:
    found = number(value)
    if found is None or found < 0:
        raise MetadataInvalid(f"{field}: not a number of seconds")
    return found


def number(value: object) -> float | None:
    """None where it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def read_language(field: str, value: object) -> str:
    """A BCP-47 tag; the underscore of POSIX locales is taken for its hyphen."""
    tag = read_text(field, value).replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        raise MetadataInvalid(f"{field}: not a BCP-47 tag, such as en or de-AT")
    return tag


def read_channel(field: str, value: object) -> Channel:
    return _member(Channel, field, value)


def read_direction(field: str, value: object) -> Direction:
    word = read_text(field, value).casefold()
    return _member(
        Direction,
        field,
        {"in": "inbound", "incoming": "inbound", "out": "outbound", "outgoing": "outbound"}.get(word, word),
    )


def read_roles(field: str, value: object) -> tuple[Role, ...]:
    """One role a channel, as a list or as ``agent,customer``."""
    names = value if isinstance(value, list | tuple) else read_text(field, value).split(",")
    return tuple(_member(Role, field, name) for name in names[:64])


def read_customers(field: str, value: object) -> tuple[CustomerRef, ...]:
    """References such as ``crm:4711``, one or a list; a value without a scheme is one of the CRM."""
    values = value if isinstance(value, list | tuple) else (value,)
    if len(values) > MAX_CUSTOMERS:
        raise MetadataInvalid(f"{field}: over {MAX_CUSTOMERS} identifiers")
    return tuple(_reference(read_text(field, one)) for one in values if is_given(one))


def _reference(text: str) -> CustomerRef:
    scheme = text.partition(":")[0]
    return CustomerRef.parse(text if scheme in ("crm", "phone", "email") else f"crm:{text}")


def read_phone(field: str, value: object) -> tuple[CustomerRef, ...]:
    """None where the number is withheld: ``anonymous`` is nobody's number."""
    number = read_text(field, value).removeprefix("tel:").partition(";")[0]
    return (CustomerRef.parse(f"phone:{number}"),) if any(letter.isdigit() for letter in number) else ()


def read_email(field: str, value: object) -> tuple[CustomerRef, ...]:
    address = read_text(field, value).removeprefix("mailto:").casefold()
    return (CustomerRef.parse(f"email:{address}"),) if "@" in address else ()


_Enum = TypeVar("_Enum", Channel, Direction, Role)


def _member(kind: type[_Enum], field: str, value: object) -> _Enum:
    try:
        return kind(read_text(field, value).casefold())
    except ValueError as error:
        raise MetadataInvalid(f"{field}: not one of {', '.join(kind)}") from error


READERS: Mapping[str, Callable[[str, object], object]] = {
    "channel": read_channel,
    "direction": read_direction,
    "language": read_language,
    "channel_map": read_roles,
    "hold_s": read_seconds,
    "after_call_s": read_seconds,
    **dict.fromkeys(_SCORES, read_score),
    **dict.fromkeys(("external_id", "customer_segment", "agent", "queue", "team", "wrap_up_code"), read_text),
}
"""How the fields are read that stand for themselves; the time needs a zone, and customers come from three fields."""

CUSTOMER_READERS: Mapping[str, Callable[[str, object], tuple[CustomerRef, ...]]] = {
    "customer": read_customers,
    "customer_phone": read_phone,
    "customer_email": read_email,
}
