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


def bind_to_tenant(*tables: str) -> None:
    """Gives new tables the row-level security that 0001 gave all: their tenant's rows to ``app``, no others."""
    for table in tables:
        execute(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY of_tenant ON {table} TO reasonance_app, reasonance_bi
                USING (tenant = current_setting('app.tenant', true))
                WITH CHECK (tenant = current_setting('app.tenant', true));
            GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO reasonance_app;
        """)
