"""The options that narrow a question, the same for every command that asks one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from data.stores import Stores
    from data.types import Filter

Command = TypeVar("Command", bound=Callable[..., Any])
NAMES = (
    *("since", "until", "channel", "reason", "queue", "team", "agent", "language", "customer_segment", "customer"),
    "category",
)

TENANT = click.option("--tenant", default="default", show_default=True)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def filtered(command: Command) -> Command:
    """Adds the options; the command gets them as ``**given``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_filter(stores: Stores, given: dict[str, Any]) -> Filter:
    """Dates are days of the tenant's calendar. Raises RequestRefused, CustomerRefInvalid (permanent)."""
    import datetime as dt
    from zoneinfo import ZoneInfo

    from data.types import Channel, CustomerRef, Filter

    zone = ZoneInfo(stores.tenants.get().time_zone)
    values = {name: given[name] for name in NAMES if given.get(name) is not None}
    for name in ("since", "until"):
        if name in values:
            values[name] = values[name].replace(tzinfo=zone)
    if "until" in values:
        # The day that is named is part of it.
        values["until"] += dt.timedelta(days=1)
    if "channel" in values:
        values["channel"] = Channel(values["channel"])
    if "customer" in values:
        values["customer"] = CustomerRef.parse(values["customer"])
    return Filter(**values)


_CHANNELS = ("voice", "email", "chat", "note", "survey", "web")
_OPTIONS = (
    click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day."),
    click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day."),
    click.option("--channel", type=click.Choice(_CHANNELS)),
    click.option("--reason", help="A reason's id, or unassigned."),
    click.option("--queue"),
    click.option("--team"),
    click.option("--agent"),
    click.option("--language"),
    click.option("--segment", "customer_segment", help="The customer's segment."),
    click.option("--customer", help="scheme:value"),
    click.option("--category", help="A category's name or id: what matches it."),
)
