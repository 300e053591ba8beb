"""What a question may say in its address; a parameter that is not known is refused."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from data.types import Channel, CustomerRef, Filter, State

PAGE_DEFAULT = 50
PAGE_MAX = 200
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _absent(value: object) -> object:
    """A form sends its empty fields too; they ask for nothing."""
    return None if value == "" else value


def _day(value: object) -> object:
    """A date alone is that whole day; left to itself it would be taken for the midnight it begins with."""
    if isinstance(value, str) and DATE.fullmatch(value):
        return dt.date.fromisoformat(value)
    return _absent(value)


# A limit stands on the text alone: beside None there is nothing to measure.
Word = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_absent)]
Cursor = Annotated[Annotated[str, Field(max_length=2000)] | None, BeforeValidator(_absent)]
Day = Annotated[dt.datetime | dt.date | None, BeforeValidator(_day)]


class FilterParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: Day = Field(None, description="From this time on (RFC 3339), or from the begin of this day there.")
    until: Day = Field(None, description="Before this time, or up to the end of this day.")
    channel: Annotated[Channel | None, BeforeValidator(_absent)] = None
    reason: Word = Field(None, description="A reason's id, or `unassigned`.")
    queue: Word = None
    team: Word = None
    agent: Word = None
    language: Word = None
    customer_segment: Word = None
    customer: Word = Field(None, description="`scheme:value`, as in `crm:C-1007`.")
    state: Annotated[State | None, BeforeValidator(_absent)] = None
    category: Word = Field(None, description="What matches a category: its id or its name.")
    as_of: Day = Field(None, description="As it was reported then (up to the end of a day): the reasons of that time.")

    def filter(self, zone: ZoneInfo) -> Filter:
        """Days are the tenant's. Raises CustomerRefInvalid (permanent)."""
        return Filter(
            since=_moment(self.since, zone),
            until=_moment(self.until, zone, end=True),
            channel=self.channel,
            reason=self.reason,
            queue=self.queue,
            team=self.team,
            agent=self.agent,
            language=self.language,
            customer_segment=self.customer_segment,
            customer=CustomerRef.parse(self.customer) if self.customer else None,
            state=self.state,
            category=self.category,
            as_of=_moment(self.as_of, zone, end=True),
        )


class ReasonParameters(FilterParameters):
    level: Literal["group", "reason", "detail"] = "reason"
    retired: bool = Field(False, description="Those that ended, too.")


class PageParameters(FilterParameters):
    limit: int = Field(PAGE_DEFAULT, ge=1, le=PAGE_MAX)
    cursor: Cursor = Field(None, description="`next_cursor` of the page before.")


class SearchParameters(PageParameters):
    q: str = Field(
        "", max_length=2000, description='Words, "phrases", prefix*, OR, NOT, customer:( … ), queue:billing.'
    )
    order: Literal["newest", "best"] = "newest"


def _moment(value: dt.datetime | dt.date | None, zone: ZoneInfo, *, end: bool = False) -> dt.datetime | None:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    day = value + dt.timedelta(days=1) if end else value
    return dt.datetime.combine(day, dt.time(), zone)


ReasonFiltering = Annotated[ReasonParameters, Query()]
Filtering = Annotated[FilterParameters, Query()]
Paging = Annotated[PageParameters, Query()]
Searching = Annotated[SearchParameters, Query()]
