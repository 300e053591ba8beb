"""Leaving is told from other cancelling, and from not leaving, in the customer's own words."""

from __future__ import annotations

import pytest

from classify.leaving import STEMS, leaving, names_leaving

LEAVES = (
    "I want to cancel my contract by the end of the month.",
    "Please close my savings account.",
    "I need to cancel one of my insurance plans.",
    "How do I delete my account?",
    "I no longer want to be a customer.",
    "I'd like to cancel, please.",
    "I am thinking of switching to another provider.",
    "We will take our business elsewhere.",
    "If this goes on I am leaving you for a competitor.",
    "Why can't I cancel my subscription online?",
    "I will not be renewing in May.",
    "Hiermit kündige ich meinen Vertrag.",
    "Ich möchte mein Konto bei Ihnen schließen.",
    "Ich werde den Anbieter wechseln.",
    "我想取消我的套餐。",
    "我要销户。",
    "我打算换一家银行。",
    "明年不再续费了",
)
STAYS = (
    "I want to cancel my appointment tomorrow.",
    "Please cancel the order, it was a mistake.",
    "I do not want to cancel my contract, only to change the address.",
    "The transfer was cancelled, where is my money?",
    "Can you leave you a message for the engineer?",
    "You closed the ticket without an answer.",
    "Sie haben eine Lieferung angekündigt.",
    "Ich möchte nicht kündigen.",
    "我不想取消我的套餐。",
    "How do I change my password?",
    "Why was a payment cancelled on my account?",
    "I made a transfer that I would like to cancel.",
    "Please end this and send me my account number.",
    "I want to change my bank details.",
)


@pytest.mark.parametrize("text", LEAVES)
def test_who_means_to_leave_is_heard(text: str) -> None:
    (begin, end), *_ = leaving(text)
    assert text[begin:end]
    assert any(stem in text.casefold() for stem in STEMS)


@pytest.mark.parametrize("text", STAYS)
def test_who_does_not_is_not(text: str) -> None:
    assert list(leaving(text)) == []


def test_a_reason_may_be_about_leaving() -> None:
    assert all(
        map(names_leaving, ("cancel the contract", "account closure cancellation", "close my account", "Kündigung"))
    )
    assert not any(map(names_leaving, ("cancel transfer", "card payment declined", "cancel an order")))
