"""The registry of reasons: all of them in their groups, and one with its history and what a person may do to it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.errors import FieldInvalid
from data.reason_records import Part, ReasonRecord
from data.types import Filter
from service import registry
from service.api.access import Administrator, Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import Paging
from service.web.rendering import address, page

router = APIRouter(prefix="/reasons")
SECTION = "/reasons"
ABOVE = {"detail": "reason", "reason": "group", "group": None}
Name = Annotated[str, Form(max_length=200)]
Target = Annotated[uuid.UUID, Form()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A group and the reasons in it, the most frequent first; ``group`` is None for those outside of all."""

    group: ReasonRecord | None
    reasons: tuple[ReasonRecord, ...]

    @property
    def contacts(self) -> int:
        return sum(reason.contacts for reason in self.reasons)


@router.get("")
def reasons_page(principal: Reader, runtime: TheRuntime, retired: bool = False) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        everything = stores.reasons.list(quotes=1, include_retired=retired, levels=("group", "reason"))
        unassigned = stores.reasons.unassigned()
    active = [reason for reason in everything if reason.state == "active"]
    families = _families(active)
    return page(
        "reasons.html",
        principal,
        section=SECTION,
        families=families,
        most=max((reason.contacts for family in families for reason in family.reasons), default=0),
        unassigned=unassigned,
        ended=[reason for reason in everything if reason.state == "retired"],
        retired=retired,
    )


@router.get("/{reason_id}")
def reason_page(reason_id: uuid.UUID, principal: Reader, runtime: TheRuntime) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        reason = stores.reasons.get(reason_id)
        everything = stores.reasons.list(levels=("group", "reason", "detail"), include_retired=True)
        return page(
            "reason.html",
            principal,
            section=SECTION,
            reason=reason,
            names={one.id: one.name for one in everything},
            below=[one for one in everything if one.parent_id == reason.id and one.state == "active"],
            others=_others(everything, reason),
            parents=_parents(everything, reason),
            history=tuple(reversed(stores.reasons.history(reason.id))),
            zone=zone_of(stores),
        )


@router.get("/{reason_id}/split")
def split_page(
    reason_id: uuid.UUID, request: Request, principal: Administrator, runtime: TheRuntime, asked: Paging
) -> Response:
    """The reason's contacts, to choose those that show what the new reason is."""
    with runtime.database.tenant(principal.tenant) as stores:
        reason = stores.reasons.get(reason_id)
        found = stores.interactions.list(Filter(reason=str(reason.id)), limit=asked.limit, cursor=asked.cursor)
        following = address(request, cursor=found.next_cursor) if found.next_cursor else None
        return page(
            "reason_split.html",
            principal,
            section=SECTION,
            reason=reason,
            found=found,
            following=following,
            zone=zone_of(stores),
        )


@router.post("/{reason_id}/split")
def split(
    reason_id: uuid.UUID,
    principal: Administrator,
    runtime: TheRuntime,
    name: Name,
    examples: Annotated[list[uuid.UUID] | None, Form()] = None,
) -> Response:
    """Raises FieldInvalid (permanent) where nothing was chosen."""
    if not examples:
        raise FieldInvalid("choose at least one contact that shows what the new reason is")
    with runtime.database.tenant(principal.tenant) as stores:
        part = Part(name=name, examples=tuple(examples))
        [taken_out] = stores.registry.split(reason_id, [part], actor=principal.actor)
    return _to(taken_out)


@router.post("/{reason_id}/rename")
def rename(reason_id: uuid.UUID, principal: Administrator, runtime: TheRuntime, name: Name) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        stores.registry.rename(reason_id, name, actor=principal.actor)
    return _to(reason_id)


@router.post("/{reason_id}/merge")
def merge(reason_id: uuid.UUID, principal: Administrator, runtime: TheRuntime, into: Target) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        stores.registry.merge(reason_id, into, actor=principal.actor)
    return _to(into)


@router.post("/{reason_id}/move")
def move(
    reason_id: uuid.UUID,
    principal: Administrator,
    runtime: TheRuntime,
    parent: Annotated[str, Form(max_length=36)] = "",
    name: Name = "",
) -> Response:
    """To ``parent``; to a group called ``name`` where one is given, new if need be; out of all groups without both."""
    with runtime.database.tenant(principal.tenant) as stores:
        target = stores.registry.group(name, like=reason_id, actor=principal.actor) if name.strip() else parent or None
        stores.registry.move(reason_id, target, actor=principal.actor)
    return _to(reason_id)


@router.post("/{reason_id}/{deed}")
def change(reason_id: uuid.UUID, deed: registry.Deed, principal: Administrator, runtime: TheRuntime) -> Response:
    """Contacts of a reason that is retired get another where one fits."""
    with runtime.database.tenant(principal.tenant) as stores:
        registry.change(stores, reason_id, deed, actor=principal.actor)
    return _to(reason_id)


def _to(reason_id: uuid.UUID) -> Response:
    return RedirectResponse(f"/reasons/{reason_id}", status_code=303)


def _families(active: Sequence[ReasonRecord]) -> list[Family]:
    groups = {one.id: one for one in active if one.level == "group"}
    held: dict[uuid.UUID | None, list[ReasonRecord]] = {group: [] for group in groups}
    for reason in active:
        if reason.level == "reason":
            held.setdefault(reason.parent_id if reason.parent_id in groups else None, []).append(reason)
    families = [Family(group=groups.get(key) if key else None, reasons=tuple(held[key])) for key in held]
    return sorted(families, key=lambda family: (family.group is None, -family.contacts))


def _others(everything: Sequence[ReasonRecord], reason: ReasonRecord) -> list[tuple[str, str]]:
    """What it may be merged into."""
    same = [one for one in everything if one.level == reason.level and one.state == "active" and one.id != reason.id]
    return sorted(((str(one.id), one.name) for one in same), key=lambda pair: pair[1].lower())


def _parents(everything: Sequence[ReasonRecord], reason: ReasonRecord) -> list[tuple[str, str]]:
    above = ABOVE[reason.level]
    found = [(str(one.id), one.name) for one in everything if one.level == above and one.state == "active"]
    return sorted(found, key=lambda pair: pair[1].lower())
