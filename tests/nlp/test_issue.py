from __future__ import annotations

import pytest

from data.types import Channel, Highlight, Role, Turn
from nlp.issue import NoIssue, find_issues
from nlp.issue_cues import cues
from nlp.junk import is_junk

A, C, U = Role.AGENT, Role.CUSTOMER, Role.UNKNOWN


Said = tuple[Role, str]


def issues(
    channel: Channel, *said: Said, subject: str | None = None, language: str = "en"
) -> tuple[Highlight, ...] | NoIssue:
    turns = [Turn(position=number, role=role, text=text) for number, (role, text) in enumerate(said)]
    found = find_issues(turns, channel=channel, subject=subject, language=language)
    for highlight in found if isinstance(found, tuple) else ():
        for span in highlight.spans:
            assert turns[span.turn].text[span.char_begin : span.char_end].rstrip(".,;:") in highlight.text
    return found


def texts_of(found: tuple[Highlight, ...] | NoIssue) -> list[str]:
    assert isinstance(found, tuple), found
    return [highlight.text for highlight in found]


def issue(channel: Channel, *said: Said, subject: str | None = None, language: str = "en") -> str | NoIssue:
    """The text of the only one."""
    found = issues(channel, *said, subject=subject, language=language)
    if isinstance(found, NoIssue):
        return found
    (text,) = texts_of(found)
    return text


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
    assert found == "I was charged twice for my annual subscription."


def test_the_name_in_front_of_the_reason_is_left_out() -> None:
    found = issue(Channel.VOICE, (C, "Hello, this is [PERSON_1] and I need to cancel my gym contract."))
    assert found == "I need to cancel my gym contract."


def test_problems_in_the_plural_count_too() -> None:
    found = issue(
        Channel.VOICE,
        (C, "Hi [PERSON_1]. I’m having major issues with my connection. It keeps dropping, I can't work."),
    )
    assert found == "I’m having major issues with my connection. It keeps dropping, I can't work."


def test_what_is_said_right_after_belongs_to_the_issue() -> None:
    found = issue(Channel.VOICE, (C, "My router keeps dropping the connection. It started after the update last week."))
    assert found == "My router keeps dropping the connection. It started after the update last week."


def test_without_roles_an_agents_formulas_are_no_issue() -> None:
    found = issue(Channel.VOICE, (U, "Thank you for calling. How may I help? Hi, I lost my card yesterday."))
    assert found == "I lost my card yesterday."


def test_a_mail_is_about_its_subject_and_its_sentences_without_courtesy() -> None:
    found = issue(
        Channel.EMAIL,
        (C, "Hello,\n\nI ordered a card two weeks ago and it has not arrived.\n\nThanks a lot"),
        subject="Re: Card still not here",
    )
    assert found == "Card still not here. I ordered a card two weeks ago and it has not arrived."


@pytest.mark.parametrize("subject", ["Re: Question", "(no subject)", "Help", None])
def test_a_subject_that_says_nothing_is_left_out(subject: str | None) -> None:
    assert issue(Channel.EMAIL, (C, "My invoice is wrong."), subject=subject) == "My invoice is wrong."


def test_a_long_mail_gives_its_weightiest_sentences_only() -> None:
    filler = "The weather in our town was rather mild over the past days. " * 20
    found = issue(Channel.EMAIL, (C, filler + "I want to cancel my contract because the internet never works."))
    assert isinstance(found, str)
    assert "cancel my contract" in found
    assert len(found.split()) <= 80


def test_a_note_is_about_what_comes_before_the_agents_actions() -> None:
    found = issue(
        Channel.NOTE,
        (A, "Cust called in re: double charge on March invoice, wants refund. Advised 3-5 days, escalated."),
    )
    assert found == "double charge on March invoice. wants refund."


@pytest.mark.parametrize(
    "text", ["n/a", "N/A.", "nothing", "-", ".", "...", "none", "No comment", "keine", "没有", "12345"]
)
def test_junk_answers_are_recognised(text: str) -> None:
    assert is_junk(text)
    assert issue(Channel.SURVEY, (C, text)) == NoIssue(reason_code="text.junk")


def test_courtesy_alone_states_nothing() -> None:
    assert issue(Channel.SURVEY, (C, "Thank you very much!")) == NoIssue(reason_code="text.no_statement")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "de",
            "Guten Tag, mein Name ist [PERSON_1]. Meine Karte wurde zweimal belastet.",
            "Meine Karte wurde zweimal belastet.",
        ),
        ("fr", "Bonjour, je n'ai pas reçu mon colis.", "je n'ai pas reçu mon colis."),
        ("es", "Hola, buenos días. Quiero cancelar mi contrato.", "Quiero cancelar mi contrato."),
        ("zh", "你好，我的卡丢了，请帮我补办。", "我的卡丢了，请帮我补办。"),
        ("it", "La mia carta non funziona più.", "La mia carta non funziona più."),
    ],
)
def test_other_languages_need_no_model(language: str, text: str, expected: str) -> None:
    assert issue(Channel.EMAIL, (C, text), language=language) == expected


def test_what_answers_the_question_for_the_reason_beats_what_answers_one_for_particulars() -> None:
    found = issue(
        Channel.VOICE,
        (A, "Can I take your name and your date of birth?"),
        (C, "Morgan Example, and I was born on the fourth of March."),
        (A, "Thank you. What seems to be the problem?"),
        (C, "The gas boiler shows a red light."),
    )
    assert found == "The gas boiler shows a red light."


