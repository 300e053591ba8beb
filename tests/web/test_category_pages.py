"""A person tries a query as a category, publishes it, and sees what it matches; who may only read cannot."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from data.categories import Bound
from data.types import Role
from service import categories
from tests.data.conversations import MONDAY, talk
from tests.web.conftest import Seen, Site, visitor

pytestmark = pytest.mark.browser
TENANT = "rules"
SAID = (
    "I want to cancel my contract today",
    "Please cancel the appointment on Friday",
    "My parcel never arrived <script>alert(1)</script>",
    "Cancel it, and where is my refund?",
    "Thank you, that was all",
)
WEEKS = 10


@pytest.fixture(scope="module")
def contacts(site: Site) -> list[uuid.UUID]:
    """Ten weeks of calls, and a published category with a bound."""
    with site.runtime.database.tenant(TENANT) as stores:
        stores.tenants.ensure()
        found = [
            talk(
                stores,
                (Role.AGENT, "How can I help?"),
                (Role.CUSTOMER, SAID[(week * number) % len(SAID)]),
                started_at=MONDAY + dt.timedelta(days=7 * week, hours=number),
                issue=SAID[(week * number) % len(SAID)],
                word_s=0.4,
            )
            for week in range(WEEKS)
            for number in range(5)
        ]
        made = stores.categories.create("refund asked for", 'customer:( refund OR "money back" )', author="test")
        stores.categories.set_bound(made.id, Bound(share=0.1))
    categories.publish(site.runtime, TENANT, made.id, actor="test")
    assert categories.settle(site.runtime, TENANT)
    return found


@pytest.fixture
def editor(browser: Browser, site: Site, contacts: list[uuid.UUID], seen: Seen) -> Iterator[Page]:
    with visitor(browser, site, seen, TENANT, "admin") as page:
        yield page


def test_a_query_becomes_a_category_that_contacts_have(editor: Page, site: Site) -> None:
    editor.goto("/search?q=customer:(cancel*)")
    editor.get_by_role("link", name="Save this query as a category").click()
    expect(editor.get_by_label("Query")).to_have_value("customer:(cancel*)")
    matched = editor.locator("#preview dd").first.inner_text()
    expect(editor.locator(".samples mark").first).to_have_text("Cancel", ignore_case=True)
    expect(editor.get_by_label("Shared with others")).to_contain_text("refund asked for")
    editor.get_by_label("Name").fill("wants to cancel")
    editor.get_by_role("button", name="Save as a draft").click()
    expect(editor.get_by_text("A draft matches nothing yet")).to_be_visible()
    editor.get_by_role("button", name="Publish version 1").click()
    expect(editor.get_by_role("status")).to_contain_text("is being applied")
    categories.settle_all(site.runtime)
    expect(editor.get_by_label("What it matches")).to_contain_text("cancel my contract")
    editor.get_by_role("link", name=f"All {matched}").click()
    expect(editor.locator("#total")).to_have_text(f"{matched} contacts")
    editor.locator("ol.list a.title").first.click()
    editor.get_by_label("Categories").get_by_role("link", name="wants to cancel").click()
    editor.get_by_role("link", name="Change the query").click()
    editor.get_by_label("Query").fill("customer:(cancel*) NOT appointment")
    expect(editor.locator("#check")).to_contain_text("appointment")
    editor.get_by_role("button", name="Preview").click()
    expect(editor.locator("#preview")).to_contain_text("+0")


def test_a_fault_is_shown_where_it_is_while_one_writes(editor: Page) -> None:
    editor.goto("/categories/new")
    query = editor.get_by_label("Query")
    query.press_sequentially("refund AND )")
    fault = editor.locator("#check mark")
    expect(fault).to_have_text(")")
    query.fill("refund AND parcel")
    expect(fault).to_have_count(0)
    expect(editor.locator("#check")).to_contain_text("refund")


def test_a_bound_a_name_and_an_end_are_set_by_forms(editor: Page, site: Site) -> None:
    with site.runtime.database.tenant(TENANT) as stores:
        made = stores.categories.create(f"parcels {uuid.uuid4().hex[:6]}", "parcel", author="test")
    editor.goto(f"/categories/{made.id}")
    editor.get_by_label("Name").fill("lost parcels")
    editor.get_by_role("button", name="Rename").click()
    expect(editor.get_by_role("heading", level=1)).to_have_text("lost parcels")
    editor.get_by_label("Alert where its share is").select_option("below")
    editor.get_by_label("Percent").fill("2.5 %")
    editor.get_by_role("button", name="Set the alert").click()
    expect(editor.get_by_text("below 2.5")).to_be_visible()
    editor.get_by_role("button", name="Retire").click()
    expect(editor.get_by_text("It was retired")).to_be_visible()
    editor.goto("/categories")
    expect(editor.get_by_role("link", name="lost parcels")).to_have_count(0)
    editor.get_by_role("link", name="Show what was retired").click()
    expect(editor.get_by_role("link", name="lost parcels")).to_be_visible()


def test_who_may_only_read_sees_all_and_changes_nothing(
    browser: Browser, site: Site, contacts: list[uuid.UUID], seen: Seen
) -> None:
    with visitor(browser, site, seen, TENANT, "analyst") as page:
        page.goto("/categories")
        expect(page.get_by_role("link", name="New category")).to_have_count(0)
        page.get_by_role("link", name="refund asked for").click()
        expect(page.get_by_label("Change it")).to_have_count(0)
        expect(page.get_by_role("button", name="Publish")).to_have_count(0)
        answer = page.request.post(f"{page.url}/rename", form={"name": "mine"})
        assert answer.status == 403


@pytest.mark.parametrize(
    "path", ["/categories", "/categories/{id}", "/categories/{id}/edit", "/categories/new?q=cancel"]
)
def test_pages_fit_a_phone(editor: Page, site: Site, path: str) -> None:
    with site.runtime.database.tenant(TENANT) as stores:
        known = stores.categories.find("refund asked for")
    editor.set_viewport_size({"width": 390, "height": 844})
    editor.goto(path.format(id=known.id))
    assert editor.evaluate("document.documentElement.scrollWidth <= innerWidth")
