"""Outcomes: what customers did, as the CRM reports it. The same external id of a source is the same outcome."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal_column, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.errors import MasterKeyMissing
from data.identifiers import identifier_hmac, link
from data.ids import new_id
from data.keys import TenantKeys
from data.tables import CustomerIdentifierRow, OutcomeRow
from data.types import CustomerRef, NewOutcome, OutcomeKind

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    id: uuid.UUID
    customer_id: uuid.UUID
    kind: OutcomeKind
    at: dt.datetime
    value: float | None
    campaign: str | None
    source: str
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of outcomes that were handed in."""

    new: int
    changed: int
    """Known by their id, now with other content."""
    repeated: int


class OutcomeStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def put(self, outcomes: Sequence[NewOutcome]) -> Stored:
        """Stores them, each once; of two with the same id the later one holds. A customer who is new is made.

        Raises MasterKeyMissing (permanent).
        """
        last = {(one.source, self._external_id(one)): one for one in outcomes}
        found: Counter[bool] = Counter()
        for begin in range(0, len(last), BATCH):
            found += self._put(list(last.items())[begin : begin + BATCH])
        return Stored(new=found[True], changed=found[False], repeated=len(outcomes) - found.total())

    def of_many(self, customers: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[Outcome, ...]]:
        """By customer, the oldest first; who has none is not there."""
        wanted = (OutcomeRow.tenant == self._tenant, OutcomeRow.customer_id.in_(customers))
        found: defaultdict[uuid.UUID, list[Outcome]] = defaultdict(list)
        for row in self._session.scalars(select(OutcomeRow).where(*wanted).order_by(OutcomeRow.at, OutcomeRow.id)):
            found[row.customer_id].append(_outcome(row))
        return {customer: tuple(outcomes) for customer, outcomes in found.items()}

    def firsts(self, kind: OutcomeKind, campaign: str | None = None) -> Mapping[uuid.UUID, dt.datetime]:
        """When each customer first had an outcome of this kind, and of this campaign where one is named."""
        wanted = [OutcomeRow.tenant == self._tenant, OutcomeRow.kind == kind.value]
        if campaign is not None:
            wanted.append(OutcomeRow.campaign == campaign)
        statement = select(OutcomeRow.customer_id, func.min(OutcomeRow.at).label("at")).where(*wanted)
        return {row.customer_id: row.at for row in self._session.execute(statement.group_by(OutcomeRow.customer_id))}

    def _put(self, outcomes: Sequence[tuple[tuple[str, str], NewOutcome]]) -> Counter[bool]:
        """How many are new (True), and how many have changed (False)."""
        customers = self._customers({one.customer for _, one in outcomes})
        rows = [
            {
                "tenant": self._tenant,
                "id": new_id(),
                "customer_id": customers[one.customer],
                "source": source,
                "external_id": external_id,
                "kind": one.kind.value,
                "at": one.at,
                "value": one.value,
                "campaign": one.campaign,
            }
            for (source, external_id), one in outcomes
        ]
        statement = insert(OutcomeRow).values(rows)
        told = {name: statement.excluded[name] for name in TOLD}
        differs = or_(*(getattr(OutcomeRow, name).is_distinct_from(value) for name, value in told.items()))
        upsert = statement.on_conflict_do_update(
            index_elements=[OutcomeRow.tenant, OutcomeRow.source, OutcomeRow.external_id], set_=told, where=differs
        )
        # A row that was inserted has no transaction that ended it.
        return Counter(self._session.scalars(upsert.returning(literal_column("outcome.xmax = 0"))))

    def _customers(self, refs: Collection[CustomerRef]) -> dict[CustomerRef, uuid.UUID]:
        keys = self._required_keys()
        row = CustomerIdentifierRow
        found_by = {(ref.scheme, identifier_hmac(ref, keys)): ref for ref in sorted(refs, key=str)}
        known: dict[Any, uuid.UUID] = {
            (found.scheme, found.value_hmac): found.customer_id
            for found in self._session.scalars(
                select(row).where(row.tenant == self._tenant, tuple_(row.scheme, row.value_hmac).in_(list(found_by)))
            )
        }
        for key, ref in found_by.items():
            if key not in known:
                known[key] = link(self._session, self._tenant, keys, [ref]).customer_id
        return {ref: known[ref.scheme, identifier_hmac(ref, keys)] for ref in refs}

    def _external_id(self, outcome: NewOutcome) -> str:
        if outcome.external_id is not None:
            return outcome.external_id
        content = (str(outcome.customer), outcome.kind, outcome.at.isoformat(), outcome.value, outcome.campaign)
        return "content:" + self._required_keys().lookup("outcome", repr(content)).hex()[:32]

    def _required_keys(self) -> TenantKeys:
        if self._keys is None:
            raise MasterKeyMissing()
        return self._keys


TOLD = ("customer_id", "kind", "at", "value", "campaign")


def _outcome(row: OutcomeRow) -> Outcome:
    return Outcome(
        id=row.id,
        customer_id=row.customer_id,
        kind=OutcomeKind(row.kind),
        at=row.at,
        value=row.value,
        campaign=row.campaign,
        source=row.source,
        external_id=row.external_id,
    )
