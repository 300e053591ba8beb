"""``/v1/categories``: rules with a name; what each would match, what it matches, and where."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field

from data.categories import MAX_NAME, Bound, CategoryRecord, CategoryState
from data.category_matches import MatchState
from data.records import InteractionRecord
from data.search_locate import FoundTurn
from data.stores import Stores
from data.types import Filter
from service import categories
from service.api.access import Administrator, Reader, TheRuntime
from service.api.parameters import PAGE_MAX, Cursor
from service.api.schemas import Answer
from service.api.search import FoundTurnOut, HitOut
from service.api.trends import CoverageOut
from service.category_files import MAX_CATEGORIES, Taken, exported, take_in
from service.category_view import Shown, View, evidence, in_words, results, view, views

router = APIRouter(tags=["categories"])
QueryText = Annotated[str, Field(min_length=1, max_length=2000, description="As in a search.")]


class CategoryIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=MAX_NAME)
    query: QueryText
    note: str = Field("", max_length=500)


class VersionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: QueryText
    note: str = Field("", max_length=500, description="Why it was changed.")


class NameIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=MAX_NAME)


class PublishIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(None, ge=1, description="The newest by default.")


class BoundIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    share: float = Field(ge=0, le=1)
    side: Literal["above", "below"] = "above"
    days: int = Field(7, ge=1, le=366)


class BoundChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    bound: BoundIn | None = Field(description="Null: no alert is raised any more.")


class PreviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: QueryText
    category_id: uuid.UUID | None = Field(None, description="The category whose next wording it may be.")


class CountsOut(Answer):
    matched: int
    not_matched: int
    not_evaluated: int
    share: float | None = Field(description="Of the evaluated, 0–1.")


class BoundOut(Answer):
    share: float
    side: Literal["above", "below"]
    days: int


class VersionOut(Answer):
    version: int
    query: str
    note: str
    author: str
    created_at: dt.datetime
    published_at: dt.datetime | None
    applied_at: dt.datetime | None
    matched: int | None = Field(description="With the next two: when it was applied to all history.")
    not_matched: int | None
    not_evaluated: int | None


class WeekOut(Answer):
    begin: dt.date = Field(description="The first day of the tenant's week.")
    counts: CountsOut
    coverage: CoverageOut


class CategoryOut(Answer):
    id: uuid.UUID
    name: str
    state: CategoryState
    published: int | None = Field(description="The version that counts from now on.")
    applied: int | None = Field(description="The version that all results are of; it follows `published` in seconds.")
    bound: BoundOut | None
    created_at: dt.datetime
    explanation: str = Field(description="What the published version asks for, in words.")
    counts: CountsOut | None = Field(description="Of the applied version, now.")
    weeks: list[WeekOut]
    versions: list[VersionOut] = Field(description="The newest first.")


class CategoryList(BaseModel):
    items: list[CategoryOut]


class OverlapOut(Answer):
    category_id: uuid.UUID
    name: str
    both: int
    its: int = Field(description="All contacts of that category.")


class ChangeOut(Answer):
    gained: int
    lost: int


class PreviewOut(Answer):
    explanation: str = Field(description="What the query asks for, in words.")
    counts: CountsOut
    samples: list[HitOut]
    overlaps: list[OverlapOut]
    change: ChangeOut | None = Field(description="Against the applied version of `category_id`.")


class MatchPage(BaseModel):
    """`version`: the one that these are results of; null before the first is applied."""

    version: int | None
    hits: list[HitOut]
    total: int
    next_cursor: str | None


class ResultOut(Answer):
    category_id: uuid.UUID
    name: str
    version: int
    state: MatchState
    reason_code: str | None = Field(description="Why it is not evaluated.")
    evidence: list[FoundTurnOut] = Field(description="Where it is said; of what matched.")


class ResultList(BaseModel):
    items: list[ResultOut]


class RuleOut(Answer):
    number: int
    kind: str
    how: Literal["expressed", "approximated", "left_out"]
    query: str
    notes: list[str]


class TakenOut(Answer):
    category: CategoryOut
    rules: list[RuleOut] = Field(description="Of an Amazon category, what became of each rule.")
    complete: bool = Field(description="False: a rule was left out, so it matches more than it did there.")


class TakenList(BaseModel):
    items: list[TakenOut]


class MatchParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(20, ge=1, le=PAGE_MAX)
    cursor: Cursor = Field(None, description="`next_cursor` of the page before.")


@router.get("/categories", summary="All categories")
def list_categories(principal: Reader, runtime: TheRuntime, retired: bool = False) -> CategoryList:
    """By name, each with its share of every week; `retired` ones too where asked for."""
    with runtime.database.tenant(principal.tenant) as stores:
        return CategoryList(items=[_out(one) for one in views(stores, retired=retired)])


@router.post("/categories", status_code=201, summary="Save a new one")
def create_category(body: CategoryIn, principal: Administrator, runtime: TheRuntime) -> CategoryOut:
    """As a draft, which matches nothing until it is published. A fault in the query has its position."""
    categories.read_rule(body.query)
    with runtime.database.tenant(principal.tenant) as stores:
        stores.tenants.ensure()
        made = stores.categories.create(body.name, body.query, author=principal.actor, note=body.note)
        return _saved(stores, made, principal.actor)


@router.get("/categories/export", summary="All categories as a file")
def export_categories(principal: Reader, runtime: TheRuntime) -> dict[str, Any]:
    """What they mean today, as the import takes it."""
    with runtime.database.tenant(principal.tenant) as stores:
        return exported(stores.categories.list())


@router.post("/categories/import", summary="Take in categories")
def import_categories(
    body: Annotated[dict[str, Any] | list[Any], Body(max_length=MAX_CATEGORIES)],
    principal: Administrator,
    runtime: TheRuntime,
) -> TakenList:
    """An export, or one or several Amazon Call Analytics categories. Each becomes a draft; nothing is published."""
    with runtime.database.tenant(principal.tenant) as stores:
        stores.tenants.ensure()
        taken = take_in(stores, body, author=principal.actor)
        return TakenList(items=[_taken(stores, one, principal.actor) for one in taken])


@router.post("/categories/preview", summary="What a query would match of all history")
def preview_category(body: PreviewIn, principal: Reader, runtime: TheRuntime) -> PreviewOut:
    """Exact counts, the newest matches with their places, and what it shares with other categories."""
    with runtime.database.tenant(principal.tenant) as stores:
        stores.tenants.ensure()
        known = stores.categories.get(body.category_id) if body.category_id else None
        return PreviewOut.model_validate(categories.preview(stores, body.query, known))


@router.get("/categories/{category_id}", summary="One category")
def get_category(category_id: str, principal: Reader, runtime: TheRuntime) -> CategoryOut:
    with runtime.database.tenant(principal.tenant) as stores:
        return _out(view(stores, stores.categories.get(category_id)))


@router.get("/categories/{category_id}/matches", summary="What it matches, and where")
def category_matches(
    category_id: str, principal: Reader, runtime: TheRuntime, asked: Annotated[MatchParameters, Query()]
) -> MatchPage:
    """The newest first, by the applied version; each with the turns, characters and milliseconds of its evidence."""
    with runtime.database.tenant(principal.tenant) as stores:
        known = stores.categories.get(category_id)
        if known.applied is None:
            return MatchPage(version=None, hits=[], total=0, next_cursor=None)
        found = stores.interactions.list(Filter(category=str(known.id)), limit=asked.limit, cursor=asked.cursor)
        turns = evidence(stores, known, [one.id for one in found.items])
        hits = [_hit(one, turns.get(one.id, ())) for one in found.items]
    return MatchPage(version=known.applied, hits=hits, total=found.total, next_cursor=found.next_cursor)


def _hit(interaction: InteractionRecord, turns: Sequence[FoundTurn]) -> HitOut:
    found = {"interaction": interaction, "turns": turns, "turn_count": len(turns)}
    return HitOut.model_validate(found, from_attributes=True)


@router.post("/categories/{category_id}/versions", summary="Save another wording")
def revise_category(category_id: str, body: VersionIn, principal: Administrator, runtime: TheRuntime) -> CategoryOut:
    """It counts once it is published; until then the published version does."""
    categories.read_rule(body.query)
    with runtime.database.tenant(principal.tenant) as stores:
        made = stores.categories.revise(category_id, body.query, author=principal.actor, note=body.note)
        return _saved(stores, made, principal.actor)


@router.post("/categories/{category_id}/publish", summary="Make a version count")
def publish_category(category_id: str, body: PublishIn, principal: Administrator, runtime: TheRuntime) -> CategoryOut:
    """A worker applies it to all history within seconds: `applied` says when. Old results stay until then."""
    found = categories.publish(runtime, principal.tenant, category_id, body.version, actor=principal.actor)
    with runtime.database.tenant(principal.tenant) as stores:
        return _out(view(stores, found))


@router.post("/categories/{category_id}/retire", summary="End it")
def retire_category(category_id: str, principal: Administrator, runtime: TheRuntime) -> CategoryOut:
    """Its versions are kept, its results are not; publishing it brings it back."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.categories.retire(category_id)
        stores.audit.write(principal.actor, "category.retire", str(found.id))
        return _out(view(stores, found))


