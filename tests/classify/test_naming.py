"""A reason's name is a phrase of its customers that a supervisor would say, and no other reason has it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.candidates import told
from classify.embedding import SentenceEmbedder
from classify.naming import Naming, names, read
from classify.values import Encode, Vectors
from classify.wording import words

SAYINGS = {
    "declined": ["My card payment was declined", "Why has my card payment been declined?",
                 "card payment declined twice", "the card payment got declined in a shop"],
    "cancel": ["I want to cancel my contract", "Please cancel my contract", "How do I cancel the contract?",
               "cancel contract by the end of the month"],
    "refund": ["I still haven't received my refund", "my refund has not been received", "Refund not received yet",
               "have not received a refund"],
    "login": ["I'm unable to log in to the app", "cannot log in", "Can't log in since the update",
              "I can not log in to my account"],
    "moving": ["We're moving house next week", "I am moving house, what now?", "moving house in May",
               "We are moving house"],
}  # fmt: skip
SMALL = ("the", "my", "a", "i", "we're", "please", "to", "is", "was", "why", "how", "yet")


def hashed(texts: Sequence[str]) -> Vectors:
    """Texts are near each other by the words that they share."""
    rows = np.full((len(texts), 64), 1e-3, dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in words(text):
            row[hashlib.sha256(word.encode()).digest()[0] % 64] += 1
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def named(reasons: Sequence[Sequence[str]], encode: Encode | None = hashed) -> list[Naming]:
    return names([read(texts, [()] * len(texts), hashed(texts)) for texts in reasons], encode)


@pytest.mark.parametrize("encode", [hashed, None])
def test_names_are_phrases_of_the_customers(encode: Encode | None) -> None:
    found = dict(zip(SAYINGS, (one.name for one in named(list(SAYINGS.values()), encode)), strict=True))
    assert found["declined"] == "card payment declined"
    assert found["cancel"] == "cancel contract"
    assert found["refund"] in ("refund not received", "haven't received refund")
    assert found["login"].startswith("can't log in")
    assert found["moving"] == "moving house"


def test_names_have_two_to_five_words_none_of_them_small_at_an_edge() -> None:
    for one in named(list(SAYINGS.values())):
        found = one.name.split()
        assert 2 <= len(found) <= 5
        assert found[0] not in SMALL
        assert found[-1] not in SMALL


def test_the_order_of_contacts_changes_no_name() -> None:
    backwards = [sorted(texts, key=lambda text: text[::-1]) for texts in SAYINGS.values()]
    assert [one.name for one in named(backwards)] == [one.name for one in named(list(SAYINGS.values()))]


def test_siblings_differ_by_more_than_number_or_small_words() -> None:
    reasons = [["pay the bill"] * 4, ["paying my bills"] * 4, ["bill to pay"] * 4]
    found = [one.name for one in named(reasons)]
    assert len(set(found)) == 3
    assert found[0] == "pay bill"
    assert "paying bills" not in found
    assert "bill to pay" not in found


def test_a_denial_is_kept_where_customers_deny() -> None:
    late = [
        "the parcel was not delivered",
        "parcel hasn't been delivered",
        "my parcel not delivered",
        "parcel not delivered",
    ]
    (one,) = named([late])
    assert one.name == "parcel not delivered"


def test_a_name_never_says_the_opposite() -> None:
    assert not told("Why didn't my payment arrive?", []).phrases.get(("payment", "arrive"), 0.0) > 0.5
    assert ("didn't", "payment", "arrive") not in told("Why didn't my payment arrive?", []).phrases
    assert ("received", "refund") not in told("I haven't received my refund", []).phrases


def test_the_embedder_chooses_what_the_contacts_mean(embedder: SentenceEmbedder) -> None:
    texts = ["The parcel has not arrived", "where is my parcel, driver Smith", "parcel never arrived, driver Smith",
             "my parcel has not arrived yet", "Parcel missing since Monday"]  # fmt: skip
    (one,) = names([read(texts, [()] * len(texts), embedder.encode(texts))], embedder.encode)
    assert "parcel" in one.name
    assert "smith" not in one.name


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Ich möchte meinen Vertrag kündigen", "Bitte den Vertrag kündigen", "Vertrag kündigen", "Wie kann ich den "
          "Vertrag kündigen?"], "Vertrag kündigen"),
        (["Quiero cancelar mi contrato", "cancelar el contrato por favor", "Necesito cancelar mi contrato",
          "¿Cómo cancelar el contrato?"], "cancelar contrato"),
        (["我想取消合同", "请取消合同", "怎么取消合同?", "取消合同"], "取消合同"),
    ],
)  # fmt: skip
def test_other_languages_are_named_in_their_own_words(texts: list[str], expected: str) -> None:
    assert named([texts])[0].name == expected


def test_a_name_has_the_capitals_that_customers_give_it() -> None:
    texts = ["Can I pay by Apple Pay?", "I topped up by Apple Pay", "MY APPLE PAY FAILS", "Apple Pay fails"]
    assert "Apple Pay" in named([texts])[0].name


def test_key_phrases_are_candidates() -> None:
    assert told("It broke", ["broken coffee machine"]).phrases[("broken", "coffee", "machine")] == 1.0


def test_keywords_come_once_in_their_usual_form() -> None:
    keywords = named([["charged twice", "charged twice", "charges twice", "a charge"], ["card lost"] * 4])[0].keywords
    assert keywords[:2] == ("charged", "twice")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text("abst 12n'tß的单不.!-A", max_size=30) | st.sampled_from(SAYINGS["login"] + SAYINGS["refund"]),
            min_size=1,
            max_size=5,
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_no_two_names_are_equal_and_none_is_empty_whatever_is_said(reasons: list[list[str]], embedded: bool) -> None:
    found = [one.name for one in named(reasons, hashed if embedded else None)]
    assert len({name.casefold() for name in found}) == len(reasons)
    assert all(words(name) for name in found)
