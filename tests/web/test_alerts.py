"""An alert on the first page leads to exactly the contacts it counts, and can be put away."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.alerts import AlertRecord
from service.alerts import check
from tests.web.conftest import Site
from tests.web.contact_centre import RISING_NAME, TENANT

pytestmark = pytest.mark.browser
LOOKS = ("/", "/?by=reason&also=queue&measure=sentiment&grain=week", "/?grain=month&level=group")
PICTURES = os.environ.get("REASONANCE_PICTURES")


@pytest.fixture(scope="module")
def raised(site: Site) -> tuple[AlertRecord, ...]:
    """What a worker would have raised on the day after the fortnight."""
    with site.runtime.database.tenant(TENANT) as stores:
        extent = stores.trends.extent()
        assert extent is not None
        return check(stores, today=dt.date(2026, 10, 19))


def test_an_alert_opens_the_contacts_it_counts(page: Page, raised: tuple[AlertRecord, ...]) -> None:
    (alert,) = (one.alert for one in raised if one.alert.name == RISING_NAME)
    page.goto("/")
    shown = page.get_by_role("region", name="Alerts")
    expect(shown).to_contain_text(f"{alert.count} contacts")
    shown.get_by_role("link", name=RISING_NAME).click()
    expect(page.locator("#total")).to_have_text(f"{alert.count} contacts")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_a_phone_and_a_desk(page: Page, raised: tuple[AlertRecord, ...], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for number, path in enumerate(
        ("/", "/?by=reason&also=queue&measure=sentiment&grain=week", "/?grain=month&level=group")
    ):
        page.goto(path)
        expect(page.locator("#trend-chart[data-ready] canvas")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"trends-{width}-{number}.png", full_page=True)


def test_a_dismissed_alert_is_gone(page: Page, raised: tuple[AlertRecord, ...]) -> None:
    page.goto("/")
    shown = page.get_by_role("region", name="Alerts").get_by_role("listitem").filter(has_text=RISING_NAME)
    before = shown.count()
    shown.first.get_by_role("button", name="Dismiss").click()
    page.wait_for_url("**/")
    expect(shown).to_have_count(before - 1)
