"""Tenants: whose data a row is, and the calendar their days are counted in."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.errors import NotFound, TimeZoneInvalid
from data.tables import TenantRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """``time_zone`` is an IANA name; ``first_weekday`` counts from 1, Monday."""

    id: str
    name: str
    time_zone: str
    first_weekday: int


class TenantStore:
    """The tenant that the transaction is for."""

    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def ensure(self, name: str | None = None) -> Tenant:
        """The tenant, made where it is new."""
        values = {"id": self._tenant, "name": name or self._tenant}
        self._session.execute(insert(TenantRow).values(values).on_conflict_do_nothing())
        return self.get()

    def get(self) -> Tenant:
        """Raises NotFound (permanent)."""
        row = self._session.scalar(select(TenantRow).where(TenantRow.id == self._tenant))
        if row is None:
            raise NotFound(f"tenant {self._tenant}")
        return Tenant(id=row.id, name=row.name, time_zone=row.time_zone, first_weekday=row.first_weekday)

    def set_calendar(self, *, time_zone: str, first_weekday: int) -> Tenant:
        """From now on days and weeks begin by this calendar. Raises TimeZoneInvalid (permanent)."""
        if time_zone not in zoneinfo.available_timezones() or not 1 <= first_weekday <= 7:
            raise TimeZoneInvalid(time_zone)
        row = self._session.get_one(TenantRow, self._tenant)
        row.time_zone, row.first_weekday = time_zone, first_weekday
        self._session.flush()
        return self.get()
