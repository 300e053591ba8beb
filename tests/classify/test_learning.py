"""What corrections teach holds at once, for what they say and for what is like it, and no further."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import Surroundings, learn
from classify.learning import FAMILIAR_FROM, Taught, sharpened
from tests.classify.conftest import Corpus, clustered
from tests.classify.test_assigning import registry

GROUPS, EACH = 4, 30


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return clustered(GROUPS, EACH, spread=0.08)


@pytest.fixture(scope="module")
def surroundings(corpus: Corpus) -> Surroundings:
    return Surroundings.of(corpus.vectors)


def shown(corpus: Corpus, each: int) -> dict[int, str | None]:
    return {group * EACH + row: corpus.truth[group * EACH] for group in range(GROUPS) for row in range(each)}


def right(taught: Taught, corpus: Corpus) -> float:
    given_reasons = [answer.reason_id for answer in taught.assign(corpus.vectors)]
    return float(np.mean([one == other for one, other in zip(given_reasons, corpus.truth, strict=True)]))


def test_one_example_of_each_is_enough_where_reasons_lie_apart(corpus: Corpus, surroundings: Surroundings) -> None:
    assert right(learn(surroundings, (), shown(corpus, 1)), corpus) > 0.95


def test_a_correction_moves_what_is_like_it_and_leaves_the_rest(corpus: Corpus, surroundings: Surroundings) -> None:
    known = registry(corpus)
    corrections: dict[int, str | None] = dict.fromkeys(range(8), "another matter")
    after = [one.reason_id for one in learn(surroundings, known, corrections, corpus.truth).assign(corpus.vectors)]
    assert after.count("another matter") > 20
    assert after[EACH:] == corpus.truth[EACH:]


def test_a_corrected_contact_itself_gets_what_was_said(corpus: Corpus, surroundings: Surroundings) -> None:
    taught = learn(surroundings, registry(corpus), {3: corpus.truth[EACH]}, corpus.truth)
    assert taught.beliefs[3].argmax() == taught.ids.index(corpus.truth[EACH])


def test_what_people_say_has_no_reason_teaches_to_give_none(corpus: Corpus, surroundings: Surroundings) -> None:
    none: dict[int, str | None] = dict.fromkeys(range(8))
    answers = learn(surroundings, registry(corpus), none, corpus.truth).assign(corpus.vectors[8:EACH])
    assert sum(answer.reason_id is None for answer in answers) > 15
    assert all(answer.nearest_id is not None for answer in answers)


def test_a_stranger_is_unassigned(corpus: Corpus, surroundings: Surroundings) -> None:
    taught = learn(surroundings, (), shown(corpus, 3))
    stranger = -corpus.vectors[:1]
    assert taught.answers(stranger).familiarity[0] < FAMILIAR_FROM
    assert taught.assign(stranger)[0].reason_id is None


def test_contacts_that_came_after_the_corpus_can_be_taught(corpus: Corpus, surroundings: Surroundings) -> None:
    new = clustered(1, 12, seed=9).vectors
    grown = surroundings.joined_by(new)
    corrections: dict[int, str | None] = {len(surroundings) + row: "something new" for row in range(4)}
    taught = learn(grown, registry(corpus), corrections, [*corpus.truth, *[None] * len(new)])
    assert all(answer.reason_id == "something new" for answer in taught.assign(new[:4]))
    assert right(taught, corpus) > 0.95


def test_nothing_known_and_nothing_taught_guesses_nothing(surroundings: Surroundings) -> None:
    (answer,) = learn(surroundings, (), {}).assign(surroundings.vectors[:1])
    assert (answer.reason_id, answer.nearest_id, answer.confidence) == (None, None, 0.0)


def test_corrections_are_checked_by_those_who_did_not_see_them(corpus: Corpus, surroundings: Surroundings) -> None:
    corrections = shown(corpus, 5)
    corrections[0] = corpus.truth[EACH]
    taught = learn(surroundings, (), corrections)
    assert sorted(taught.checks.rows.tolist()) == sorted(corrections)
    wrong = taught.checks.rows[taught.checks.truth != taught.checks.answers]
    assert wrong.tolist() == [0]


def test_the_order_of_corrections_changes_nothing(corpus: Corpus, surroundings: Surroundings) -> None:
    corrections = shown(corpus, 3)
    backwards = dict(reversed(corrections.items()))
    one, other = learn(surroundings, (), corrections), learn(surroundings, (), backwards)
    assert one.assign(corpus.vectors) == other.assign(corpus.vectors)


@settings(max_examples=20, deadline=None)
@given(
    corrections=st.dictionaries(
        st.integers(0, GROUPS * EACH - 1), st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=30
    )
)
def test_whatever_is_corrected_confidence_is_a_probability_and_reasons_are_known(
    corrections: dict[int, str | None],
) -> None:
    corpus = clustered(GROUPS, EACH, spread=0.08)
    taught = learn(Surroundings.of(corpus.vectors), (), corrections)
    for answer in taught.assign(corpus.vectors):
        assert 0.0 <= answer.confidence <= 1.0
        assert answer.reason_id in {*corrections.values(), None}


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda row: sum(row) > 0.01), st.floats(0.5, 4))
def test_sharpening_keeps_probabilities_and_their_order(row: list[float], sharpness: float) -> None:
    beliefs = np.array([row], dtype=np.float32) / np.float32(sum(row))
    sharp = sharpened(beliefs, sharpness)[0]
    assert sharp.sum() == pytest.approx(1.0)
    assert sharp.argmax() == beliefs[0].argmax()


def test_what_is_held_out_together_does_not_depend_on_the_reasons_ids(
    corpus: Corpus, surroundings: Surroundings
) -> None:
    other_names = {name: f"{9 - place}" for place, name in enumerate(sorted(set(corpus.truth)))}
    said = shown(corpus, 7)
    renamed = {row: other_names[name] if name else None for row, name in said.items()}
    one, other = learn(surroundings, (), said), learn(surroundings, (), renamed)
    answers = {row: other_names[one.ids[at]] for row, at in zip(one.checks.rows, one.checks.answers, strict=True)}
    again = {row: other.ids[at] for row, at in zip(other.checks.rows, other.checks.answers, strict=True)}
    assert answers == again
    assert one.checks.rows.tolist() == other.checks.rows.tolist()
