"""Stability is counted honestly: a change of reason is explained only by an event that names both."""

from __future__ import annotations

import numpy as np

from classify import ReasonEvent
from service.evaluate.stability import Tally, grown, reasons_why
from tests.classify.conftest import clustered


def test_only_an_event_that_names_both_explains_a_change() -> None:
    events = [
        ReasonEvent(kind="split", reason_id="c", others=("a",)),
        ReasonEvent(kind="merged", reason_id="b", others=("a", "c")),
        ReasonEvent(kind="retired", reason_id="d"),
        ReasonEvent(kind="matched", reason_id="a"),
    ]
    why = reasons_why(events)
    assert why == {("a", "c"), ("b", "a"), ("b", "c"), ("d", None)}
    tally = Tally()
    tally.add(["a", "a", "b", "d", "a", None], ["a", "c", "a", None, "b", "a"], why)
    assert tally.figures() == {
        "kept_share": 0.2,
        "explained_share": 0.6,
        "unexplained_share": 0.2,
        "worst_unexplained_share": 0.2,
    }


def test_a_corpus_that_grows_by_more_of_the_same_keeps_its_reasons() -> None:
    corpus = clustered(8, 40)
    order = np.random.default_rng(5).permutation(len(corpus.texts))
    figures, labels, fresh = grown([corpus.texts[row] for row in order], corpus.vectors[order])
    assert figures["refits"] == 8
    assert figures["kept_share"] + figures["explained_share"] >= 0.95
    assert len(labels) == len(fresh) == len(order)
