"""A running service over a seeded contact centre, and Debian's Chromium to look at it."""

from __future__ import annotations

import re
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect, sync_playwright
from psycopg import sql
from pydantic import SecretStr

from data import embedded
from data.access import AccessRole
from service.api.app import create
from service.runtime import Runtime, open_runtime
from service.settings import Settings
from tests.fixtures_database import TEMPLATE, in_database
from tests.web.contact_centre import TENANT, Seeded, accepted, analyse, seed

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PATIENCE_MS = 20_000
"""For a machine that has other work to do; nothing here waits so long otherwise."""
DESK: ViewportSize = {"width": 1280, "height": 900}
LOCAL = re.compile(r"(blob:)?http://127\.0\.0\.1:\d+/|data:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    url: str
    runtime: Runtime
    seeded: Seeded

    def link(self) -> str:
        """A one-time link that signs an analyst in."""
        with self.runtime.database.tenant(TENANT) as stores:
            return f"{self.url}/sign-in?secret={stores.access.create_link('analyst').secret}"

    def hand_in(self, call: str) -> uuid.UUID:
        """A sample call, still to be analysed."""
        return accepted(self.runtime, call)

    def analyse(self, call: str, contact: uuid.UUID) -> None:
        analyse(self.runtime, call, contact)


@dataclass(slots=True)
class Seen:
    """What a browser complained of, and where it went."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self.said(message, page.url))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))

    def said(self, message: ConsoleMessage, at: str) -> None:
        """What the content security policy keeps out is told there too."""
        if message.type in ("error", "warning"):
            self.complaints.append(f"{at}: {message.text}")

    def outside(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.requests if not LOCAL.match(url)]


@pytest.fixture(scope="package")
def runtime(tmp_path_factory: pytest.TempPathFactory, database_server: embedded.EmbeddedServer) -> Iterator[Runtime]:
    folder: Path = tmp_path_factory.mktemp("pages")
    with psycopg.connect(database_server.url, autocommit=True) as connection:
        # The fixture may come and go: a process that shares the work with others does other packages in between.
        name = f"pages_{uuid.uuid4().hex}"
        names = map(sql.Identifier, (name, TEMPLATE))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    settings = Settings(
        data_dir=folder / "data",
        model_dir=folder / "models",
        master_key_file=folder / "keys" / "master.key",
        database_url=SecretStr(in_database(database_server.url, name)),
    )
    with open_runtime(settings) as opened:
        yield opened


@pytest.fixture(scope="package")
def site(runtime: Runtime) -> Iterator[Site]:
    seeded = seed(runtime)
    config = uvicorn.Config(create(runtime), host="127.0.0.1", port=0, log_level="error", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="pages")
    thread.start()
    try:
        yield Site(url=f"http://127.0.0.1:{_port(server)}", runtime=runtime, seeded=seeded)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _port(server: uvicorn.Server) -> int:
    limit = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < limit, "the server did not start"
        time.sleep(0.01)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Debian's chromium is not installed")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def signed_in(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """One session for all tests that only read."""
    context = browser.new_context(base_url=site.url, viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(site.link())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/")
    page.close()
    yield context
    context.close()


@contextmanager
def visitor(browser: Browser, site: Site, seen: Seen, tenant: str, role: AccessRole) -> Iterator[Page]:
    """A page of someone of another tenant, with a session of their own."""
    with site.runtime.database.tenant(tenant) as stores:
        secret = stores.access.create_link(role).secret
    context = browser.new_context(base_url=site.url, viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    seen.watch(page)
    page.goto(f"/sign-in?secret={secret}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/")
    yield page
    context.close()
    assert seen.complaints == []
    assert seen.outside() == []


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(signed_in: BrowserContext, seen: Seen) -> Iterator[Page]:
    """A page at desk width. Whatever a test does with it, nothing is complained of and nothing leaves this machine."""
    opened = signed_in.new_page()
    seen.watch(opened)
    yield opened
    opened.close()
    assert seen.complaints == []
    assert seen.outside() == []
