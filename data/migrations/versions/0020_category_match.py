"""Results of categories: one reference a row, to their contact, which has a tenant; many are stored at once."""

from __future__ import annotations

from alembic import op

from data.migrations.run import execute

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    execute("""
        ALTER TABLE category_match DROP CONSTRAINT category_match_tenant_category_id_version_fkey;
        ALTER TABLE category_match DROP CONSTRAINT category_match_tenant_fkey;
    """)
    op.execute("RESET ROLE")
