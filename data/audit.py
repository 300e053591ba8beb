"""The record of who did and read what: rows are added, never changed, and each one's hash covers the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from data.tables import AuditRow

FIRST = b"\0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    sequence: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


class AuditStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def write(self, actor: str, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
        """Adds an entry, durable with this transaction. Entries of one tenant queue here until that ends: keep it
        short. ``detail`` holds ids and counts, never what was said.
        """
        self._lock()
        last = self._last()
        row = AuditRow(
            tenant=self._tenant,
            sequence=last.sequence + 1 if last else 1,
            at=dt.datetime.now(dt.UTC),
            actor=actor,
            action=action,
            subject=subject,
            detail=dict(detail or {}),
            previous_hash=last.hash if last else FIRST,
        )
        row.hash = _hash(row)
        self._session.add(row)
        self._session.flush()

    def list(self, *, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The latest entries, newest first."""
        statement = select(AuditRow).where(AuditRow.tenant == self._tenant).order_by(AuditRow.sequence.desc())
        return tuple(_entry(row) for row in self._session.scalars(statement.limit(limit)))

    def faults(self) -> Iterator[int]:
        """The entries that were changed, or that follow one that is missing."""
        expected, previous = 1, FIRST
        statement = select(AuditRow).where(AuditRow.tenant == self._tenant).order_by(AuditRow.sequence)
        for row in self._session.scalars(statement.execution_options(yield_per=1000)):
            if row.sequence != expected or row.previous_hash != previous or row.hash != _hash(row):
                yield row.sequence
            expected, previous = row.sequence + 1, row.hash

    def _lock(self) -> None:
        key = {"key": f"audit:{self._tenant}"}
        self._session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), key)

    def _last(self) -> AuditRow | None:
        statement = select(AuditRow).where(AuditRow.tenant == self._tenant).order_by(AuditRow.sequence.desc())
        return self._session.scalar(statement.limit(1))


def _hash(row: AuditRow) -> bytes:
    content = [row.tenant, row.sequence, row.at.isoformat(), row.actor, row.action, row.subject, row.detail]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(row.previous_hash + canonical.encode()).digest()


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        detail=row.detail,
    )
