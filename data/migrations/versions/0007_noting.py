"""The feed of changed customers keeps its speed in a large tenant."""

from __future__ import annotations

from alembic import op

from data.migrations.run import run_sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0007_noting.sql")
    op.execute("RESET ROLE")
