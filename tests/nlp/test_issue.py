from __future__ import annotations

import pytest

from data.types import Channel, Highlight, Role, Turn
from nlp.issue import NoIssue, find_issue, is_junk

A, C, U = Role.AGENT, Role.CUSTOMER, Role.UNKNOWN


def issue(channel: Channel, *said: tuple[Role, str], subject: str | None = None) -> Highlight | NoIssue:
    turns = [Turn(position=number, role=role, text=text) for number, (role, text) in enumerate(said)]
    found = find_issue(turns, channel=channel, subject=subject)
    if isinstance(found, Highlight):
        for span in found.spans:
            assert turns[span.turn].text[span.char_begin : span.char_end].rstrip(".,;:") in found.text
    return found


def text_of(found: Highlight | NoIssue) -> str:
    assert isinstance(found, Highlight), found
    return found.text


def test_a_call_is_about_the_first_problem_not_greeting_name_or_number() -> None:
    found = issue(
        Channel.VOICE,
        (A, "Thank you for calling Acme, how can I help?"),
        (C, "Hi there."),
        (C, "My name is [PERSON_1]."),
        (C, "Yes, my account number is [ACCOUNT_1]."),
        (C, "Um, so I was charged twice for my annual subscription."),
        (A, "I am sorry to hear that."),
        (C, "Okay, thank you."),
    )
    assert text_of(found) == "I was charged twice for my annual subscription."


def test_the_name_in_front_of_the_reason_is_left_out() -> None:
    found = issue(Channel.VOICE, (C, "Hello, this is [PERSON_1] and I need to cancel my gym contract."))
    assert text_of(found) == "I need to cancel my gym contract."


def test_problems_in_the_plural_count_too() -> None:
    found = issue(
        Channel.VOICE,
        (C, "Hi [PERSON_1]. I’m having major issues with my connection. It keeps dropping, I can't work."),
    )
    assert text_of(found) == "I’m having major issues with my connection. It keeps dropping, I can't work."


def test_what_is_said_right_after_belongs_to_the_issue() -> None:
    found = issue(Channel.VOICE, (C, "My router keeps dropping the connection. It started after the update last week."))
    assert text_of(found) == "My router keeps dropping the connection. It started after the update last week."


def test_without_roles_an_agents_formulas_are_no_issue() -> None:
    found = issue(Channel.VOICE, (U, "Thank you for calling. How may I help? Hi, I lost my card yesterday."))
    assert text_of(found) == "I lost my card yesterday."


def test_a_mail_is_about_its_subject_and_its_sentences_without_courtesy() -> None:
    found = issue(
        Channel.EMAIL,
        (C, "Hello,\n\nI ordered a card two weeks ago and it has not arrived.\n\nThanks a lot"),
        subject="Re: Card still not here",
    )
    assert text_of(found) == "Card still not here. I ordered a card two weeks ago and it has not arrived."


@pytest.mark.parametrize("subject", ["Re: Question", "(no subject)", "Help", None])
def test_a_subject_that_says_nothing_is_left_out(subject: str | None) -> None:
    assert text_of(issue(Channel.EMAIL, (C, "My invoice is wrong."), subject=subject)) == "My invoice is wrong."


def test_a_long_mail_gives_its_weightiest_sentences_only() -> None:
    filler = "The weather in our town was rather mild over the past days. " * 20
    found = text_of(
        issue(Channel.EMAIL, (C, filler + "I want to cancel my contract because the internet never works."))
    )
    assert "cancel my contract" in found
    assert len(found.split()) <= 80


def test_a_note_is_about_what_comes_before_the_agents_actions() -> None:
    found = issue(
        Channel.NOTE,
        (A, "Cust called in re: double charge on March invoice, wants refund. Advised 3-5 days, escalated."),
    )
    assert text_of(found) == "double charge on March invoice. wants refund."


@pytest.mark.parametrize(
    "text", ["n/a", "N/A.", "nothing", "-", ".", "...", "none", "No comment", "keine", "没有", "12345", ""]
)
def test_junk_answers_are_recognised(text: str) -> None:
    assert is_junk(text)
    assert issue(Channel.SURVEY, (C, text)) == NoIssue(reason_code="text.junk")


def test_courtesy_alone_states_nothing() -> None:
    assert issue(Channel.SURVEY, (C, "Thank you very much!")) == NoIssue(reason_code="text.no_statement")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Guten Tag, mein Name ist [PERSON_1]. Meine Karte wurde zweimal belastet.",
            "Meine Karte wurde zweimal belastet.",
        ),
        ("Bonjour, je n'ai pas reçu mon colis.", "je n'ai pas reçu mon colis."),
        ("你好，我的卡丢了，请帮我补办。", "我的卡丢了，请帮我补办。"),
    ],
)
def test_other_languages_need_no_model(text: str, expected: str) -> None:
    assert text_of(issue(Channel.EMAIL, (C, text))) == expected
