"""What people see and do: from a number to the contacts behind it, from a word to the moment it was said."""

from __future__ import annotations

import re
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.web.conftest import Seen, Site
from tests.web.contact_centre import CUSTOMER, LEAVER, LEAVING_WORDS, RISING_NAME

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 390, "height": 844}

PLACE_OF_THE_HIGHEST_POINT = """() => {
  const place = document.getElementById("trend-chart");
  const chart = echarts.getInstanceByDom(place);
  const points = chart.getOption().series[0].data;
  const at = points.reduce((best, point, index) => point.value > points[best].value ? index : best, 0);
  const [x, y] = chart.convertToPixel({ seriesIndex: 0 }, [at, points[at].value]);
  return { x, y, value: points[at].value };
}"""

DRAWN_CHANNELS = """() => {
  const canvases = document.querySelector("#wave > div").shadowRoot.querySelectorAll(".canvases canvas");
  const pixels = (one) => one.getContext("2d").getImageData(0, 0, one.width, one.height).data;
  return [...canvases].map((one) => pixels(one).some((value) => value > 0));
}"""


def every_page(site: Site) -> list[str]:
    seeded = site.seeded
    contacts = (seeded.call, seeded.pending, seeded.hostile, seeded.quarantined)
    return [
        "/",
        "/?by=queue&grain=week",
        "/?queue=nowhere",
        "/search",
        "/search?q=password",
        "/search?q=nothingofthekind",
        "/interactions",
        "/interactions?queue=nowhere",
        "/customers",
        f"/customers/{CUSTOMER}",
        f"/customers/{LEAVER}",
        "/reasons?retired=true",
        "/sign-in",
        *(f"/interactions/{contact}" for contact in contacts),
    ]


