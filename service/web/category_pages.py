"""Categories: all of them with their shares, one with what it means and matches, and a wording before it counts."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from data.categories import MAX_NAME, Bound, CategoryRecord
from data.errors import FieldInvalid, QueryInvalid
from data.stores import Stores
from data.types import Filter
from nlp.query_explain import explain
from service import categories
from service.api.access import Administrator, Reader, TheRuntime
from service.api.interactions import zone_of
from service.category_view import WEEKS, View, evidence, in_words, view, views
from service.web.rendering import page
from service.web.sparkline import sparkline

router = APIRouter(prefix="/categories")
SECTION = "/categories"
SAMPLES = 5
Name = Annotated[str, Form(max_length=MAX_NAME)]
Text = Annotated[str, Form(max_length=2000)]
Note = Annotated[str, Form(max_length=500)]
Asked = Annotated[str, Query(max_length=2000)]


@router.get("")
def categories_page(principal: Reader, runtime: TheRuntime, retired: bool = False) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        stores.tenants.ensure()
        found = views(stores, retired=retired)
    living = [one for one in found if one.category.state != "retired"]
    return page(
        "categories.html",
        principal,
        section=SECTION,
        rows=[(one, sparkline(one.weeks)) for one in living],
        ended=[one.category for one in found if one.category.state == "retired"],
        retired=retired,
        weeks=WEEKS,
    )


@router.get("/check")
def check(principal: Reader, q: Asked = "") -> Response:
    """The part of a form that says, while it is written, what a query asks for, or where it cannot be read."""
    return page("category_check.html", principal, **_read(q))


@router.get("/new")
def new_page(
    principal: Reader,
    runtime: TheRuntime,
    q: Asked = "",
    name: Annotated[str, Query(max_length=MAX_NAME)] = "",
) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        stores.tenants.ensure()
        return _form(stores, principal, None, q, name)


@router.post("/new")
def create(principal: Administrator, runtime: TheRuntime, q: Text, name: Name, note: Note = "") -> Response:
    categories.read_rule(q)
    with runtime.database.tenant(principal.tenant) as stores:
        made = stores.categories.create(name, q, author=principal.actor, note=note)
        stores.audit.write(principal.actor, "category.save", str(made.id), {"version": 1})
    return _to(made.id)


@router.get("/{category_id}")
def category_page(category_id: uuid.UUID, principal: Reader, runtime: TheRuntime) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        found = view(stores, stores.categories.get(category_id))
        return page(
            "category.html",
            principal,
            section=SECTION,
            one=found,
            explanation=in_words(found.category.shown.query),
            line=sparkline(found.weeks),
            samples=_samples(stores, found.category),
            overlaps=_overlaps(stores, found),
            zone=zone_of(stores),
        )


@router.get("/{category_id}/standing")
def standing(category_id: uuid.UUID, principal: Reader, runtime: TheRuntime) -> Response:
    """The part of the page that says what waits to be applied; once nothing does, the page comes anew."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.categories.get(category_id)
    headers = {} if found.waits else {"HX-Refresh": "true"}
    return page("category_standing.html", principal, headers=headers, category=found)


@router.get("/{category_id}/edit")
def edit_page(category_id: uuid.UUID, principal: Reader, runtime: TheRuntime, q: Asked | None = None) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        known = stores.categories.get(category_id)
        return _form(stores, principal, known, known.newest.query if q is None else q, known.name)


@router.post("/{category_id}/edit")
def revise(category_id: uuid.UUID, principal: Administrator, runtime: TheRuntime, q: Text, note: Note = "") -> Response:
    categories.read_rule(q)
    with runtime.database.tenant(principal.tenant) as stores:
        made = stores.categories.revise(category_id, q, author=principal.actor, note=note)
        detail = {"version": made.newest.version}
        stores.audit.write(principal.actor, "category.save", str(made.id), detail)
    return _to(category_id)


@router.post("/{category_id}/publish")
def publish(
    category_id: uuid.UUID, principal: Administrator, runtime: TheRuntime, version: Annotated[int, Form(ge=1)]
) -> Response:
    """A worker applies it within seconds; until then the page shows the results of the version before."""
    categories.publish(runtime, principal.tenant, category_id, version, actor=principal.actor)
    return _to(category_id)


@router.post("/{category_id}/rename")
def rename(category_id: uuid.UUID, principal: Administrator, runtime: TheRuntime, name: Name) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        stores.categories.rename(category_id, name)
        stores.audit.write(principal.actor, "category.rename", str(category_id))
    return _to(category_id)


@router.post("/{category_id}/bound")
def set_bound(
    category_id: uuid.UUID,
    principal: Administrator,
    runtime: TheRuntime,
    side: Annotated[Literal["above", "below", ""], Form()],
    percent: Annotated[str, Form(max_length=10)] = "",
    days: Annotated[int, Form(ge=1, le=366)] = 7,
) -> Response:
    """Raises FieldInvalid (permanent) where the share is no number."""
    bound = Bound(share=_share(percent), side=side, days=days) if side else None
    with runtime.database.tenant(principal.tenant) as stores:
        stores.categories.set_bound(category_id, bound)
        detail = {"share": bound.share, "side": bound.side, "days": bound.days} if bound else {}
        stores.audit.write(principal.actor, "category.bound", str(category_id), detail)
    return _to(category_id)


@router.post("/{category_id}/retire")
def retire(category_id: uuid.UUID, principal: Administrator, runtime: TheRuntime) -> Response:
    with runtime.database.tenant(principal.tenant) as stores:
        stores.categories.retire(category_id)
        stores.audit.write(principal.actor, "category.retire", str(category_id))
    return _to(category_id)


def _to(category_id: uuid.UUID) -> Response:
    return RedirectResponse(f"/categories/{category_id}", status_code=303)


def _share(percent: str) -> float:
    try:
        return float(percent.strip().removesuffix("%").replace(",", ".")) / 100
    except ValueError:
        raise FieldInvalid("a share is a number of percent") from None


def _read(text: str) -> dict[str, Any]:
    """The query with its explanation, or with the fault in it; neither of nothing."""
    fault, explanation = None, None
    if text.strip():
        try:
            explanation = explain(categories.read_rule(text))
        except QueryInvalid as error:
            fault = error
    return {"q": text, "fault": fault, "explanation": explanation}


def _form(stores: Stores, principal: Any, known: CategoryRecord | None, q: str, name: str) -> Response:
    read = _read(q)
    seen = categories.preview(stores, q, known) if read["explanation"] else None
    return page(
        "category_edit.html",
        principal,
        section=SECTION,
        status=read["fault"].status if read["fault"] else 200,
        known=known,
        name=name,
        seen=seen,
        zone=zone_of(stores),
        **read,
    )


def _samples(stores: Stores, category: CategoryRecord) -> list[tuple[Any, Any]]:
    """The newest that match, each with the turns that say so."""
    if category.applied is None:
        return []
    found = stores.interactions.list(Filter(category=str(category.id)), limit=SAMPLES)
    turns = evidence(stores, category, [one.id for one in found.items])
    return [(one, turns.get(one.id, ())) for one in found.items]


def _overlaps(stores: Stores, found: View) -> list[Any]:
    category = found.category
    if category.applied is None:
        return []
    query = categories.read_rule(category.version(category.applied).query)
    return [one for one in stores.category_counts.overlaps(query) if one.category_id != category.id]
