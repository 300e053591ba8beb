"""Templates and the few filters they use. What comes from outside is escaped; marks are the only tags it gets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import isnan
from typing import Any, Protocol
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from data.access import Principal
from data.types import Filter
from service.api.parameters import FilterParameters

MASKED = re.compile(r"\[[A-Z_]+_\d+\]")


class Ranged(Protocol):
    @property
    def char_begin(self) -> int: ...
    @property
    def char_end(self) -> int: ...


def page(
    template: str,
    principal: Principal | None,
    *,
    section: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A rendered page; ``section`` is the address of the menu entry it belongs to."""
    content = _environment().get_template(template).render(caller=principal, section=section, **values)
    return HTMLResponse(content, status_code=status, headers=dict(headers or {}))


def address(request: Request, **changes: object) -> str:
    """This page's address with some parameters changed; None removes one. A changed question starts at page one."""
    kept = {key: value for key, value in request.query_params.items() if value and key not in changes}
    if "cursor" not in changes:
        kept.pop("cursor", None)
    kept.update({key: str(value) for key, value in changes.items() if value is not None})
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def marked(text: str, spans: Sequence[Ranged] = ()) -> Markup:
    """The text with what was searched for in marks, and what was masked shown as such."""
    parts, at = [], 0
    for span in spans:
        parts += [_masked(text[at : span.char_begin]), Markup("<mark>"), _masked(text[span.char_begin : span.char_end])]
        parts.append(Markup("</mark>"))
        at = span.char_end
    return Markup("").join([*parts, _masked(text[at:])])


def _masked(text: str) -> Markup:
    parts, at = [], 0
    for found in MASKED.finditer(text):
        parts += [escape(text[at : found.start()]), Markup('<span class="masked">{}</span>').format(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def clock(ms: int | float) -> str:
    minutes, seconds = divmod(int(ms) // 1000, 60)
    return f"{minutes}:{seconds:02d}"


def short_day(value: dt.date) -> str:
    return f"{value.day} {value:%b}"


def day(value: dt.date) -> str:
    return f"{short_day(value)} {value:%Y}"


def moment(value: dt.datetime) -> str:
    return f"{day(value)}, {value:%H:%M}"


def mood(value: float | None) -> str:
    """Sentiment in a word, with the thresholds of the three classes."""
    if value is None:
        return "not known"
    return "positive" if value >= 0.05 else "negative" if value <= -0.05 else "neutral"


def first_day(value: dt.datetime | dt.date | None) -> str:
    """What a date field shows of a filter's begin."""
    return "" if value is None else f"{value:%Y-%m-%d}"


def last_day(value: dt.datetime | dt.date | None) -> str:
    """What a date field shows of a filter's end, which is exclusive where it is a moment."""
    return first_day(value - dt.timedelta(microseconds=1) if isinstance(value, dt.datetime) else value)


def narrowed(asked: FilterParameters) -> bool:
    """Whether less than everything is asked for."""
    return any(getattr(asked, name) is not None for name in FilterParameters.model_fields)


def measured(name: str, value: float) -> tuple[str, str]:
    """A metric as a person reads it: ``talk_s.agent`` of 19.2 is "Talk, agent" of "19.2 s"."""
    of, _, role = name.partition(".")
    for ending, (said, unit, factor) in UNITS.items():
        if of.endswith(ending):
            of, shown = of.removesuffix(ending) + said, f"{value * factor:.3g}{unit}"
            break
    else:
        shown = f"{value:.3g}"
    label = of.replace("_", " ").capitalize()
    return (f"{label}, {role}" if role else label), shown


def url(path: str, **parameters: object) -> str:
    given = {key: str(value) for key, value in parameters.items() if value not in (None, "")}
    return path + (f"?{urlencode(given)}" if given else "")


def last_of(until: dt.date) -> dt.date:
    """The last day of a period that ends before ``until``."""
    return until - dt.timedelta(days=1)


def quantity(value: float, measure: str) -> str:
    """A trend's measure as people read it."""
    if isnan(value):
        return "–"
    if measure in ("share", "csat", "repeat_contact_rate", "junk_share"):
        return f"{100 * value:.0f}\u00a0%"
    if measure in ("contacts", "customers"):
        return f"{value:.0f}" if value == round(value) or value >= 10 else f"{value:.1f}"
    return (
        f"{value:.0f}\u00a0s" if measure == "handle_time_s" else f"{value:+.2f}" if measure != "ces" else f"{value:.1f}"
    )


def list_of(wanted: Filter) -> str:
    """The address of the list of these contacts."""
    return f"/interactions?{urlencode(_parameters(wanted))}"


def _parameters(wanted: Filter) -> dict[str, str]:
    """A filter as the address of its list."""
    names = (
        *("reason", "channel", "queue", "team", "agent", "language", "customer_segment", "customer", "state"),
        "category",
    )
    given = {name: getattr(wanted, name) for name in names}
    found = {name: str(value) for name, value in given.items() if value is not None}
    for name in ("since", "until", "as_of"):
        moment: dt.datetime | None = getattr(wanted, name)
        if moment is not None:
            found[name] = moment.isoformat()
    return found


UNITS = {"_wpm": ("", "\u00a0words/min", 1), "_share": (" share", "\u00a0%", 100), "_s": ("", "\u00a0s", 1)}
FILTERS = (marked, clock, short_day, day, moment, mood, first_day, last_day, last_of, narrowed, quantity)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({show.__name__: show for show in FILTERS})
    environment.globals.update(url=url, measured=measured)
    return environment
