"""Answers that say nothing, counted in trends; the days that were counted before are counted anew."""

from __future__ import annotations

from alembic import op

from data.migrations.run import execute

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    execute("""
        ALTER TABLE trend_block ADD COLUMN junk_share bytea NOT NULL DEFAULT '';
        ALTER TABLE trend_block NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE trend_mark NO FORCE ROW LEVEL SECURITY;
        INSERT INTO trend_mark (tenant, day) SELECT tenant, day FROM trend_block;
        ALTER TABLE trend_block FORCE ROW LEVEL SECURITY;
        ALTER TABLE trend_mark FORCE ROW LEVEL SECURITY;
    """)
    op.execute("RESET ROLE")
