"""SQL files as steps of a migration."""

from __future__ import annotations

from importlib import resources

from alembic import op


def run_sql(*names: str) -> None:
    """Executes files of ``data/migrations/sql`` in order."""
    for name in names:
        execute((resources.files("data.migrations") / "sql" / name).read_text(encoding="utf-8"))


def execute(script: str) -> None:
    """Executes a script as it stands: without parameters psycopg takes several statements at once."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("migrations need a live connection")
    connection.execute(script.encode())
