"""The first schema: roles, tables, job queue, row-level security, search.

All of it is one transaction: killed anywhere, nothing has happened.
"""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

from data.migrations.run import execute, run_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0001_roles.sql")
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0001_tables.sql", "0001_vectors.sql")
    execute(SchemaManager.get_schema())
    run_sql("0001_policies.sql")
    op.execute("RESET ROLE")
    op.execute("GRANT CREATE ON SCHEMA public TO reasonance_definer")
    op.execute("SET LOCAL ROLE reasonance_definer")
    run_sql("access.sql", "search.sql")
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM reasonance_definer")
    op.execute("GRANT SELECT ON alembic_version TO reasonance_app, reasonance_sweeper")
