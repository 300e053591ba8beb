"""Wrap-up codes beside the reasons that were found: how often each pair occurs, and in which contacts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.orm import Session

from data.cursors import seal, unseal
from data.filters import UNKNOWN, current_assignment, matching
from data.keys import TenantKeys
from data.paging import Page, cut
from data.tables import AssignmentRow, InteractionRow, ReasonRow
from data.types import Filter, State

Who: TypeAlias = Literal["agent", "team"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCount:
    """Contacts with this code and this reason; ``reason_id`` is None where no reason fitted."""

    agent: str
    team: str
    """``(none)`` where it is not known, as for the agent."""
    code: str
    reason_id: str | None
    contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What counts as agreement: of the compared codes and reasons, those pairs that mean the same."""

    codes: Collection[str]
    reasons: Collection[str]
    pairs: Collection[tuple[str, str]]


class DispositionStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def pairs(self, wanted: Filter | None = None) -> tuple[PairCount, ...]:
        """Of analysed contacts with a code, in a fixed order. Raises MasterKeyMissing (permanent)."""
        agent = func.coalesce(InteractionRow.agent, UNKNOWN).label("agent")
        team = func.coalesce(InteractionRow.team, UNKNOWN).label("team")
        columns = (agent, team, InteractionRow.wrap_up_code, AssignmentRow.reason_id)
        statement = (
            select(*columns, func.count().label("contacts"))
            .outerjoin(AssignmentRow, current_assignment())
            .where(*self._coded(wanted or Filter()))
            .group_by(*columns)
            .order_by(*columns)
        )
        return tuple(
            PairCount(
                agent=row.agent,
                team=row.team,
                code=row.wrap_up_code,
                reason_id=str(row.reason_id) if row.reason_id else None,
                contacts=row.contacts,
            )
            for row in self._session.execute(statement)
        )

    def differing(
        self, agreed: Agreed, wanted: Filter | None = None, *, limit: int = 50, cursor: str | None = None
    ) -> Page[uuid.UUID]:
        """The contacts whose code says something else than their reason, the newest first.

        Raises CursorInvalid, MasterKeyMissing (permanent).
        """
        wanted = wanted or Filter()
        question = ("dispositions", wanted)
        pair = tuple_(InteractionRow.wrap_up_code, AssignmentRow.reason_id)
        conditions = (
            *self._coded(wanted),
            InteractionRow.wrap_up_code.in_(sorted(agreed.codes)),
            AssignmentRow.reason_id.in_(_ids(agreed.reasons)),
            pair.not_in([(code, uuid.UUID(reason)) for code, reason in sorted(agreed.pairs)]),
        )
        place = (InteractionRow.started_at, InteractionRow.id)
        statement = select(*place).join(AssignmentRow, current_assignment()).where(*conditions)
        total = self._session.scalar(select(func.count()).select_from(statement.subquery()))
        if cursor is not None:
            statement = statement.where(tuple_(*place) < tuple_(*unseal(question, cursor, (dt.datetime, uuid.UUID))))
        ordered = statement.order_by(*(column.desc() for column in place)).limit(limit + 1)
        items, last = cut(self._session.execute(ordered).all(), limit)
        return Page(
            items=tuple(item.id for item in items),
            total=total or 0,
            next_cursor=seal(question, (last.started_at, last.id)) if last else None,
        )

    def reason_names(self, reasons: Collection[str]) -> dict[str, str]:
        wanted = (ReasonRow.tenant == self._tenant, ReasonRow.id.in_(_ids(reasons)))
        return {
            str(row.id): row.name for row in self._session.execute(select(ReasonRow.id, ReasonRow.name).where(*wanted))
        }

    def _coded(self, wanted: Filter) -> tuple[ColumnElement[bool], ...]:
        return (
            InteractionRow.tenant == self._tenant,
            *matching(wanted, self._keys),
            and_(InteractionRow.state == State.ANALYSED.value, InteractionRow.wrap_up_code.is_not(None)),
        )


def _ids(reasons: Collection[str]) -> Sequence[uuid.UUID]:
    return [uuid.UUID(reason) for reason in sorted(reasons)]