def test_a_link_signs_in_once(browser: Browser, site: Site) -> None:
    link = site.link()
    first, second = browser.new_context(), browser.new_context()
    page, late = first.new_page(), second.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why customers contact us")
    late.goto(link)
    late.get_by_role("button", name="Sign in").click()
    expect(late.get_by_role("heading", level=1)).to_have_text("A sign-in link is needed")
    page.get_by_role("button", name="Sign out").click()
    page.goto(site.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("A sign-in link is needed")
    first.close()
    second.close()


def test_following_a_link_does_not_spend_it(browser: Browser, site: Site) -> None:
    link = site.link()
    for _ in range(2):
        assert b"Sign in" in urllib.request.urlopen(link).read()
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#trend-chart")).to_be_visible()
    context.close()


def test_a_point_of_the_chart_opens_exactly_the_contacts_it_counts(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#trend-chart[data-ready] canvas")).to_be_visible()
    place = page.evaluate(PLACE_OF_THE_HIGHEST_POINT)
    assert place["value"] > 5
    page.locator("#trend-chart").click(position={"x": place["x"], "y": place["y"]})
    page.wait_for_url("**/interactions?**")
    expect(page.locator("#total")).to_have_text(f"{place['value']} contacts")
    expect(page.locator("main ol > li")).to_have_count(place["value"])


def test_the_rising_reason_is_shown_as_rising(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".figure", has_text="Rising")).to_contain_text(RISING_NAME)
    expect(page.get_by_role("row", name=RISING_NAME)).to_contain_text("▲")
    expect(page.locator("tbody tr", has_text="▲")).to_have_count(1)


def test_the_table_opens_as_many_contacts_as_it_counts(page: Page) -> None:
    page.goto("/?by=queue")
    row = page.get_by_role("row", name="billing")
    count = row.get_by_role("cell").nth(1).inner_text()
    row.get_by_role("link").first.click()
    expect(page.locator("#total")).to_have_text(f"{count} contacts")
    expect(page.get_by_label("Queue")).to_have_value("billing")


def test_a_list_keeps_the_filter_it_was_opened_with(page: Page) -> None:
    page.goto("/?by=agent")
    page.get_by_role("region", name="Table").get_by_role("link", name="Tom Barrow").click()
    count = page.locator("#total").inner_text()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Agent")).to_have_value("Tom Barrow")
    expect(page.locator("#total")).to_have_text(count)


def test_a_day_of_the_chart_stays_in_the_filter(page: Page) -> None:
    page.goto("/interactions?since=2026-10-12T00:00:00%2B02:00&until=2026-10-13T00:00:00%2B02:00")
    count = page.locator("#total").inner_text()
    expect(page.get_by_label("From")).to_have_value("2026-10-12")
    expect(page.get_by_label("To", exact=True)).to_have_value("2026-10-12")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#total")).to_have_text(count)


def test_a_hit_leads_to_the_moment_it_was_said(page: Page, site: Site) -> None:
    page.goto("/")
    page.get_by_label("Search what was said").fill("customer:(account locked)")
    page.get_by_label("Search what was said").press("Enter")
    hit = page.locator("#hits li", has_text="customer 0:05")
    expect(hit.locator("mark").first).to_have_text("account")
    hit.locator(".head a").first.click()
    page.wait_for_url(re.compile(str(site.seeded.call)))
    expect(page.locator("#wave[data-ready]")).to_be_visible()
    expect(page.locator(".turn[aria-current]")).to_contain_text("online account")
    expect(page.locator(".turn mark", has_text="locked")).to_be_visible()


def test_the_player_follows_the_transcript(page: Page, site: Site) -> None:
    page.goto(f"/interactions/{site.seeded.call}")
    expect(page.locator("#wave[data-ready]")).to_be_visible()
    expect(page.locator("#clock")).to_have_text("0:00 / 1:00")
    turn = page.locator(".turn", has_text="Right, the lock is off")
    turn.get_by_role("button", name="Play from 0:30").click()
    expect(turn).to_have_attribute("aria-current", "true")
    expect(page.locator("#clock")).to_have_text(re.compile("^0:3"))
    expect(page.locator(".turn[aria-current]")).to_have_count(1)


def test_the_wave_of_each_channel_is_drawn(page: Page, site: Site) -> None:
    page.goto(f"/interactions/{site.seeded.call}")
    expect(page.locator("#wave[data-ready]")).to_be_visible()
    drawn = page.evaluate(DRAWN_CHANNELS)
    assert len(drawn) >= 2
    assert all(drawn)


def test_what_came_of_a_contact_is_said_in_short_and_plays_where_it_is_said(page: Page, site: Site) -> None:
    page.goto(f"/interactions/{site.seeded.call}")
    expect(page.locator("#wave[data-ready]")).to_be_visible()
    short = page.locator("#short")
    expect(short.locator("dt")).to_have_text(["About", "Done", "Resolved"])
    short.get_by_text("I've sent a link to your e-mail").click()
    expect(page).to_have_url(re.compile("#turn-5$"))
    expect(page.locator("#turn-5")).to_have_attribute("aria-current", "true")
    expect(page.locator("#turn-5")).to_be_in_viewport()


def test_what_is_named_is_shown_by_kind_each_thing_once(page: Page, site: Site) -> None:
    page.goto(f"/interactions/{site.seeded.call}")
    named = page.get_by_label("Named")
    expect(named.locator("dt")).to_have_text(["Products", "Dates"])
    expect(named.locator("dd").nth(0)).to_have_text("Tidewell Online × 2")
    expect(named.locator("dd").nth(1)).to_have_text("online account 5 Oct 2026")


def test_what_was_set_aside_and_how_loud_each_speaks_can_be_seen(page: Page, site: Site) -> None:
    page.goto(f"/interactions/{site.seeded.call}")
    expect(page.get_by_text("Thanks for watching!")).to_be_hidden()
    page.get_by_text("1 passage set aside").click()
    expect(page.get_by_text("Thanks for watching!")).to_be_visible()
    expect(page.get_by_role("img", name="Loudness of customer over time")).to_be_visible()


def test_times_are_the_tenants(page: Page, site: Site) -> None:
    page.goto(f"/interactions/{site.seeded.call}")
    expect(page.locator("main time").first).to_have_text("6 Oct 2026, 10:52")


def test_a_customer_has_a_timeline_and_tags_with_their_evidence(page: Page) -> None:
    page.goto("/customers")
    page.get_by_label("Find by identifier").fill(str(CUSTOMER))
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CUSTOMER.value)
    expect(page.get_by_label("Timeline").locator("li").first).to_contain_text("Oct 2026")
    came_back = page.get_by_label("Tags").locator("section").filter(has_text="Came back")
    tag = came_back.get_by_role("listitem").first
    tag.locator("a[href^='/interactions/']").first.click()
    expect(page.locator(".turn").first).to_be_visible()


def test_a_customer_who_means_to_leave_is_seen_at_once_with_the_words(page: Page) -> None:
    page.goto(f"/customers/{LEAVER}")
    signs = page.get_by_label("Signs of leaving")
    expect(signs).to_contain_text("“I want to cancel my contract and go to another provider.”")
    timeline = page.get_by_label("Timeline")
    expect(timeline.locator("li").first).to_contain_text("3 of 3 about this")
    expect(timeline).to_contain_text("Looked at 3 pages")
    expect(page.locator(".figures")).to_contain_text("480.00")
    signs.get_by_role("link").last.click()
    expect(page.locator("#turn-1")).to_contain_text(LEAVING_WORDS)


