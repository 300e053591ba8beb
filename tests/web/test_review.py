"""An analyst answers what a doubtful contact is about, and it is asked no more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from data.reason_records import Seed
from data.types import ReasonAssignment
from tests.data.conversations import talk
from tests.web.conftest import Seen, Site, visitor

pytestmark = pytest.mark.browser
TENANT = "reviewers"
SAID = {
    "card declined": ["My card was declined at the till", "Your machine refused my card", "Card payment did not work"],
    "parcel late": ["My parcel is a week late", "Where is my parcel?", "The parcel never came"],
}
DOUBTFUL = "Something <i>odd</i> about a delivery and my bank"


@pytest.fixture(scope="module")
def doubtful(site: Site) -> None:
    """Two reasons with contacts that are sure of theirs, and one that is sure of nothing."""
    embedder = site.runtime.models.embedder_name
    with site.runtime.database.tenant(TENANT) as stores:
        stores.tenants.ensure()
        axes = np.eye(3, 384, dtype=np.float32)
        seeds = [Seed(name=name, centroid=axis) for name, axis in zip(SAID, axes, strict=False)]
        ids = stores.registry.seed(seeds, embedder=embedder, actor="test")
        told = [
            (text, axis, str(reason), 0.9)
            for reason, axis, texts in zip(ids, axes, SAID.values(), strict=False)
            for text in texts
        ]
        told.append((DOUBTFUL, axes.mean(axis=0), str(ids[0]), 0.2))
        for text, row, reason, confidence in told:
            contact = talk(stores, text, issue=text)
            stores.embeddings.put(contact, embedder, row, text)
            given = ReasonAssignment(reason_id=reason, confidence=confidence, nearest_id=reason, distance=0.3)
            stores.reasons.assign(contact, given)


@pytest.fixture
def analyst(browser: Browser, site: Site, doubtful: None, seen: Seen) -> Iterator[Page]:
    with visitor(browser, site, seen, TENANT, "analyst") as page:
        yield page


def test_the_most_doubtful_is_asked_first_and_no_more_once_it_is_answered(analyst: Page) -> None:
    analyst.goto("/reasons")
    analyst.get_by_role("link", name="Review the doubtful").click()
    expect(analyst.get_by_role("heading", level=1)).to_have_text("Review")
    first = analyst.get_by_role("listitem").first
    expect(first).to_contain_text(DOUBTFUL)
    first.get_by_role("combobox").select_option("parcel late")
    first.get_by_role("button", name="That is right").click()
    expect(analyst.get_by_role("heading", level=1)).to_have_text("Review")
    expect(analyst.locator("main")).not_to_contain_text(DOUBTFUL)
    analyst.goto("/reasons")
    expect(analyst.get_by_role("row", name="parcel late").get_by_role("cell").last).to_have_text("4")


def test_an_answer_may_be_that_no_reason_fits(analyst: Page) -> None:
    analyst.goto("/review")
    first = analyst.get_by_role("listitem").first
    asked = first.get_by_role("link").inner_text()
    first.get_by_role("combobox").select_option("No reason fits")
    first.get_by_role("button", name="That is right").click()
    expect(analyst.locator("main")).not_to_contain_text(asked)
    analyst.goto("/interactions?reason=unassigned")
    expect(analyst.locator("#total")).to_have_text("1 contact")
