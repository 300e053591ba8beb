"""``/v1/redaction-policy``: what becomes of personal details, by type."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from data.stores import Stores
from data.types import RedactionAction
from service.api.access import Administrator, Reader, TheRuntime
from service.api.schemas import Answer
from service.redaction import choose, reset, rules

router = APIRouter(tags=["redaction"])
AT_ONCE = 100


class RuleOut(Answer):
    type: str
    token: str = Field(description="What stands in a text: `CARD` for `[CARD_1]`.")
    action: RedactionAction
    default: RedactionAction
    allowed: list[RedactionAction]


class PolicyOut(BaseModel):
    rules: list[RuleOut]


class ChoicesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    actions: dict[str, RedactionAction] = Field(min_length=1, max_length=AT_ONCE, description="By type.")


@router.get("/redaction-policy", summary="What becomes of personal details")
def redaction_policy(principal: Reader, runtime: TheRuntime) -> PolicyOut:
    """Every type that is detected, and what is done with it in this tenant's contacts."""
    with runtime.database.tenant(principal.tenant) as stores:
        return _policy(stores)


@router.patch("/redaction-policy", summary="Choose what becomes of some types")
def choose_redaction(body: ChoicesIn, principal: Administrator, runtime: TheRuntime) -> PolicyOut:
    """All or none are stored; contacts that are read from now on are redacted by them. It is in the audit."""
    with runtime.database.tenant(principal.tenant) as stores:
        choose(stores, principal.actor, body.actions)
        return _policy(stores)


@router.delete("/redaction-policy", summary="Go back to the default")
def reset_redaction(
    principal: Administrator,
    runtime: TheRuntime,
    kinds: Annotated[
        list[str] | None, Query(alias="type", max_length=AT_ONCE, description="May be given again; without it, all.")
    ] = None,
) -> PolicyOut:
    """It is in the audit."""
    with runtime.database.tenant(principal.tenant) as stores:
        reset(stores, principal.actor, kinds)
        return _policy(stores)


def _policy(stores: Stores) -> PolicyOut:
    return PolicyOut(rules=[RuleOut.model_validate(rule) for rule in rules(stores)])
