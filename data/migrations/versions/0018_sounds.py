"""How interactions sound, to find names that were misheard."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, execute, run_sql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0018_sounds.sql")
    bind_to_tenant("sound")
    execute("CREATE POLICY of_definer ON sound FOR SELECT TO reasonance_definer USING (true)")
    execute("GRANT SELECT ON sound TO reasonance_definer")
    op.execute("RESET ROLE")
    op.execute("GRANT CREATE ON SCHEMA public TO reasonance_definer")
    op.execute("SET LOCAL ROLE reasonance_definer")
    run_sql("0018_sounding.sql")
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM reasonance_definer")
