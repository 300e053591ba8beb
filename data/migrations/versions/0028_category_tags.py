"""Categories give customers tags: whose may have changed is noted; and a mark says which facts of a contact changed."""

from __future__ import annotations

from alembic import op

from data.migrations.run import execute, run_sql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0028_category_tags.sql", "0028_category_marks.sql")
    execute("GRANT INSERT (facts) ON category_mark TO reasonance_sweeper")
    op.execute("RESET ROLE")