@router.post("/categories/{category_id}/rename", summary="Give it another name")
def rename_category(category_id: str, body: NameIn, principal: Administrator, runtime: TheRuntime) -> CategoryOut:
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.categories.rename(category_id, body.name)
        stores.audit.write(principal.actor, "category.rename", str(found.id))
        return _out(view(stores, found))


@router.post("/categories/{category_id}/bound", summary="Have an alert raised")
def bound_category(category_id: str, body: BoundChange, principal: Administrator, runtime: TheRuntime) -> CategoryOut:
    """Once a day, where its share of the last whole days is above or below the bound."""
    wanted = Bound(**body.bound.model_dump()) if body.bound else None
    with runtime.database.tenant(principal.tenant) as stores:
        found = stores.categories.set_bound(category_id, wanted)
        detail = body.bound.model_dump() if body.bound else {}
        stores.audit.write(principal.actor, "category.bound", str(found.id), detail)
        return _out(view(stores, found))


@router.get("/interactions/{interaction_id}/categories", summary="What each category says of a contact")
def interaction_categories(interaction_id: str, principal: Reader, runtime: TheRuntime) -> ResultList:
    """Matched, not matched or not evaluated, by the version that is applied, with its evidence."""
    with runtime.database.tenant(principal.tenant) as stores:
        contact = stores.interactions.get(interaction_id)
        found = results(stores, contact.id)
    return ResultList(items=[_result(one) for one in found])


def _result(shown: Shown) -> ResultOut:
    told = {name: getattr(shown.result, name) for name in ("category_id", "name", "version", "state", "reason_code")}
    return ResultOut.model_validate({**told, "evidence": shown.turns}, from_attributes=True)


def _out(seen: View) -> CategoryOut:
    own = {name: getattr(seen.category, name) for name in CategoryOut.model_fields if hasattr(seen.category, name)}
    told = {"explanation": in_words(seen.category.shown.query), "counts": seen.counts, "weeks": seen.weeks}
    return CategoryOut.model_validate({**own, **told}, from_attributes=True)


def _saved(stores: Stores, made: CategoryRecord, actor: str) -> CategoryOut:
    stores.audit.write(actor, "category.save", str(made.id), {"version": made.newest.version})
    return _out(view(stores, made))


def _taken(stores: Stores, taken: Taken, actor: str) -> TakenOut:
    saved = _saved(stores, taken.category, actor)
    return TakenOut.model_validate(
        {"category": saved, "rules": taken.rules, "complete": taken.complete}, from_attributes=True
    )
