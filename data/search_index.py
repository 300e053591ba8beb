"""What is searched: for each interaction the words of its turns and the keys that find it, made in the database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

DOCUMENTS = text("""
    WITH made AS MATERIALIZED (SELECT * FROM search_documents(:tenant, :interactions)), documents AS (
        INSERT INTO search_document (tenant, interaction_id, started_at, is_current, config, keys)
        SELECT :tenant, interaction_id, started_at, is_current, config, keys FROM made
        ON CONFLICT (tenant, interaction_id) DO UPDATE SET
            started_at = excluded.started_at, is_current = excluded.is_current, config = excluded.config,
            keys = excluded.keys
    )
    INSERT INTO search_words (tenant, interaction_id, started_at, is_current, config, is_whole, words, turn_at)
    SELECT :tenant, interaction_id, started_at, is_current, config, is_whole, words, turn_at FROM made
    ON CONFLICT (tenant, interaction_id) DO UPDATE SET
        started_at = excluded.started_at, is_current = excluded.is_current, config = excluded.config,
        is_whole = excluded.is_whole, words = excluded.words, turn_at = excluded.turn_at
""")
CONFIGURED = text("""
    UPDATE interaction SET text_config = search_config(language) WHERE tenant = :tenant AND id = ANY (:interactions)
""")


def index_words(session: Session, tenant: str, interactions: Sequence[uuid.UUID]) -> None:
    """Makes interactions findable by what their turns and subject say now."""
    for statement in (CONFIGURED, DOCUMENTS):
        session.execute(statement, {"tenant": tenant, "interactions": list(interactions)})
