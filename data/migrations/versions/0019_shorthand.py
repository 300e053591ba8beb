"""Shorthand of notes in the vocabulary."""

from __future__ import annotations

from alembic import op

from data.migrations.run import execute

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    execute("""
        ALTER TABLE vocabulary DROP CONSTRAINT vocabulary_kind_check;
        ALTER TABLE vocabulary ADD CONSTRAINT vocabulary_kind_check
            CHECK (kind IN ('product', 'competitor', 'name', 'place', 'other', 'shorthand'));
    """)
    op.execute("RESET ROLE")
