"""Recordings that are kept, in which nothing that was masked can be heard."""

from __future__ import annotations

from alembic import op

from data.migrations.run import execute

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    execute("""
        ALTER TABLE inbox_item DROP CONSTRAINT inbox_item_kind_check;
        ALTER TABLE inbox_item ADD CONSTRAINT inbox_item_kind_check
            CHECK (kind IN ('original', 'checkpoint', 'transcript', 'recording'));
    """)
    op.execute("RESET ROLE")
