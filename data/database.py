"""The database as the rest of the product sees it: one transaction for one tenant, migrations, and its status.

Connections never work as the login of the URL: they become a role without power as they start, by libpq's
``options``, so that even RESET ROLE leads back to that role. A SET ROLE to another one would still be allowed, so
no text from outside ever becomes SQL: values are bound, and names are quoted in the migrations' functions.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import errors as pg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from data.access import AccessRole
from data.errors import DatabaseOutdated, DatabaseUnavailable, ReasonanceError, StorageFull, TenantInvalid
from data.keys import MasterKey
from data.stores import Stores
from data.sweeper import Sweeper

Role: TypeAlias = Literal["app", "sweeper", "bi"]
TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
UPGRADE_LOCK = 7_305_111_801
LOCK_TIMEOUT = "10s"
"""A write waits no longer for a lock than this, then answers that the database is away (F07)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """``revision`` is None where there is no schema yet; ``wanted`` is what this version needs."""

    revision: str | None
    wanted: str
    server: str
    vector: str | None
    size_bytes: int

    @property
    def ready(self) -> bool:
        return self.revision == self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    tenant: str
    id: uuid.UUID
    role: AccessRole


class Database:
    """A PostgreSQL ≥ 15 with pgvector. Thread-safe; connections are made as they are needed."""

    def __init__(self, url: str, *, master_key: MasterKey | None = None, pool_size: int = 5) -> None:
        self._url = make_url(url).set(drivername="postgresql+psycopg")
        self._master_key = master_key
        self._pool_size = pool_size

    @contextmanager
    def tenant(self, tenant: str) -> Iterator[Stores]:
        """The tenant's stores, in one transaction: committed at the end, rolled back by any error.

        Raises TenantInvalid (permanent), DatabaseUnavailable, StorageFull (retry).
        """
        if not TENANT.fullmatch(tenant):
            raise TenantInvalid()
        with _translated(), Session(self._app, expire_on_commit=False) as session, session.begin():
            session.execute(text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": tenant})
            keys = self._master_key.tenant(tenant) if self._master_key else None
            yield Stores(session, tenant, keys)

    @contextmanager
    def sweeper(self) -> Iterator[Sweeper]:
        """What recovers and counts work across tenants, in one transaction; it cannot read what was said."""
        with _translated(), Session(self._sweeper, expire_on_commit=False) as session, session.begin():
            yield Sweeper(session)

    def find_access(self, kind: str, secret_hash: bytes) -> AccessRow | None:
        """The key, session or link of this hash in any tenant, if it is valid now."""
        with _translated(), self._app.connect() as connection:
            found = connection.execute(text(ACCESS), {"kind": kind, "hash": secret_hash}).one_or_none()
        return AccessRow(tenant=found.tenant, id=found.id, role=found.role) if found else None

    def conninfo(self, role: Role) -> str:
        """libpq's connection string for connections that start as ``role``: for the job queue's own pool."""
        parts = self._url.translate_connect_args(database="dbname", username="user")
        return make_conninfo("", **{**parts, **self._url.query, "options": _options(role)})

    def upgrade(self) -> None:
        """Brings the schema to this version's, in one transaction; several callers at once wait for the first."""
        with _translated(), self._login.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            config = _migrations()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def status(self) -> DatabaseStatus:
        """Raises DatabaseUnavailable (retry)."""
        with _translated(), self._login.connect() as connection:
            facts = connection.execute(text(FACTS)).one()
            return DatabaseStatus(
                revision=MigrationContext.configure(connection).get_current_revision(),
                wanted=str(ScriptDirectory.from_config(_migrations()).get_current_head()),
                server=facts.server,
                vector=facts.vector,
                size_bytes=facts.size_bytes,
            )

    def require_ready(self) -> None:
        """Raises DatabaseOutdated (permanent until an upgrade), DatabaseUnavailable (retry)."""
        status = self.status()
        if not status.ready:
            raise DatabaseOutdated(f"has {status.revision or 'none'}, needs {status.wanted}")

    def index_embedder(self, embedder: str, dimensions: int) -> None:
        """Makes the approximate indexes of one embedder's vectors, if they are not there: each is of one dimension."""
        size = int(dimensions)
        name = re.sub(r"[^a-z0-9]+", "_", embedder.lower())[:40] + f"_{size}_idx"
        with _translated(), self._login.begin() as connection:
            connection.execute(text("SET LOCAL ROLE reasonance_owner"))
            for table, expression in VECTOR_INDEXES.items():
                connection.exec_driver_sql(
                    f'CREATE INDEX IF NOT EXISTS "{table}_{name}" ON {table} USING hnsw'
                    f" {expression.format(size=size)} WHERE embedder = '{_quoted(embedder)}'"
                )

    def dispose(self) -> None:
        """Closes the idle connections of this object."""
        for name in ("_app", "_sweeper", "_login"):
            if name in self.__dict__:
                self.__dict__[name].dispose()

    @cached_property
    def _app(self) -> Engine:
        return self._engine("app")

    @cached_property
    def _sweeper(self) -> Engine:
        return self._engine("sweeper")

    @cached_property
    def _login(self) -> Engine:
        return create_engine(self._url, poolclass=NullPool)

    def _engine(self, role: Role) -> Engine:
        url: URL = self._url.update_query_dict({"options": _options(role)})
        return create_engine(url, pool_pre_ping=True, pool_size=self._pool_size, max_overflow=self._pool_size)


VECTOR_INDEXES = {
    "embedding": "((vector::vector({size})) vector_cosine_ops)",
    "turn_vector": "((binary_quantize(vector::halfvec({size}))::bit({size})) bit_hamming_ops)"
    " WITH (m = 8, ef_construction = 32)",
}
ACCESS = """
    SELECT tenant, id, role FROM access_find(:kind, :hash)
    WHERE ended_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""
FACTS = """
    SELECT current_setting('server_version') AS server, pg_database_size(current_database()) AS size_bytes,
        (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS vector
"""


def _options(role: Role) -> str:
    return f"-c role=reasonance_{role} -c search_path=public -c lock_timeout={LOCK_TIMEOUT} -c timezone=UTC"


def _quoted(literal: str) -> str:
    return literal.replace("'", "''").replace("%", "%%")


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", "data:migrations")
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _translated() -> Iterator[None]:
    """The driver's errors as ours; what is no fault of the machine stays as it is."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(error) or error from error


AWAY: tuple[type[Any], ...] = (
    pg.LockNotAvailable,
    pg.SerializationFailure,
    pg.DeadlockDetected,
    pg.TooManyConnections,
    pg.AdminShutdown,
    pg.CrashShutdown,
    pg.CannotConnectNow,
)


def _ours(error: DBAPIError) -> ReasonanceError | None:
    cause = error.orig
    if isinstance(cause, pg.DiskFull):
        return StorageFull()
    if isinstance(cause, AWAY) or error.connection_invalidated or getattr(cause, "sqlstate", "?") is None:
        return DatabaseUnavailable(type(cause).__name__)
    return None
