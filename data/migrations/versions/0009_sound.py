"""What of a recording could not be believed, and how loud each role speaks."""

from __future__ import annotations

from alembic import op

from data.migrations.run import execute

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    execute("ALTER TABLE interaction ADD COLUMN set_aside JSONB DEFAULT '[]' NOT NULL")
    execute("ALTER TABLE interaction ADD COLUMN loudness JSONB DEFAULT '{}' NOT NULL")
    op.execute("RESET ROLE")
