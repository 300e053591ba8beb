"""Customers over time: web clicks, outcomes, and the feed of whose tags may have changed."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, execute, run_sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GRANTS = """
    GRANT USAGE ON SEQUENCE customer_change_position TO reasonance_app;
    GRANT SELECT ON outcome TO reasonance_bi;
    -- The sweeper sets contacts aside, which may be a change of a customer's tags too; it reads nothing here.
    GRANT INSERT ON customer_change TO reasonance_sweeper;
    CREATE POLICY of_sweeper ON customer_change FOR INSERT TO reasonance_sweeper WITH CHECK (true);
"""


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0003_customers.sql")
    bind_to_tenant("outcome", "customer_change")
    execute(GRANTS)
    op.execute("RESET ROLE")
