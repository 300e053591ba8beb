"""Turns: the channel of the recording that they were heard on."""

from __future__ import annotations

from alembic import op

from data.migrations.run import execute

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    execute("ALTER TABLE turn ADD COLUMN channel smallint")
    op.execute("RESET ROLE")
