"""A change is called one when chance does not explain it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.dispersion import dispersion
from classify.intervals import of_counts, of_means, of_shares
from classify.trends import Changes, adjusted, compare_counts, compare_means


def compared(now: dict[str, int], before: dict[str, int], **options: float) -> Changes:
    keys = sorted({*now, *before})
    counts = [np.array([period.get(key, 0) for key in keys]) for period in (now, before)]
    given_ = {name: np.array([value]) if name == "exposures" else value for name, value in options.items()}
    return compare_counts([(key,) for key in keys], counts[0], counts[1][None, :], **given_)  # type: ignore[arg-type]


def names(changes: list) -> list[str]:  # type: ignore[type-arg]
    return [change.key[0] for change in changes]


def test_the_reason_that_rose_is_first() -> None:
    changes = compared({"outage": 40, "bill": 21, "router": 18}, {"outage": 8, "bill": 20, "router": 22})
    first = next(iter(changes))
    assert first.key == ("outage",)
    assert names(changes.risers) == ["outage"]
    assert first.low < first.effect < first.high


def test_the_surest_fall_is_last() -> None:
    changes = compared({"a": 2, "b": 30, "c": 30}, {"a": 40, "b": 10, "c": 30})
    assert names(list(changes)) == ["b", "c", "a"]
    assert names(changes.fallers) == ["a"]


def test_a_few_contacts_more_are_no_rise() -> None:
    assert compared({"a": 3}, {}).risers == []
    assert compared({"a": 14}, {"a": 10}).risers == []


def test_shares_do_not_rise_when_everything_doubles() -> None:
    now, before = {"a": 200, "b": 400}, {"a": 100, "b": 200}
    assert len(compared(now, before).risers) == 2
    assert compared(now, before, exposure=600, exposures=300).risers == []


def test_what_is_new_or_gone_has_an_open_interval() -> None:
    new, gone = compared({"new": 12}, {"gone": 12})
    assert (new.key, new.high) == (("new",), float("inf"))
    assert (gone.key, gone.low) == (("gone",), 0.0)


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_what_is_not_analysed_yet_is_not_judged() -> None:
    counts = np.array([[100, 100], [10, 10]])
    changes = compare_counts([("a",), ("b",)], counts[0], counts[1:], complete=np.array([True, False]))
    assert names(changes.risers) == ["a"]


def test_chance_alone_is_seldom_called_a_change() -> None:
    random = np.random.default_rng(0)
    keys = [(str(at),) for at in range(20)]
    runs = [compare_counts(keys, now, before) for now, *before in random.poisson(30, size=(100, 9, 20))
            for before in [np.array(before)]]  # fmt: skip
    assert sum(bool(run.risers) for run in runs) <= 10
    assert sum(bool(run.fallers) for run in runs) <= 10


def test_what_always_varies_much_must_vary_more_to_rise() -> None:
    random = np.random.default_rng(1)
    steady = random.poisson(100, size=(8, 30))
    bursty = random.poisson(100 * random.gamma(5, 1 / 5, size=(8, 30)))
    now = np.full(30, 150)
    keys = [(str(at),) for at in range(30)]
    assert len(compare_counts(keys, now, steady).risers) == 30
    assert compare_counts(keys, now, bursty).risers == []


def test_the_spread_of_counts_is_learnt() -> None:
    random = np.random.default_rng(2)
    windows = random.poisson(80 * random.gamma(20, 1 / 20, size=(8, 400)))
    assert dispersion(windows, np.ones(8)).shared == pytest.approx(1 / 20, rel=0.2)
    assert dispersion(random.poisson(80, size=(8, 400)), np.ones(8)).shared < 0.002


def test_a_mean_that_moved_is_told_from_one_that_did_not() -> None:
    random = np.random.default_rng(3)
    now = np.stack([random.normal(0.3, 0.2, 60), random.normal(0.0, 0.2, 60)])
    before = random.normal(0.0, 0.2, (2, 300))
    moments = [(np.full(2, part.shape[1]), part.sum(axis=1), (part**2).sum(axis=1)) for part in (now, before)]
    changes = compare_means([("up",), ("same",)], *moments)
    assert names(changes.risers) == ["up"]
    assert changes.fallers == []


def test_intervals_hold_the_value_they_are_of() -> None:
    counts = np.array([0.0, 1.0, 50.0])
    low, high = of_counts(counts)
    assert (low <= counts).all()
    assert (counts < high).all()
    assert of_counts(np.array([10.0]))[0] == pytest.approx(4.795, abs=0.001)
    low, high = of_shares(np.array([0.0, 5.0]), np.array([0.0, 10.0]))
    assert np.isnan(low[0])
    assert (low[1], high[1]) == (pytest.approx(0.2366, abs=0.001), pytest.approx(0.7634, abs=0.001))
    assert np.isnan(of_means(np.array([1.0]), np.array([3.0]), np.array([9.0]))[0]).all()


@given(
    st.dictionaries(st.text(max_size=2), st.integers(0, 500), min_size=1),
    st.dictionaries(st.text(max_size=2), st.integers(0, 500)),
)
def test_every_key_is_answered_once_and_soundly(now: dict[str, int], before: dict[str, int]) -> None:
    changes = list(compared(now, before))
    assert sorted(change.key[0] for change in changes) == sorted({*now, *before})
    for change in changes:
        assert 0 <= change.p_value <= 1
        assert 0 <= change.q_value <= 1
        assert 0 <= change.low <= change.high
        assert not (change.rises and change.falls)
