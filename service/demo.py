"""``reasonance demo``: the sample contact centre, taken in, analysed, shown and served, in a folder of its own."""

from __future__ import annotations

from data.samples import FORTNIGHT
from data.types import CustomerRef
from ingest import ReadOptions
from service import categories, customers, discovery, intake, serving
from service.cli.show import line, progress_bars, table
from service.runtime import Runtime, open_runtime
from service.settings import Settings
from service.trends import comparison

TENANT = "default"
CATEGORIES = {
    "wants to cancel": "customer:( cancel* OR (switch* NEAR/5 provider) )",
    "asks for money back": 'refund OR "money back"',
    "no greeting": "channel:voice NOT first:20s( agent:( hello OR good OR welcome OR thank* ) )",
}
CUSTOMERS = ("crm:C-1004", "crm:C-1009")
TAGS_SHOWN = 6


def settings_of(settings: Settings) -> Settings:
    """The demo's own: nothing of it mixes with what else is on this machine."""
    folder = settings.demo_dir or settings.data_dir / "demo"
    own = {
        "data_dir": folder / "data",
        "master_key_file": folder / "key" / "master.key",
        "model_dir": settings.model_dir,
    }
    return settings.model_copy(update=own)


def run(settings: Settings, *, serve: bool) -> None:
    """Prints the reasons found with counts, what rises, and two customers' tags; leaves the service running.

    Run again, it takes in nothing twice.
    """
    settings = settings_of(settings)
    with open_runtime(settings) as runtime:
        summary = intake.take_in(runtime, TENANT, FORTNIGHT, ReadOptions())
        line(f"{summary.accepted} contacts accepted, {summary.repeated} were here before")
        with progress_bars() as show:
            if not intake.work_until_analysed(runtime, TENANT, summary, show):
                return
            discovery.discover(runtime, TENANT, "medium", show)
        _show_reasons(runtime)
        _show_categories(runtime)
        _show_riser(runtime)
        for ref in CUSTOMERS:
            _show_customer(runtime, ref)
        if serve:
            _serve(runtime)


def _show_reasons(runtime: Runtime) -> None:
    with runtime.database.tenant(TENANT) as stores:
        reasons, unassigned = stores.reasons.list(quotes=1), stores.reasons.unassigned()
    rows = [(reason.contacts, reason.name, reason.quotes[0].text if reason.quotes else "") for reason in reasons]
    line()
    table(("contacts", "reason", "a typical customer's words"), [*rows, (unassigned, "unassigned", "")])


def _show_categories(runtime: Runtime) -> None:
    """Saves, publishes and applies those that are not there yet."""
    with runtime.database.tenant(TENANT) as stores:
        known = {one.name for one in stores.categories.list(retired=True)}
        made = [
            stores.categories.create(name, query, author="demo").id
            for name, query in CATEGORIES.items()
            if name not in known
        ]
    for category in made:
        categories.publish(runtime, TENANT, category, actor="demo")
    categories.settle(runtime, TENANT)
    with runtime.database.tenant(TENANT) as stores:
        counts = stores.category_counts.matched()
        rows = [(counts[one.id].matched, one.name, one.shown.query) for one in stores.categories.list() if one.applied]
    line()
    table(("contacts", "category", "what it asks for"), rows)


def _show_riser(runtime: Runtime) -> None:
    with runtime.database.tenant(TENANT) as stores:
        compared = comparison(stores)
    if compared and compared.risers:
        top = compared.risers[0]
        counts = f"{top.expected:.0f} → {top.current:.0f} contacts in {compared.days} days"
        line(f"\nRises most: {compared.name(top.key)}, {counts}")


def _show_customer(runtime: Runtime, ref: str) -> None:
    with runtime.database.tenant(TENANT) as stores:
        found = stores.customers.find(CustomerRef.parse(ref))
        tags = customers.tags(stores, found)
    rows = [(tag.kind, tag.label, f"{tag.strength:.2f}", tag.count) for tag in tags[:TAGS_SHOWN]]
    line()
    table(("tag", "", "strength", "contacts"), rows, title=f"Customer {ref}, {found.contacts} contacts")


def _serve(runtime: Runtime) -> None:
    note = serving.start_in_background(runtime.settings)
    line(f"\nReasonance serves at {note.url} until 'make stop' or 'reasonance stop'.")
    line(f"Sign in once, within 15 minutes: {serving.sign_in_link(runtime, note.url, tenant=TENANT, role='admin')}")
