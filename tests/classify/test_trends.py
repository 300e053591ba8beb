"""A change is called one when chance does not explain it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.trends import adjusted, compare, risers


def test_the_reason_that_rose_is_first() -> None:
    now = {"outage": 40, "bill": 21, "router": 18}
    before = {"outage": 8, "bill": 20, "router": 22}
    changes = compare(now, before)
    assert changes[0].key == "outage"
    assert [change.key for change in risers(now, before)] == ["outage"]
    assert changes[0].ratio_low < changes[0].ratio < changes[0].ratio_high


def test_the_surest_fall_is_last() -> None:
    changes = compare({"a": 2, "b": 30, "c": 30}, {"a": 40, "b": 10, "c": 30})
    assert [change.key for change in changes] == ["b", "c", "a"]
    assert changes[-1].falls


def test_a_few_contacts_more_are_no_rise() -> None:
    assert risers({"a": 3}, {}) == []
    assert not compare({"a": 14}, {"a": 10})[0].rises


def test_shares_do_not_rise_when_everything_doubles() -> None:
    now, before = {"a": 200, "b": 400}, {"a": 100, "b": 200}
    assert len(risers(now, before)) == 2
    assert risers(now, before, exposure=(600, 300)) == []


def test_what_is_new_or_gone_has_an_open_interval() -> None:
    new, gone = compare({"new": 12}, {"gone": 12})
    assert (new.key, new.ratio_high) == ("new", float("inf"))
    assert (gone.key, gone.ratio_low) == ("gone", 0.0)


def test_nothing_compared_is_no_change() -> None:
    assert compare({}, {}) == []


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_chance_alone_is_seldom_called_a_change() -> None:
    random = np.random.default_rng(0)
    runs = [
        compare({str(k): int(n) for k, n in enumerate(a)}, {str(k): int(n) for k, n in enumerate(b)})
        for a, b in random.poisson(30, size=(100, 2, 20))
    ]
    assert sum(any(change.rises or change.falls for change in run) for run in runs) <= 5


@given(
    st.dictionaries(st.text(max_size=2), st.integers(0, 500)), st.dictionaries(st.text(max_size=2), st.integers(0, 500))
)
def test_every_key_is_answered_once_and_soundly(now: dict[str, int], before: dict[str, int]) -> None:
    changes = compare(now, before)
    assert sorted(change.key for change in changes) == sorted({*now, *before})
    for change in changes:
        assert 0 <= change.p_value <= change.q_value <= 1 or not change.supported
        assert 0 <= change.ratio_low <= change.ratio_high
        assert not (change.rises and change.falls)
