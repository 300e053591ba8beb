"""Codes and reasons are put together by how they are used, whichever is finer; agreement is beyond chance."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from classify.dispositions import agreement, align

TRUE = {("BILL", "bill"): 40, ("CARD", "card"): 40, ("LINE", "line"): 20}


def test_a_coarse_code_holds_several_reasons_and_a_fine_one_shares_its_reason() -> None:
    found = align(
        {
            ("MONEY", "bill"): 20,
            ("MONEY", "refund"): 20,
            ("LOST", "card"): 12,
            ("STOLEN", "card"): 11,
            ("MONEY", "card"): 2,
        }
    )
    assert [(matter.codes, matter.reasons, matter.contacts) for matter in found.matters] == [
        (("MONEY",), ("bill", "refund"), 40),
        (("LOST", "STOLEN"), ("card",), 23),
    ]
    assert found.agrees("STOLEN", "card") is True
    assert found.agrees("MONEY", "card") is False
    assert found.codes_for("card") == ("LOST", "STOLEN")


def test_a_code_for_everything_fits_nothing() -> None:
    found = align({**TRUE, ("OTHER", "bill"): 10, ("OTHER", "card"): 10, ("OTHER", "line"): 10})
    assert found.agrees("OTHER", "bill") is False
    assert agreement({("OTHER", "bill"): 10}, found).agreed == 0


def test_what_is_rare_is_not_compared() -> None:
    found = align({**TRUE, ("ODD", "bill"): 4, ("BILL", "odd"): 4})
    assert found.agrees("ODD", "bill") is None
    assert agreement({**TRUE, ("ODD", "bill"): 4}, found).contacts == 100


def test_kappa_is_one_without_a_difference_and_near_none_by_chance() -> None:
    aligned = align(TRUE)
    whole = agreement(TRUE, aligned)
    assert (whole.share, whole.kappa, whole.high) == (1.0, 1.0, 1.0)
    assert whole.low is not None
    assert 0.9 < whole.low < 1.0
    chance = agreement({(code, reason): 10 for code, _ in TRUE for _, reason in TRUE}, aligned)
    assert chance.kappa == pytest.approx(0.0, abs=1e-9)


def test_one_matter_has_no_kappa_and_nothing_has_nothing() -> None:
    only = {("BILL", "bill"): 40}
    assert agreement(only, align(only)).kappa is None
    assert agreement({}, align({})).contacts == 0


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    cells = [("BILL", "bill"), ("BILL", "card"), ("CARD", "bill"), ("CARD", "card")]
    aligned = align({("BILL", "bill"): 50, ("CARD", "card"): 50})
    chances = np.array([0.4, 0.1, 0.08, 0.42])
    population = np.repeat(np.arange(4), (chances * 10_000).astype(int))
    truth = cohen_kappa_score(population // 2, population % 2)
    random = np.random.default_rng(7)
    held = 0
    for _ in range(300):
        drawn = agreement(dict(zip(cells, map(int, random.multinomial(60, chances)), strict=True)), aligned)
        assert drawn.low is not None
        assert drawn.high is not None
        held += drawn.low <= truth <= drawn.high
    assert 0.91 <= held / 300 <= 0.99
