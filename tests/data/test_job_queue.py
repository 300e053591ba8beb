"""The job queue under the roles: added in a tenant's transaction, run by the sweeper."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException

from data.database import Database


def defer(database: Database, tenant: str) -> None:
    app = App(connector=SyncPsycopgConnector())
    with database.tenant(tenant) as stores:
        deferrer = app.configure_task("work", queue="cpu", connection=stores.driver_connection)
        deferrer.defer(tenant=tenant)


def work(database: Database) -> list[str]:
    """Runs all jobs; answers with their tenants."""
    seen: list[str] = []

    async def run() -> None:
        app = App(connector=PsycopgConnector(conninfo=database.conninfo("sweeper"), min_size=1, max_size=4))
        app.task(name="work")(lambda tenant: seen.append(tenant))
        async with app.open_async():
            await app.run_worker_async(wait=False, delete_jobs="always", install_signal_handlers=False)

    asyncio.run(run())
    return seen


def test_jobs_of_all_tenants_are_run_by_the_sweeper(database: Database) -> None:
    for tenant in ("default", "other"):
        defer(database, tenant)
    assert sorted(work(database)) == ["default", "other"]
    assert work(database) == []


def test_a_job_goes_with_its_transaction(database: Database) -> None:
    app = App(connector=SyncPsycopgConnector())
    with contextlib.suppress(ZeroDivisionError), database.tenant("default") as stores:
        app.configure_task("work", queue="cpu", connection=stores.driver_connection).defer(tenant="default")
        raise ZeroDivisionError
    assert work(database) == []


@pytest.mark.parametrize("tenant", ["other", None])
def test_no_job_is_added_for_another_tenant(database: Database, tenant: str | None) -> None:
    app = App(connector=SyncPsycopgConnector())
    with pytest.raises(ConnectorException), database.tenant("default") as stores:
        app.configure_task("work", queue="cpu", connection=stores.driver_connection).defer(tenant=tenant)
