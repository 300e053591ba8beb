"""How values are written on a page."""

from __future__ import annotations

import datetime as dt

import pytest

from data.types import Span
from service.web.rendering import clock, first_day, last_day, marked, measured


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("talk_s.agent", 19.23, ("Talk, agent", "19.2\u00a0s")),
        ("talk_share.customer", 0.6, ("Talk share, customer", "60\u00a0%")),
        ("talk_speed_wpm.agent", 252.0, ("Talk speed, agent", "252\u00a0words/min")),
        ("interruptions.agent", 0.0, ("Interruptions, agent", "0")),
    ],
)
def test_a_metric_is_written_with_its_unit(name: str, value: float, expected: tuple[str, str]) -> None:
    assert measured(name, value) == expected


def test_marks_are_the_only_tags_a_text_gets() -> None:
    shown = marked("<b> lost [CARD_1]", [Span(turn=0, char_begin=4, char_end=8)])
    assert str(shown) == '&lt;b&gt; <mark>lost</mark> <span class="masked">[CARD_1]</span>'


def test_a_date_field_shows_the_last_day_that_belongs_to_a_filter() -> None:
    midnight = dt.datetime(2026, 10, 13, tzinfo=dt.UTC)
    assert (first_day(midnight), last_day(midnight)) == ("2026-10-13", "2026-10-12")
    assert last_day(dt.date(2026, 10, 13)) == "2026-10-13"
    assert last_day(None) == ""


def test_a_clock_counts_minutes_and_seconds() -> None:
    assert [clock(ms) for ms in (0, 61_999, 3_600_000)] == ["0:00", "1:01", "60:00"]
