from __future__ import annotations

import pytest

from data.types import Role, Sentiment, Turn
from nlp.sentiment import label, load_scorer, score_passages, score_text, summarise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My card was declined and I've been waiting for three weeks, please help", "negative"),
        ("I was charged twice for my subscription", "negative"),
        ("It doesn’t work, I want my money back", "negative"),
        ("Thanks for calling, how can I help you today?", "neutral"),
        ("Please cancel my account", "neutral"),
        ("The agent was great and fixed it in minutes", "positive"),
    ],
)
def test_contact_centre_wording_is_understood(text: str, expected: str) -> None:
    assert label(score_text(text, load_scorer())) == expected


@pytest.mark.parametrize(("score", "expected"), [(0.05, "positive"), (0.049, "neutral"), (-0.05, "negative")])
def test_the_neutral_band_ends_at_five_hundredths(score: float, expected: str) -> None:
    assert label(score) == expected


def test_a_long_text_is_scored_in_passages_that_cover_it() -> None:
    text = "The delivery was great. " * 40
    passages = score_passages(text, load_scorer())
    assert len(passages) > 1
    assert passages[0].begin == 0
    assert passages[-1].end == len(text.rstrip())
    assert score_text(text, load_scorer()) < load_scorer()(text)


def summary(*texts: tuple[Role, str], timed: bool = False) -> Sentiment:
    turns = [
        Turn(
            position=number,
            role=role,
            text=text,
            begin_ms=number * 1000 if timed else None,
            end_ms=number * 1000 + 1000 if timed else None,
        )
        for number, (role, text) in enumerate(texts)
    ]
    passages = [score_passages(turn.text, load_scorer()) for turn in turns]
    return summarise(turns, passages, duration_s=float(len(turns)) if timed else None)


@pytest.mark.parametrize("timed", [True, False])
def test_quarters_are_the_customers_and_the_shift_is_last_minus_first(timed: bool) -> None:
    found = summary(
        (Role.CUSTOMER, "This is terrible."),
        (Role.AGENT, "I am so happy."),
        (Role.AGENT, "It is so great."),
        (Role.CUSTOMER, "That is wonderful"),
        timed=timed,
    )
    first, second, third, fourth = found.quarters
    assert (second, third) == (None, None)
    assert first is not None
    assert fourth is not None
    assert first < 0 < fourth
    assert found.shift == pytest.approx(fourth - first)
    assert found.by_role[Role.AGENT] > 0
    assert found.overall is not None


def test_without_a_customer_all_who_speak_count_and_one_quarter_has_no_shift() -> None:
    found = summary((Role.UNKNOWN, "This is awful."))
    assert label(found.overall or 0.0) == "negative"
    assert found.shift is None


def test_a_turn_without_words_has_no_sentiment() -> None:
    assert summary((Role.CUSTOMER, ""), (Role.CUSTOMER, "good")).turns[0] is None


def test_what_a_machine_says_has_no_sentiment_and_moves_none() -> None:
    alone = summary((Role.UNKNOWN, "This is terrible."))
    beside = summary(
        (Role.SYSTEM, "Your call is wonderful, great and very important to us."), (Role.UNKNOWN, "This is terrible.")
    )
    assert beside.overall == alone.overall
    assert beside.turns[0] is None
    assert Role.SYSTEM not in beside.by_role
