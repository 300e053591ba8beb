"""Customers by their identifiers: linked where one delivery names several together, never guessed, never merged."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.errors import MasterKeyMissing
from data.ids import new_id
from data.keys import TenantKeys
from data.tables import CustomerIdentifierRow, CustomerRow
from data.types import CustomerRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """``conflict``: the identifiers belong to several customers already; the first one's was taken, none was merged."""

    customer_id: uuid.UUID
    conflict: bool


def canonical(ref: CustomerRef) -> str:
    """The value as it is compared: mail addresses without case, telephone numbers as digits after their plus."""
    value = ref.value.strip()
    if ref.scheme == "email":
        return value.casefold()
    if ref.scheme == "phone":
        return ("+" if value.startswith("+") else "") + "".join(filter(str.isdecimal, value))
    return value


def identifier_hmac(ref: CustomerRef, keys: TenantKeys | None) -> bytes:
    """What the identifier is found by: the same for every spelling of it. Raises MasterKeyMissing (permanent)."""
    if keys is None:
        raise MasterKeyMissing()
    return keys.lookup(ref.scheme, canonical(ref))


def customer_of(ref: CustomerRef, tenant: str, keys: TenantKeys | None) -> Select[uuid.UUID]:
    """The query for the customer with this identifier; as a scalar it is null where there is none."""
    return select(CustomerIdentifierRow.customer_id).where(
        CustomerIdentifierRow.tenant == tenant,
        CustomerIdentifierRow.scheme == ref.scheme,
        CustomerIdentifierRow.value_hmac == identifier_hmac(ref, keys),
    )


def identifiers_of(session: Session, tenant: str, keys: TenantKeys, customer_id: uuid.UUID) -> tuple[CustomerRef, ...]:
    """A customer's identifiers in the clear, by scheme and age."""
    return identifiers_of_many(session, tenant, keys, [customer_id]).get(customer_id, ())


def identifiers_of_many(
    session: Session, tenant: str, keys: TenantKeys, customers: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[CustomerRef, ...]]:
    """By customer, as ``identifiers_of`` has them; who has none is not there."""
    rows = session.scalars(
        select(CustomerIdentifierRow)
        .where(CustomerIdentifierRow.tenant == tenant, CustomerIdentifierRow.customer_id.in_(customers))
        .order_by(CustomerIdentifierRow.scheme, CustomerIdentifierRow.created_at, CustomerIdentifierRow.value_hmac)
    )
    found: dict[uuid.UUID, tuple[CustomerRef, ...]] = {}
    for row in rows:
        ref = CustomerRef(
            scheme=row.scheme,  # type: ignore[arg-type]  # the table's check allows these three
            value=keys.open(row.value_encrypted, _context(row.scheme, row.value_hmac)).decode(),
        )
        found[row.customer_id] = (*found.get(row.customer_id, ()), ref)
    return found


def link(
    session: Session,
    tenant: str,
    keys: TenantKeys,
    refs: Sequence[CustomerRef],
    known_as: uuid.UUID | None = None,
) -> Linked:
    """The customer that these identifiers, delivered together, belong to; made where all are new.

    ``known_as`` is the customer that the contact has already. Two deliveries at once of the same new identifiers
    end at the same customer: the row of an identifier can be inserted once only, and who comes second waits for it.
    """
    known = {ref: session.scalar(customer_of(ref, tenant, keys)) for ref in refs}
    owners = [owner for owner in (known_as, *known.values()) if owner is not None]
    customer_id = owners[0] if owners else _new_customer(session, tenant)
    # Always in the same order, so that two deliveries cannot each wait for the other.
    missing = sorted((ref for ref, owner in known.items() if owner is None), key=str)
    claimed = [_claim(session, tenant, keys, ref, customer_id) for ref in missing]
    if not owners and any(owner != customer_id for owner in claimed):
        return _second(session, tenant, customer_id, claimed)
    return Linked(customer_id=customer_id, conflict=len({customer_id, *owners, *claimed}) > 1)


def _second(session: Session, tenant: str, unused: uuid.UUID, owners: Sequence[uuid.UUID]) -> Linked:
    """Another delivery named some of these first: theirs is the customer, and what went to ours follows."""
    winner = next(owner for owner in owners if owner != unused)
    for row in session.scalars(
        select(CustomerIdentifierRow).where(
            CustomerIdentifierRow.tenant == tenant, CustomerIdentifierRow.customer_id == unused
        )
    ):
        row.customer_id = winner
    session.flush()
    session.delete(session.get_one(CustomerRow, (tenant, unused)))
    return Linked(customer_id=winner, conflict=len(set(owners) - {unused}) > 1)


def _new_customer(session: Session, tenant: str) -> uuid.UUID:
    row = CustomerRow(tenant=tenant, id=new_id())
    session.add(row)
    session.flush()
    return row.id


def _claim(session: Session, tenant: str, keys: TenantKeys, ref: CustomerRef, customer_id: uuid.UUID) -> uuid.UUID:
    """Gives the identifier to the customer; returns whose it is then."""
    found_by = identifier_hmac(ref, keys)
    sealed = keys.seal(ref.value.strip().encode(), _context(ref.scheme, found_by))
    values = {"scheme": ref.scheme, "value_hmac": found_by, "value_encrypted": sealed, "customer_id": customer_id}
    statement = insert(CustomerIdentifierRow).values(tenant=tenant, **values).on_conflict_do_nothing()
    session.execute(statement)
    return session.execute(customer_of(ref, tenant, keys)).scalar_one()


def _context(scheme: str, value_hmac: bytes) -> str:
    return f"customer_identifier:{scheme}:{value_hmac.hex()}"
