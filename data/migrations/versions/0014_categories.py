"""Categories: saved queries with versions, what they were found in, and what has to be looked at again."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, execute, run_sql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0014_categories.sql")
    bind_to_tenant("category", "category_version", "category_match", "category_mark")
    execute("GRANT SELECT ON category, category_version, category_match TO reasonance_bi")
    # Which tenants have something to apply, never what they ask for.
    for table in ("category", "category_mark"):
        execute(f"CREATE POLICY of_sweeper ON {table} FOR SELECT TO reasonance_sweeper USING (true)")
    execute("GRANT SELECT (tenant, published_version, applied_version) ON category TO reasonance_sweeper")
    # It sets contacts aside, which marks them like any other change.
    execute("CREATE POLICY by_sweeper ON category_mark FOR INSERT TO reasonance_sweeper WITH CHECK (true)")
    execute("GRANT SELECT (tenant), INSERT (tenant, interaction_id) ON category_mark TO reasonance_sweeper")
    op.execute("RESET ROLE")
