"""A tag predicts where the outcome follows it beyond chance; nothing from after the outcome counts."""

from __future__ import annotations

import datetime as dt
import uuid

import numpy as np
import pytest

from classify.outcomes import Observation, looked_at, predictors, within

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)


def days(*numbers: float) -> list[dt.datetime]:
    return [START + dt.timedelta(days=number) for number in numbers]


def observed(random: np.random.Generator, customers: int, rates: dict[str, float], base: float) -> list[Observation]:
    """Each tag on a third of the customers; the outcome's rate is the base, times each tag's ratio."""
    found = []
    for _ in range(customers):
        tags = [name for name in rates if random.random() < 1 / 3]
        chance = base * float(np.prod([rates[name] for name in tags]))
        names = frozenset(("reason", name, name) for name in tags)
        found.append(Observation(tags=names, happened=bool(random.random() < chance)))
    return found


def test_a_planted_predictor_is_found_and_chance_is_not() -> None:
    random = np.random.default_rng(3)
    false = trials = true = held = 0
    rates = {"planted": 2.5, **{f"chance-{number}": 1.0 for number in range(30)}}
    for _ in range(30):
        found = {one.key: one for one in predictors(observed(random, 800, rates, 0.08))}
        said = [one for one in found.values() if one.predicts or one.protects]
        trials += 1
        true += found["planted"].predicts
        false += any(one.key != "planted" for one in said)
        # Expected rate with the tag is base × 2.5, of all base × (2.5 / 3 + 2 / 3).
        held += found["planted"].lift_low <= 2.5 / 1.5 <= found["planted"].lift_high
    assert true / trials >= 0.9
    assert false / trials <= 0.15
    assert held / trials >= 0.88


def test_lift_is_the_rate_with_the_tag_by_the_rate_of_all() -> None:
    rows = [(True, True)] * 20 + [(True, False)] * 20 + [(False, True)] * 5 + [(False, False)] * 55
    names = frozenset({("reason", "r", "billing")})
    (found,) = predictors(Observation(tags=names if has else frozenset(), happened=did) for has, did in rows)
    assert (found.customers, found.followed, found.rate_with) == (40, 20, 0.5)
    assert found.rate_without == pytest.approx(5 / 60)
    assert found.lift == pytest.approx(0.5 / 0.25)
    assert found.lift_low < found.lift < found.lift_high
    assert found.predicts


def test_a_rare_tag_is_shown_and_not_tested() -> None:
    names = frozenset({("reason", "r", "billing")})
    rows = [Observation(tags=names, happened=True)] * 4 + [Observation(tags=frozenset(), happened=False)] * 50
    (found,) = predictors(rows)
    assert (found.customers, found.p_value, found.q_value, found.predicts) == (4, None, None, False)
    assert predictors([Observation(tags=names, happened=False)]) == []


def test_a_tag_of_everybody_says_nothing() -> None:
    names = frozenset({("reason", "r", "billing")})
    (found,) = predictors([Observation(tags=names, happened=bool(number % 2)) for number in range(20)])
    assert (found.lift, found.lift_low, found.lift_high, found.rate_without, found.q_value) == (1, 1, 1, None, None)


def test_contacts_count_before_the_moment_and_not_at_it() -> None:
    contacts = days(0, 3, 9.5, 10, 11)
    assert contacts[within(contacts, START + dt.timedelta(days=10), WEEK)] == days(3, 9.5)


def test_who_had_no_outcome_is_looked_at_as_chance_would_and_always_at_the_same_moment() -> None:
    random = np.random.default_rng(11)
    moments = sorted(days(*random.uniform(120, 270, 400)))
    window, ages = dt.timedelta(days=90), {True: [], False: []}
    for number in range(4000):
        contacts = sorted(days(*random.uniform(0, 300, 1 + number % 3)))
        happened = number % 10 == 0
        customer = uuid.UUID(int=int(random.integers(2**62)))
        moment = moments[number // 10] if happened else looked_at(customer, moments)
        assert moment is not None
        held = contacts[within(contacts, moment, window)]
        ages[happened] += [(moment - held[-1]).total_seconds() / 86_400] if held else []
    cases, controls = (np.array(ages[happened]) for happened in (True, False))
    error = np.hypot(cases.std() / len(cases) ** 0.5, controls.std() / len(controls) ** 0.5)
    assert abs(cases.mean() - controls.mean()) < 3 * error
    assert looked_at(uuid.UUID(int=5), moments) == looked_at(uuid.UUID(int=5), moments)
    assert looked_at(uuid.UUID(int=5), []) is None
