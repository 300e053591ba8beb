"""Vectors of an interaction's further issues, and vectors found by their text."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, run_sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0005_further.sql")
    bind_to_tenant("further_embedding")
    op.execute("RESET ROLE")