def test_a_further_matter_after_anything_else_is_a_further_issue() -> None:
    found = issues(
        Channel.VOICE,
        (A, "How can I help?"),
        (C, "I need to update my mailing address."),
        (A, "Of course, what is the new address?"),
        (C, "It is twelve Harbour View."),
        (A, "Done. Is there anything else I can do for you?"),
        (C, "Yes, I was charged twice for the last invoice."),
        (A, "I will refund that. Anything else?"),
        (C, "No, that is all, thank you."),
    )
    assert texts_of(found) == [
        "I need to update my mailing address.",
        "I was charged twice for the last invoice.",
    ]


def test_a_further_matter_that_is_announced_is_a_further_issue() -> None:
    found = issues(
        Channel.VOICE,
        (A, "How can I help?"),
        (C, "My router does not connect any more."),
        (A, "I have sent a new one."),
        (C, "By the way, I would like to cancel the sports package."),
    )
    assert texts_of(found)[1:] == ["By the way, I would like to cancel the sports package."]


def test_questions_about_the_same_matter_are_no_further_issues() -> None:
    found = issue(
        Channel.VOICE,
        (A, "How can I help?"),
        (C, "We are moving house, and I'd like to take our broadband with us."),
        (A, "I have booked it for Saturday."),
        (C, "Can I keep my phone number?"),
        (A, "Yes."),
        (C, "Do I have to sign a new contract?"),
    )
    assert found == "We are moving house, and I'd like to take our broadband with us."


@pytest.mark.parametrize(
    "answer",
    [
        "It is slow on my tablet as well.",
        "I appreciate your help, even though the fault is not found.",
        "No, nothing else, but thank you for this opportunity.",
    ],
)
def test_more_of_the_same_and_thanks_are_no_further_issues(answer: str) -> None:
    found = issue(
        Channel.VOICE,
        (A, "How can I help?"),
        (C, "My internet keeps dropping."),
        (A, "I see." if "tablet" in answer else "Is there anything else?"),
        (C, answer),
    )
    assert found == "My internet keeps dropping."


def test_a_mail_may_have_a_second_request() -> None:
    found = issues(
        Channel.EMAIL,
        (C, "My invoice for March is wrong. I also want to change the delivery address to my office."),
        subject="Invoice",
    )
    assert texts_of(found) == [
        "My invoice for March is wrong.",
        "I also want to change the delivery address to my office.",
    ]


def test_a_note_that_begins_with_what_was_done_still_says_why() -> None:
    assert issue(Channel.NOTE, (A, "Reset pw. Customer could not sign in.")) == "Customer could not sign in."


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Issue: router drops the line. Resolution: sent new one.", "router drops the line."),
        ("ID verified. Reason: wants to close account / Action: closed", "wants to close account."),
        (
            "Cust told by shop that delivery is free, was charged 5. Refunded.",
            "told by shop that delivery is free. was charged 5.",
        ),
    ],
)
def test_a_note_that_names_the_reason_is_about_that(note: str, expected: str) -> None:
    assert issue(Channel.NOTE, (A, note)) == expected


def test_a_survey_answer_is_about_the_side_that_says_why() -> None:
    found = issue(Channel.SURVEY, (C, "She was nice, but my broadband is still just as slow as before."))
    assert found == "my broadband is still just as slow as before."


@pytest.mark.parametrize("text", ["No further comments at this time.", "see previous answer", "Nothing to add really"])
def test_declining_to_comment_is_junk(text: str) -> None:
    assert issue(Channel.SURVEY, (C, text)) == NoIssue(reason_code="text.junk")


def test_no_is_no_refusal_to_answer_where_something_follows() -> None:
    assert issue(Channel.SURVEY, (C, "No response to my calls")) != NoIssue(reason_code="text.junk")


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh"])
def test_each_table_of_cues_can_be_read(language: str) -> None:
    table = cues(language)
    assert table.everyday
    assert table.wish.pattern
    assert table.problem.pattern


def test_a_language_without_a_table_has_no_cues() -> None:
    assert cues("xx").wish.search("anything") is None


@pytest.mark.parametrize(
    ("language", "said", "expected"),
    [
        (
            "de",
            (
                (A, "Guten Tag, wie kann ich Ihnen helfen?"),
                (C, "Guten Tag, hier ist Sabine Vogt."),
                (A, "Nennen Sie mir bitte Ihre Kundennummer."),
                (C, "Die Nummer ist vier sieben eins eins."),
                (A, "Danke. Worum geht es?"),
                (C, "Meine Rechnung ist viel höher als sonst."),
            ),
            "Meine Rechnung ist viel höher als sonst.",
        ),
        (
            "es",
            (
                (A, "Buenos días, ¿en qué puedo ayudarle?"),
                (C, "Hola, buenos días."),
                (C, "Quiero cancelar mi contrato porque me mudo."),
            ),
            "Quiero cancelar mi contrato porque me mudo.",
        ),
        (
            "zh",
            ((A, "您好，请问有什么可以帮您？"), (C, "你好。"), (C, "我的宽带从昨天开始一直断线。")),
            "我的宽带从昨天开始一直断线。",
        ),
    ],
)
def test_calls_in_other_languages_have_their_cues(language: str, said: tuple[Said, ...], expected: str) -> None:
    assert issue(Channel.VOICE, *said, language=language) == expected
