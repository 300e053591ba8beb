"""From a secret to whom it belongs: the one question that is asked before a tenant is known."""

from __future__ import annotations

import datetime as dt

from data.access import Issued, Kind, Principal, hashed, kind_of
from data.database import Database
from data.errors import AccessRefused


def authenticate(database: Database, secret: str) -> Principal:
    """Whose API key or session this is. Nothing is remembered: a revoked one is refused at once (F42).

    Raises AccessRefused (permanent): no key of ours, unknown, expired, revoked; DatabaseUnavailable (retry).
    """
    kind = kind_of(secret)
    if kind == "sign_in":
        raise AccessRefused()
    return _find(database, kind, secret)


def sign_in(database: Database, secret: str, *, lifetime: dt.timedelta = dt.timedelta(hours=12)) -> Issued:
    """Opens a session with a one-time link's secret. Raises AccessRefused (permanent)."""
    if kind_of(secret) != "sign_in":
        raise AccessRefused()
    tenant = _find(database, "sign_in", secret).tenant
    with database.tenant(tenant) as stores:
        return stores.access.redeem_link(secret, lifetime=lifetime)


def _find(database: Database, kind: Kind, secret: str) -> Principal:
    found = database.find_access(kind, hashed(secret))
    if found is None:
        raise AccessRefused()
    return Principal(tenant=found.tenant, kind=kind, id=found.id, role=found.role)
