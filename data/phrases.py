"""How often phrases are said in a tenant's contacts: counted over the newest, anew from time to time.

Counted from what is stored, and never by adding up: a contact that is analysed again, corrected or erased leaves no
trace once the counts are made anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from data.tables import PhraseBackgroundRow

NEWEST = 5000
"""Contacts that are counted."""
LEAST = 3
"""A phrase of fewer contacts is rare; nor is it then to be told from whom it came."""
AT_MOST = 20_000
FEW = 2000
"""Contacts; under these the counts change fast."""
FRESH, FRESH_FEW = dt.timedelta(hours=1), dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseCounts:
    """By a phrase's key, how many of ``contacts`` say it; rare ones are left out."""

    contacts: int
    counts: Mapping[str, int]


class PhraseStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def counts(self) -> PhraseCounts:
        """Those that were last counted; they are counted anew where that is long ago."""
        wanted = PhraseBackgroundRow.tenant == self._tenant
        row = self._session.execute(select(PhraseBackgroundRow, func.now()).where(wanted)).one_or_none()
        if row is None or row[1] - row[0].counted_at > (FRESH if row[0].contacts >= FEW else FRESH_FEW):
            return self.count()
        return PhraseCounts(contacts=row[0].contacts, counts=row[0].counts)

    def count(self) -> PhraseCounts:
        """Counts them now. Of two that count at once the later stands: they differ by moments."""
        asked = {"tenant": self._tenant, "newest": NEWEST, "least": LEAST, "most": AT_MOST}
        contacts, counts = self._session.execute(text(COUNT), asked).one()
        return PhraseCounts(contacts=contacts, counts=counts)


COUNT = """
    WITH newest AS (
        SELECT key_phrases FROM interaction
        WHERE tenant = :tenant AND is_current AND turn_count > 0 ORDER BY started_at DESC, id DESC LIMIT :newest
    ), said AS (
        SELECT phrase ->> 'key' AS key, count(*) AS contacts
        FROM newest CROSS JOIN jsonb_array_elements(newest.key_phrases) AS phrase
        WHERE phrase ? 'key' GROUP BY 1 HAVING count(*) >= :least ORDER BY 2 DESC, 1 LIMIT :most
    )
    INSERT INTO phrase_background AS stored (tenant, contacts, counts, counted_at)
    SELECT :tenant, (SELECT count(*) FROM newest),
        coalesce((SELECT jsonb_object_agg(key, contacts) FROM said), '{}'), now()
    ON CONFLICT (tenant) DO UPDATE
        SET contacts = excluded.contacts, counts = excluded.counts, counted_at = excluded.counted_at
    RETURNING contacts, counts
"""
