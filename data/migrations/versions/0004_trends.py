"""Trends: contacts by column, what marks them stale, alerts."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, execute, run_sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0004_trends.sql")
    bind_to_tenant("trend_mark", "trend_value", "trend_block", "alert")
    # The sweeper sets a contact's state too, and what it changes is marked like all else.
    execute("""
        CREATE POLICY of_sweeper ON trend_mark FOR INSERT TO reasonance_sweeper WITH CHECK (true);
        GRANT INSERT ON trend_mark TO reasonance_sweeper;
    """)
    op.execute("RESET ROLE")
