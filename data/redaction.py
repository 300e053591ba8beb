"""A tenant's own choices of what becomes of personal details, by type; the rest is as by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.tables import RedactionPolicyRow
from data.types import RedactionAction


class RedactionPolicyStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def all(self) -> dict[str, RedactionAction]:
        """What was chosen, by type."""
        mine = RedactionPolicyRow.tenant == self._tenant
        rows = self._session.scalars(select(RedactionPolicyRow).where(mine).order_by(RedactionPolicyRow.type))
        return {row.type: RedactionAction(row.action) for row in rows}

    def put(self, chosen: Mapping[str, RedactionAction]) -> None:
        """In place of what was chosen for these types before."""
        if not chosen:
            return
        values = [{"tenant": self._tenant, "type": kind, "action": action.value} for kind, action in chosen.items()]
        statement = insert(RedactionPolicyRow).values(values)
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[RedactionPolicyRow.tenant, RedactionPolicyRow.type],
                set_={"action": statement.excluded.action, "changed_at": func.now()},
            )
        )

    def reset(self, types: Sequence[str] | None = None) -> int:
        """Goes back to the default for these types, or for all; how many choices are gone."""
        statement = delete(RedactionPolicyRow).where(RedactionPolicyRow.tenant == self._tenant)
        if types is not None:
            statement = statement.where(RedactionPolicyRow.type.in_(types))
        return len(self._session.scalars(statement.returning(RedactionPolicyRow.type)).all())
