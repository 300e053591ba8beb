"""Who takes part in a vCon: roles where they are given, and never guessed where they are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import CustomerRefInvalid, MetadataInvalid, VConInvalid
from data.types import CustomerRef, Metadata, Role
from ingest.fields import is_given, read_email, read_phone, read_text, read_time

MAX_PARTIES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    role: Role
    name: str | None
    phone: tuple[CustomerRef, ...]
    mail: tuple[CustomerRef, ...]


def parties_of(found: Sequence[object]) -> tuple[Party, ...]:
    """The parties in their order, since dialogs name them by place. Raises VConInvalid (permanent)."""
    if len(found) > MAX_PARTIES:
        raise VConInvalid(f"it has over {MAX_PARTIES} parties")
    try:
        return tuple(_party(one if isinstance(one, dict) else {}) for one in found)
    except (MetadataInvalid, CustomerRefInvalid) as error:
        raise VConInvalid(f"a party cannot be read: {error.detail}") from error


def _party(given: dict[str, object]) -> Party:
    return Party(
        role=_role(given.get("role")),
        name=read_text("name", given["name"]) if is_given(given.get("name")) else None,
        phone=read_phone("tel", given["tel"]) if is_given(given.get("tel")) else (),
        mail=read_email("mailto", given["mailto"]) if is_given(given.get("mailto")) else (),
    )


def _role(given: object) -> Role:
    word = given.casefold() if isinstance(given, str) else ""
    return Role(word) if word in Role.__members__.values() else Role.UNKNOWN


def channel_map(places: object, parties: Sequence[Party]) -> tuple[Role, ...] | None:
    """The role of each channel, where a recording names one party a channel and the parties have roles.

    One number, or one list in a list, says that the channel is a mix of its parties.
    """
    if not isinstance(places, list) or len(places) < 2:
        return None
    roles = tuple(_single(place, parties) for place in places[:64])
    return roles if set(roles) != {Role.UNKNOWN} else None


def _single(place: object, parties: Sequence[Party]) -> Role:
    index = place[0] if isinstance(place, list) and len(place) == 1 else place
    known = isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(parties)
    return parties[index].role if known else Role.UNKNOWN  # type: ignore[index]  # known to be one


def people(parties: Sequence[Party], start: object) -> Metadata:
    """The customer and the agent, as far as exactly one party has that role. Raises VConInvalid (permanent)."""
    customers = [party for party in parties if party.role is Role.CUSTOMER]
    agents = [party for party in parties if party.role is Role.AGENT]
    return Metadata(
        customers=(*customers[0].phone, *customers[0].mail) if len(customers) == 1 else (),
        agent=agents[0].name if len(agents) == 1 else None,
        started_at=_start(start),
    )


def _start(given: object) -> dt.datetime | None:
    try:
        return read_time("start", given, dt.UTC) if is_given(given) else None
    except MetadataInvalid as error:
        raise VConInvalid(error.detail) from error