def test_f39_what_customers_write_is_inert(page: Page, site: Site) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in (
        f"/interactions/{site.seeded.hostile}",
        "/search?q=parcel",
        "/interactions",
        "/customers",
        "/?by=queue",
    ):
        page.goto(path)
        expect(page.get_by_text("onerror=alert(1)").first).to_be_attached()
        assert page.locator("img[onerror], main script:not([type='application/json'])").count() == 0
    page.goto(f"/interactions/{site.seeded.hostile}")
    expect(page.locator(".turn p")).to_contain_text("{{7*7}}")
    page.wait_for_timeout(100)
    assert dialogs == []


def test_a_fault_in_a_query_is_shown_where_it_is(page: Page, seen: Seen) -> None:
    page.goto("/search?q=refund AND (")
    fault = page.get_by_role("alert")
    expect(fault).to_contain_text("refund AND (")
    expect(fault.locator("mark")).to_have_text("…")
    page.goto("/search?q=date:soon refund")
    expect(fault.locator("mark")).to_have_text("soon")
    expect(fault).to_contain_text("a date as in 2026-10-01")
    seen.complaints.clear()  # a browser notes every 400 in its console


def test_the_search_page_says_what_is_asked_and_helps(page: Page) -> None:
    page.goto("/search?q=customer:( password NEAR/8 new ) OR silence>10s")
    said = (
        "Contacts in which the customer says “password” within 8 words of “new” or with a longest silence above 10 s."
    )
    expect(page.locator("#explanation")).to_have_text(said)
    expect(page.locator(".notice")).to_contain_text("it cannot be told")
    page.get_by_text("How to ask").click()
    for example in page.locator(".query-help a").all():
        expect(example).to_be_visible()
    page.get_by_role("link", name="cancel* NEAR/5 contract").click()
    expect(page.locator("#q")).to_have_value("cancel* NEAR/5 contract")


def test_each_example_of_the_help_can_be_asked(page: Page) -> None:
    """But what asks by meaning, which takes a model that this site does without."""
    page.goto("/search")
    for address in [str(example.get_attribute("href")) for example in page.locator(".query-help a").all()]:
        if "~like" in address:
            continue
        page.goto(address)
        expect(page.locator("#explanation")).to_contain_text("Contacts ")


def test_a_contact_set_aside_says_why(page: Page, site: Site) -> None:
    page.goto(f"/interactions/{site.seeded.quarantined}")
    expect(page.get_by_role("alert")).to_contain_text("audio.unreadable")


def test_an_unknown_address_leads_back(page: Page, seen: Seen) -> None:
    page.goto("/interactions/nonsense")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    page.get_by_role("link", name="Trends").click()
    expect(page.locator("#trend-chart")).to_be_visible()
    seen.complaints.clear()  # a browser notes every 404 in its console


def test_every_page_fits_a_phone(page: Page, site: Site) -> None:
    page.set_viewport_size(PHONE)
    for path in every_page(site):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_a_contact_shows_what_was_found_as_soon_as_it_is_analysed(page: Page, site: Site) -> None:
    contact = site.hand_in("call-03")
    page.goto(f"/interactions/{contact}")
    expect(page.get_by_role("status")).to_contain_text("Transcribe: waiting")
    expect(page.locator("#wave")).to_have_count(0)
    site.analyse("call-03", contact)
    expect(page.locator(".turn").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("call-03")
    page.reload()
    expect(page.locator("#wave[data-ready]")).to_be_visible()
    turn = page.locator(".turn").nth(2)
    turn.get_by_role("button").click()
    expect(turn).to_have_attribute("aria-current", "true")


def test_the_share_that_is_analysed_keeps_itself_up_to_date(page: Page, site: Site) -> None:
    contact = site.hand_in("call-04")
    page.goto("/")
    figure = page.locator(".figure", has_text="Analysed")
    waiting = int(figure.locator("small").first.inner_text().split()[0])
    site.analyse("call-04", contact)
    expect(figure).to_contain_text(f"{waiting - 1} waiting")


def test_a_transcript_is_downloaded_in_the_formats_that_fit_it(page: Page, site: Site) -> None:
    page.goto(f"/interactions/{site.seeded.call}")
    menu = page.locator("details.menu")
    menu.locator("summary").click()
    expect(menu.locator("a")).to_have_count(7)
    with page.expect_download() as started:
        menu.get_by_role("link", name="WebVTT").click()
    assert started.value.suggested_filename.endswith(f"{site.seeded.call}.vtt")
    assert started.value.path().read_text().startswith("WEBVTT\n")
    page.goto(f"/interactions/{site.seeded.hostile}")
    expect(page.locator("details.menu a")).to_have_count(3)
    page.goto(f"/interactions/{site.seeded.quarantined}")
    expect(page.locator("details.menu")).to_have_count(0)


def test_the_download_menu_lies_within_a_phone(page: Page, site: Site) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/interactions/{site.seeded.call}")
    page.locator("details.menu summary").click()
    box = page.locator("details.menu ul").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
