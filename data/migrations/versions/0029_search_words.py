"""Search: the words of an interaction apart from the keys that find it, and where each token of a turn lies."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, execute, run_sql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO reasonance_definer")
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0029_search_tables.sql")
    bind_to_tenant("search_words")
    execute("CREATE POLICY of_definer ON search_words FOR SELECT TO reasonance_definer USING (true)")
    execute("GRANT SELECT ON search_words TO reasonance_definer")
    op.execute("RESET ROLE")
    op.execute("SET LOCAL ROLE reasonance_definer")
    run_sql("0029_search_vectors.sql", "0029_search_query.sql", "0029_search_located.sql")
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM reasonance_definer")
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0029_search_filled.sql")
    op.execute("RESET ROLE")
