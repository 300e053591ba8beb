"""Codes as weak labels, the guard, the order of questions, and drift."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from classify import Surroundings, learn
from classify.drift import Given, drift
from classify.learning_codes import WEIGHT, code_meanings, hints
from classify.learning_guard import worse
from classify.learning_review import in_order, teaches
from tests.classify.conftest import clustered


def test_a_code_means_a_reason_only_where_most_agree_and_enough_do() -> None:
    codes = ["CARD"] * 30 + ["MISC"] * 30 + ["RARE"] * 2 + [None]
    reasons: list[str | None] = [
        *["card"] * 28,
        "router",
        None,
        *["card", "router", "login"] * 10,
        *["login"] * 2,
        "card",
    ]
    assert code_meanings(codes, reasons) == {"CARD": "card"}


def test_a_hint_is_small_and_only_for_known_reasons() -> None:
    given_hints = hints(["A", "B", None, "?"], {"A": "card", "B": "gone"}, {"card": 0, "router": 1, None: 2})
    assert given_hints[0].tolist() == [np.float32(WEIGHT), 0, 0]
    assert not given_hints[1:].any()


def test_right_corrections_make_nothing_worse_and_wrong_ones_do() -> None:
    corpus = clustered(3, 40, spread=0.1)
    surroundings = Surroundings.of(corpus.vectors)
    right: dict[int, str | None] = {row: corpus.truth[row] for row in range(0, 120, 2)}
    before = learn(surroundings, (), right)
    assert worse(before, learn(surroundings, (), right | {1: corpus.truth[1], 41: corpus.truth[41]})) == frozenset()
    wrong: dict[int, str | None] = {row: corpus.truth[(row + 40) % 120] for row in range(1, 120, 2)}
    assert worse(before, learn(surroundings, (), right | wrong))


def test_who_stands_among_the_uncertain_teaches_most() -> None:
    weights = csr_matrix(np.array([[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], dtype=float))
    assert teaches(np.array([0.5, 0.5, 0.5, 0.5]), weights).argmax() == 0
    assert teaches(np.array([0.0, 0.5, 0.5, 0.0]), weights)[0] == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["a", "b", None]), st.sampled_from("uvwxyz")), max_size=30))
def test_no_question_comes_twice_and_each_reason_has_its_turn(rows: list[tuple[float, str | None, str]]) -> None:
    scores, about, texts = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    order = in_order(scores, about, texts)
    assert len({texts[row] for row in order}) == len(order)
    assert {texts[row] for row in order} == {text for score, _, text in rows if score > 0}
    first = order[: len({about[row] for row in order})]
    assert len({about[row] for row in first}) == len(first)


def side(unassigned: int, distance: float, contacts: int = 400) -> Given:
    random = np.random.default_rng(contacts)
    return Given(unassigned=unassigned, distances=random.normal(distance, 0.05, contacts).tolist(), contacts=contacts)


def test_more_without_a_reason_is_a_sign() -> None:
    found = drift(side(20, 0.3), side(80, 0.3, 399))
    assert (found.signs, found.discover_again) == (("more_unassigned",), True)
    assert (found.before.unassigned_share, found.now.contacts) == (0.05, 399)


def test_contacts_further_from_their_reasons_are_a_sign() -> None:
    assert drift(side(20, 0.3), side(20, 0.36, 399)).signs == ("further_away",)
    assert drift(side(20, 0.36), side(20, 0.3, 399)).signs == ()


def test_the_same_contacts_are_no_sign_and_few_say_nothing() -> None:
    assert drift(side(20, 0.3), side(22, 0.3, 399)).discover_again is False
    assert drift(side(20, 0.3), side(10, 0.9, 20)).discover_again is None
