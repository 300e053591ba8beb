"""Corrections: whether the assigner has learned one, or holds it back."""

from __future__ import annotations

from alembic import op

from data.migrations.run import execute

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    execute("ALTER TABLE correction ADD COLUMN learned boolean")
    op.execute("RESET ROLE")
