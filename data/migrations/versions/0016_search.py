"""Search: what an interaction says in a table of its own, whose index answers a whole query."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, execute, run_sql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0016_search_document.sql")
    bind_to_tenant("search_document")
    execute("CREATE POLICY of_definer ON search_document FOR SELECT TO reasonance_definer USING (true)")
    execute("GRANT SELECT ON search_document TO reasonance_definer")
    op.execute("RESET ROLE")
    op.execute("GRANT CREATE ON SCHEMA public TO reasonance_definer")
    op.execute("SET LOCAL ROLE reasonance_definer")
    run_sql("0016_search.sql", "0016_search_located.sql")
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM reasonance_definer")
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0016_search_filled.sql")
    op.execute("RESET ROLE")
