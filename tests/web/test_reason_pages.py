"""A person opens a reason, changes it, and sees what became of it; who may only read cannot."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from data.ids import new_id
from data.tables import ReasonRow
from data.types import ReasonAssignment
from tests.data.conversations import talk
from tests.web.conftest import Seen, Site, visitor
from tests.web.contact_centre import RISING_NAME

pytestmark = pytest.mark.browser
TENANT = "editors"
SAID = {
    "parcel late": ["My parcel is a week late", "Parcel has not come", "The parcel never arrived", "Damaged box again"],
    "late parcels": ["Parcels keep coming late"],
    "refund wanted": ["I want my money back", "Where is my refund?"],
}


@pytest.fixture(scope="module")
def reasons(site: Site) -> dict[str, uuid.UUID]:
    """Three reasons of a tenant of their own, with contacts whose vectors tell them apart."""
    with site.runtime.database.tenant(TENANT) as stores:
        stores.tenants.ensure()
        found = {}
        for number, (name, texts) in enumerate(SAID.items()):
            centre = np.eye(4, dtype=np.float32)[number]
            row = ReasonRow(
                tenant=TENANT,
                id=new_id(),
                name=name,
                embedder="e",
                centroid=centre,
                size=len(texts),
                source="discovery",
            )
            stores.session.add(row)
            stores.session.flush()
            found[name] = row.id
            for text in texts:
                contact = talk(stores, text, issue=text)
                apart = np.eye(4, dtype=np.float32)[3] * (2 if "box" in text else 0)
                stores.embeddings.put(contact, "e", centre + apart, text)
                given = ReasonAssignment(reason_id=str(row.id), confidence=0.9, nearest_id=None, distance=0.1)
                stores.reasons.assign(contact, given)
    return found


@pytest.fixture
def editor(browser: Browser, site: Site, reasons: dict[str, uuid.UUID], seen: Seen) -> Iterator[Page]:
    """An administrator of that tenant."""
    with visitor(browser, site, seen, TENANT, "admin") as page:
        yield page


def test_every_reason_is_listed_with_its_contacts_and_their_words(page: Page) -> None:
    page.goto("/reasons")
    row = page.get_by_role("row", name=RISING_NAME)
    count = row.get_by_role("cell").last.inner_text()
    row.get_by_role("link", name=count).click()
    expect(page.locator("#total")).to_have_text(f"{count} contacts")


def test_who_may_only_read_is_offered_no_change_and_refused_one(page: Page) -> None:
    page.goto("/reasons")
    page.get_by_role("link", name=RISING_NAME).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(RISING_NAME)
    expect(page.get_by_label("Change it")).to_have_count(0)
    answer = page.request.post(f"{page.url}/rename", form={"name": "mine"})
    assert answer.status == 403
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(RISING_NAME)


def test_a_new_name_is_kept_and_told(editor: Page, reasons: dict[str, uuid.UUID]) -> None:
    editor.goto(f"/reasons/{reasons['refund wanted']}")
    editor.get_by_label("Name").fill("refund <b>overdue</b>")
    editor.get_by_role("button", name="Rename").click()
    expect(editor.get_by_role("heading", level=1)).to_have_text("refund <b>overdue</b>")
    expect(editor.get_by_label("History")).to_contain_text("Renamed from “refund wanted”")


def test_one_who_takes_a_taken_name_is_told_so(editor: Page, reasons: dict[str, uuid.UUID], seen: Seen) -> None:
    editor.goto(f"/reasons/{reasons['refund wanted']}")
    editor.get_by_label("Name").fill("parcel late")
    editor.get_by_role("button", name="Rename").click()
    expect(editor.get_by_role("heading", level=1)).to_have_text("That did not work")
    expect(editor.locator("main")).to_contain_text("merge the two, or choose another name")
    assert all("409" in complaint for complaint in seen.complaints)
    seen.complaints.clear()


def test_merging_brings_the_contacts_together_and_restoring_parts_them(
    editor: Page, reasons: dict[str, uuid.UUID]
) -> None:
    editor.goto(f"/reasons/{reasons['late parcels']}")
    editor.get_by_label("Same matter as").select_option("parcel late")
    editor.get_by_role("button", name="Merge into it").click()
    expect(editor.get_by_role("heading", level=1)).to_have_text("parcel late")
    expect(editor.locator(".meta").first).to_contain_text("5 contacts")
    editor.get_by_label("History").get_by_role("link", name="late parcels").first.click()
    editor.get_by_role("button", name="Restore").click()
    expect(editor.locator(".meta").first).to_contain_text("1 contact")


def test_a_new_group_holds_the_reason(editor: Page, reasons: dict[str, uuid.UUID]) -> None:
    editor.goto(f"/reasons/{reasons['parcel late']}")
    editor.get_by_label("or a new group").fill("Deliveries")
    editor.get_by_role("button", name="Move").click()
    expect(editor.locator(".meta").first).to_contain_text("Deliveries")
    editor.goto("/reasons")
    expect(editor.get_by_label("Deliveries")).to_contain_text("parcel late")


def test_examples_take_out_a_reason_of_its_own(editor: Page, reasons: dict[str, uuid.UUID]) -> None:
    editor.goto(f"/reasons/{reasons['parcel late']}")
    editor.get_by_role("link", name="Split by examples").click()
    editor.get_by_label("Damaged box again").check()
    editor.get_by_label("Name of the new reason").fill("box damaged")
    editor.get_by_role("button", name="Take them out").click()
    expect(editor.get_by_role("heading", level=1)).to_have_text("box damaged")
    expect(editor.get_by_label("In customers")).to_contain_text("Damaged box again")
    expect(editor.locator(".meta").first).to_contain_text("1 contact")


def test_a_pin_is_shown_and_taken_off(editor: Page, reasons: dict[str, uuid.UUID]) -> None:
    editor.goto(f"/reasons/{reasons['refund wanted']}")
    editor.get_by_role("button", name="Pin").click()
    expect(editor.get_by_role("button", name="Unpin")).to_be_visible()
    editor.get_by_role("button", name="Unpin").click()
    expect(editor.get_by_role("button", name="Pin")).to_be_visible()
