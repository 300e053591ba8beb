"""Key phrases: each once however it is spelt, and the higher the fewer of a tenant's contacts say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.types import Channel, KeyPhrase, Role, Turn
from nlp import Background, Known, LanguagePipeline
from nlp.background import LEAST
from nlp.spelling import merged_keys, phrase_key, typo_of


def phrases(english: LanguagePipeline, *said: str, background: Background | None = None) -> list[KeyPhrase]:
    turns = [Turn(position=at, role=Role.CUSTOMER, text=text) for at, text in enumerate(said)]
    known = Known(background=background or Background())
    return list(english.annotate(turns, channel=Channel.CHAT, known=known).key_phrases)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Credit Cards", "credit-card"),
        ("cancelled orders", "canceled order"),
        ("e-mail address", "email addresses"),
        ("cancel my contract", "cancel the contract"),
        ("colour printer", "color printers"),
        ("organisation", "organization"),
        ("cheque book", "check books"),
        ("customers' bills", "customer bill"),
        ("wi-fi connection", "wifi connections"),
        ("delivery companies", "delivery company"),
    ],
)
def test_spelling_variants_have_one_key(one: str, other: str) -> None:
    assert phrase_key(one) == phrase_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("price rise", "price rose"), ("bus pass", "bu pass"), ("advise", "advize"), ("new card", "news card")],
)
def test_other_words_have_other_keys(one: str, other: str) -> None:
    assert phrase_key(one) != phrase_key(other)


def test_a_typo_in_a_long_word_is_that_word_and_in_a_short_one_another() -> None:
    assert typo_of("annual subscription", "annual subscribtion")
    assert typo_of("late delivery", "late delviery")
    assert not typo_of("card charge", "card change")
    assert not typo_of("annual subscription", "monthly subscription")
    assert merged_keys(["late delivery", "late delviery"])["late delviery"] == "late delivery"


@given(st.text(max_size=60))
def test_any_text_has_a_key_and_a_key_is_its_own(text: str) -> None:
    key = phrase_key(text)
    assert key == " ".join(key.split())


def test_until_contacts_are_counted_a_general_expectation_decides() -> None:
    new = Background()
    assert new.weight("credit card") < new.weight("home move") == 1


def test_what_many_contacts_say_counts_less_and_what_few_say_counts_fully() -> None:
    counted = Background(contacts=2000, counts={"home move": 1000, "annual fee": 20, "credit card": 3})
    assert LEAST < counted.weight("home move") < counted.weight("annual fee") < counted.weight("never said") == 1
    assert counted.weight("credit card") > Background().weight("credit card")


@pytest.mark.models
def test_variants_of_a_phrase_are_one_with_all_its_mentions(english: LanguagePipeline) -> None:
    said = ("The annual fee is wrong.", "I never agreed to annual fees.", "Who sets the annual fee?")
    (fee,) = (one for one in phrases(english, *said) if one.key == "annual fee")
    assert (fee.text, fee.mentions, fee.span.turn) == ("annual fee", 3, 0)


@pytest.mark.models
def test_what_a_tenant_hears_all_day_stands_behind_what_is_special(english: LanguagePipeline) -> None:
    said = "My smart meter shows the wrong tariff code."
    usual = Background(contacts=1000, counts={"smart meter": 700})
    before, after = (
        [one.text for one in phrases(english, said, background=background)] for background in (Background(), usual)
    )
    assert after.index("wrong tariff code") < after.index("smart meter")
    assert sorted(before) == sorted(after)
