"""Categories as files: our own JSON out and in, and Amazon Call Analytics categories in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.categories import MAX_NAME, Bound, CategoryRecord
from data.errors import CategoryInvalid, NotFound
from data.stores import Stores
from nlp.amazon_categories import RuleAccount, amazon_categories, is_amazon
from service.categories import read_rule

MAX_BYTES = 1_000_000
MAX_CATEGORIES = 500


class BoundFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    share: float = Field(ge=0, le=1)
    side: str = Field("above", pattern="^(above|below)$")
    days: int = Field(7, ge=1, le=366)

    def bound(self) -> Bound:
        return Bound(share=self.share, side="below" if self.side == "below" else "above", days=self.days)


class CategoryFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=MAX_NAME)
    query: str = Field(min_length=1, max_length=2000)
    note: str = Field("", max_length=500)
    bound: BoundFile | None = None


class CategoriesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    categories: list[CategoryFile] = Field(min_length=1, max_length=MAX_CATEGORIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A category that was saved as a draft; ``rules``: what became of each rule of an Amazon category."""

    category: CategoryRecord
    rules: tuple[RuleAccount, ...] = ()

    @property
    def complete(self) -> bool:
        return all(rule.how != "left_out" for rule in self.rules)


def exported(categories: Sequence[CategoryRecord]) -> dict[str, Any]:
    """What they mean today, as ``take_in`` reads it."""
    return {"categories": [_entry(one) for one in categories]}


def take_in(stores: Stores, document: bytes | object, *, author: str) -> tuple[Taken, ...]:
    """Saves each as a draft, or as the next version of the category that has its name; nothing is published.

    All or none. Raises CategoryInvalid, CategoryNotExpressible, QueryInvalid, FieldInvalid (permanent).
    """
    content = _json(document) if isinstance(document, bytes) else document
    if is_amazon(content):
        note = "from an Amazon Call Analytics category"
        return tuple(
            Taken(category=_save(stores, one.name, one.query, note, author), rules=one.rules)
            for one in amazon_categories(content)
        )
    try:
        read = CategoriesFile.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise CategoryInvalid(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return tuple(_take(stores, one, author) for one in read.categories)


def _take(stores: Stores, one: CategoryFile, author: str) -> Taken:
    saved = _save(stores, one.name, one.query, one.note, author)
    if one.bound is not None:
        saved = stores.categories.set_bound(saved.id, one.bound.bound())
    return Taken(category=saved)


def _save(stores: Stores, name: str, query: str, note: str, author: str) -> CategoryRecord:
    read_rule(query)
    try:
        known = stores.categories.find(name)
    except NotFound:
        return stores.categories.create(name, query, author=author, note=note)
    return stores.categories.revise(known.id, query, author=author, note=note)


def _entry(category: CategoryRecord) -> dict[str, Any]:
    bound = category.bound
    told: Mapping[str, Any] = {"share": bound.share, "side": bound.side, "days": bound.days} if bound else {}
    entry = {"name": category.name, "query": category.shown.query, "note": category.shown.note}
    return {**entry, "bound": dict(told)} if told else entry


def _json(content: bytes) -> object:
    if len(content) > MAX_BYTES:
        raise CategoryInvalid(f"at most {MAX_BYTES} bytes")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise CategoryInvalid("it is no JSON") from None
