"""``/v1/dispositions``: wrap-up codes against detected reasons."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from data.dispositions import Who
from service.api.access import Reader, TheRuntime
from service.api.interactions import zone_of
from service.api.parameters import FilterParameters, Paging
from service.api.schemas import Answer, InteractionSummary
from service.dispositions import audit, differences

router = APIRouter(tags=["dispositions"])


class AuditParameters(FilterParameters):
    by: Who = "agent"


class AgreementOut(Answer):
    contacts: int = Field(description="Whose code and reason can be compared.")
    agreed: int
    share: float | None
    kappa: float | None = Field(description="Cohen's; null where all contacts are of one matter.")
    low: float | None
    high: float | None = Field(description="With `low` a 95 % interval of kappa.")


class MatterOut(Answer):
    codes: list[str]
    reasons: list[str] = Field(description="Reason ids. Codes and reasons of one matter mean the same.")
    contacts: int = Field(description="Contacts that code and reason agree to be of it.")


class CellOut(Answer):
    code: str
    reason_id: str
    contacts: int
    agrees: bool | None = Field(description="Null where code or reason is too rare to be compared.")


class NamedAgreement(AgreementOut):
    name: str


class AuditOut(BaseModel):
    agreement: AgreementOut
    by: list[NamedAgreement]
    matters: list[MatterOut] = Field(description="The best mapping of codes and reasons; one side may be empty.")
    confusion: list[CellOut] = Field(description="Every pair that occurs, the most frequent first.")
    unassigned: int = Field(description="Contacts with a code that no reason fits.")
    too_few: int = Field(description="Contacts whose code or reason is too rare to be compared.")
    reason_names: dict[str, str]


class DifferenceOut(InteractionSummary):
    expected_codes: list[str] = Field(description="What would have fitted the reason; none where no code does.")


class DifferencePage(BaseModel):
    items: list[DifferenceOut]
    total: int
    next_cursor: str | None


@router.get("/dispositions", summary="Wrap-up codes against detected reasons")
def dispositions(principal: Reader, runtime: TheRuntime, asked: Annotated[AuditParameters, Query()]) -> AuditOut:
    """Confusion matrix, the best mapping, agreement and Cohen's kappa, over all and by agent or team.

    The mapping is made of all agents' contacts in the filter, so that one agent's habit does not make it right.
    """
    with runtime.database.tenant(principal.tenant) as stores:
        found = audit(stores, asked.by, asked.filter(zone_of(stores)))
    return AuditOut(
        agreement=AgreementOut.model_validate(found.agreement),
        by=[
            NamedAgreement(name=name, **AgreementOut.model_validate(one).model_dump()) for name, one in found.by.items()
        ],
        matters=[MatterOut.model_validate(matter) for matter in found.alignment.matters],
        confusion=[CellOut.model_validate(cell) for cell in found.confusion],
        unassigned=found.unassigned,
        too_few=found.too_few,
        reason_names=dict(found.reason_names),
    )


@router.get("/dispositions/differences", summary="Contacts whose code differs from their reason")
def disposition_differences(principal: Reader, runtime: TheRuntime, asked: Paging) -> DifferencePage:
    """The newest first; `total` is what `agreement` counts as not agreed under the same filter."""
    with runtime.database.tenant(principal.tenant) as stores:
        found = differences(stores, asked.filter(zone_of(stores)), limit=asked.limit, cursor=asked.cursor)
    items = [
        DifferenceOut(
            **InteractionSummary.model_validate(one.interaction).model_dump(), expected_codes=list(one.expected_codes)
        )
        for one in found.items
    ]
    return DifferencePage(items=items, total=found.total, next_cursor=found.next_cursor)
