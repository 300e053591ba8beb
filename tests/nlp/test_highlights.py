"""What came of a contact and what happens next, on conversations made for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.types import Channel, Highlight, Role, Skipped, Turn
from nlp.closing_cues import closing_cues
from nlp.highlights import Highlights, find_highlights
from nlp.summary import summary

A, C, U = Role.AGENT, Role.CUSTOMER, Role.UNKNOWN
Said = tuple[Role, str]
OPENING = ((A, "Thank you for calling, how can I help?"), (C, "My card was charged twice for the same order."))
CLOSING = ((C, "Thank you, goodbye."), (A, "Goodbye."))


def highlights(*said: Said, channel: Channel = Channel.VOICE, language: str = "en") -> Highlights:
    turns = [
        Turn(position=at, role=role, text=text, begin_ms=1000 * at, end_ms=1000 * at + 900)
        for at, (role, text) in enumerate(said)
    ]
    found = find_highlights(turns, channel=channel, language=language)
    for one in found.found:
        assert 0 < one.confidence < 1
        for span in one.spans:
            assert turns[span.turn].text[span.char_begin : span.char_end].rstrip(".,;:") in one.text
            assert span.begin_ms == 1000 * span.turn
    return found


def of(kind: str, *said: Said, channel: Channel = Channel.VOICE, language: str = "en") -> list[tuple[str | None, str]]:
    found = highlights(*said, channel=channel, language=language).found
    return [(one.label, one.text) for one in found if one.kind == kind]


@pytest.mark.parametrize(
    ("role", "text", "label"),
    [
        (C, "It's working again now, that fixed it.", "resolved"),
        (C, "It still doesn't work, that is unacceptable.", "unresolved"),
        (A, "I'm sorry, but unfortunately we cannot change the tariff.", "unresolved"),
        (A, "I have refunded the second charge to your card.", "refunded"),
        (A, "Your subscription has been cancelled as of today.", "cancelled"),
        (A, "I've escalated this to our billing department.", "escalated"),
        (A, "I'll put you through to my supervisor.", "escalated"),
        (A, "You should have the money back within five working days.", "promised"),
        (A, "I've updated the delivery address on the order.", "done"),
    ],
)
def test_what_a_contact_came_to_has_a_label(role: Role, text: str, label: str) -> None:
    assert (label, text) in of("outcome", *OPENING, (role, text), *CLOSING)


def test_of_it_fails_and_it_works_the_later_holds() -> None:
    fails, works = (C, "No, it still doesn't work."), (C, "Oh, it's working now.")
    assert [label for label, _ in of("outcome", *OPENING, fails, (A, "Try it again."), works)] == ["resolved"]
    assert [label for label, _ in of("outcome", *OPENING, works, (A, "Try it again."), fails)] == ["unresolved"]


def test_the_problem_itself_is_no_outcome() -> None:
    assert (
        of("outcome", (A, "How can I help?"), (C, "My router is still not working."), (A, "Which model is it?")) == []
    )


def test_what_an_agent_does_on_the_way_is_no_outcome() -> None:
    said = ((A, "I've pulled up your account."), (A, "Let me check that for you."), (A, "One moment, please."))
    assert highlights(*OPENING, *said).found[1:] == ()


def test_thats_done_says_what_was_done() -> None:
    ((label, text), *_) = of(
        "outcome",
        *OPENING,
        (A, "I can send a replacement card to your office."),
        (C, "Yes, please."),
        (A, "That's done."),
    )
    assert (label, text) == ("done", "I can send a replacement card to your office. That's done.")


@pytest.mark.parametrize(
    ("role", "text", "who"),
    [
        (A, "I'll send you a new card by post.", "agent"),
        (A, "An engineer will visit you on Wednesday morning.", "agent"),
        (A, "You'll receive a confirmation e-mail within the hour.", "agent"),
        (A, "You need to call back on Monday with the reference.", "customer"),
        (A, "Please keep the parcel until the courier comes.", "customer"),
        (C, "I'll call the bank tomorrow and ask them.", "customer"),
    ],
)
def test_what_happens_next_says_who_is_to_do_it(role: Role, text: str, who: str) -> None:
    assert (who, text) in of("action", *OPENING, (role, text), *CLOSING)


def test_an_offer_is_an_action_where_the_customer_agrees() -> None:
    offer = (A, "I can arrange a callback from our technical team.")
    assert of("action", *OPENING, offer, (C, "Yes, please do."), (A, "Very well.")) == [("agent", offer[1])]
    assert of("action", *OPENING, offer, (C, "No, I would rather wait."), (A, "Very well.")) == []


def test_what_was_announced_and_then_done_is_not_to_come() -> None:
    said = (
        (A, "I can remove that charge from your bill."),
        (C, "Yes, please."),
        (A, "I've removed the charge from your bill."),
    )
    assert of("action", *OPENING, *said) == []
    assert ("done", "I've removed the charge from your bill.") in of("outcome", *OPENING, *said)


def test_what_does_not_work_is_not_resolved() -> None:
    assert [
        label for label, _ in of("outcome", *OPENING, (A, "Try again."), (C, "It seems it's not working now."))
    ] == ["unresolved"]


def test_a_hope_is_no_outcome() -> None:
    assert of("outcome", *OPENING, (A, "Our team looks into it."), (C, "I hope the issue is resolved.")) == []


def test_steps_during_the_call_are_no_next_steps() -> None:
    steps = [
        (A, "Please restart the router first."),
        (C, "Done, the lights are green."),
        *[(A, "What does the screen show?"), (C, "It shows the name of the network.")] * 8,
    ]
    assert of("action", *OPENING, *steps) == []


def test_two_things_in_one_sentence_are_two_actions() -> None:
    said = (A, "I'll add your number to the case, and we'll text you when the new version is out.")
    assert [text for _, text in of("action", *OPENING, said, *CLOSING)] == [
        "I'll add your number to the case",
        "we'll text you when the new version is out.",
    ]


def test_a_condition_or_a_question_weighs_less_than_a_promise() -> None:
    plain, condition, question = (
        max((one.confidence for one in highlights(*OPENING, (A, text)).found if one.kind == "outcome"), default=0)
        for text in (
            "Your account has been credited with the difference.",
            "If we had your form, the account has been credited with the difference.",
            "Your account has been credited with the difference, hasn't it?",
        )
    )
    assert plain > 1.5 * condition
    assert plain > 1.8 * question


def test_the_later_it_is_said_the_surer() -> None:
    said = (A, "Your account has been credited with the difference.")
    filler = ((C, "I see, and which account is that one again?"), (A, "It is the account that ends in four two."))
    (early,) = (one for one in highlights(*OPENING, said, *filler * 5).found if one.kind == "outcome")
    (late,) = (one for one in highlights(*OPENING, *filler * 5, said).found if one.kind == "outcome")
    assert late.confidence > early.confidence


def test_a_note_says_what_was_done_and_what_follows() -> None:
    note = "Cust called re duplicate charge. Refund processed. Advised 3-5 days. Will call back Mon."
    found = highlights((A, note), channel=Channel.NOTE).found
    assert ("outcome", "refunded", "Refund processed") in [(one.kind, one.label, one.text) for one in found]
    assert [one.label for one in found if one.kind == "action"] == ["agent"]


def test_without_roles_formulas_tell_who_speaks() -> None:
    said = "My card was charged twice. I'll refund your card today. Okay, I'll call my bank then."
    assert {label for label, _ in of("action", (U, said))} == {"agent", "customer"}


@pytest.mark.parametrize(
    ("language", "issue", "said", "kind", "label"),
    [
        ("de", "Meine Rechnung ist zu hoch.", "Ich habe Ihnen den Betrag gutgeschrieben.", "outcome", "refunded"),
        ("de", "Meine Rechnung ist zu hoch.", "Ein Techniker meldet sich morgen bei Ihnen.", "action", "agent"),
        ("de", "Meine Rechnung ist zu hoch.", "Bitte schicken Sie uns das Formular zurück.", "action", "customer"),
        ("es", "Mi factura es demasiado alta.", "He cancelado su contrato hoy mismo.", "outcome", "cancelled"),
        ("es", "Mi factura es demasiado alta.", "Le enviaremos una tarjeta nueva esta semana.", "action", "agent"),
        ("fr", "Ma facture est trop élevée.", "Votre contrat est résilié depuis ce matin.", "outcome", "cancelled"),
        ("fr", "Ma facture est trop élevée.", "Nous vous rappellerons lundi matin.", "action", "agent"),
        ("zh", "我的账单太高了。", "这笔费用已经退款到您的卡上。", "outcome", "refunded"),
        ("zh", "我的账单太高了。", "我们会联系您确认上门时间。", "action", "agent"),
    ],
)
def test_other_languages_have_cues_of_their_own(language: str, issue: str, said: str, kind: str, label: str) -> None:
    assert (label, said) in of(kind, (C, issue), (A, said), language=language)


def test_a_language_without_cues_says_so() -> None:
    found = highlights((C, "Moje karta nefunguje."), language="cs")
    assert [one.kind for one in found.found] == ["issue"]
    assert found.skipped == tuple(
        Skipped(feature=f"highlights.{kind}", reason_code="language.no_cues") for kind in ("outcome", "action")
    )


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh"])
def test_every_table_reads(language: str) -> None:
    assert closing_cues(f"{language}-XX") is closing_cues(f"{language}-XX")


def test_a_contact_in_three_lines() -> None:
    found = highlights(
        *OPENING,
        (A, "I have refunded the second charge to your card."),
        (A, "You should have the money back within five working days."),
        *CLOSING,
    )
    assert [(line.kind, line.label, line.text) for line in summary(found.found)] == [
        ("issue", None, "My card was charged twice for the same order."),
        ("outcome", "refunded", "I have refunded the second charge to your card."),
        ("outcome", "promised", "You should have the money back within five working days."),
    ]


def test_a_line_of_the_summary_is_short_and_none_is_invented() -> None:
    long = Highlight(kind="issue", text=" ".join(["word"] * 80), spans=(), confidence=0.5)
    ((line),) = summary([long])
    assert len(line.text.split()) == 31
    assert line.text.endswith("…")
    assert summary([]) == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([A, C, U]), st.text(max_size=80)), max_size=6), st.sampled_from(list(Channel))
)
def test_any_text_is_read_and_offsets_hold(said: list[Said], channel: Channel) -> None:
    highlights(*said, channel=channel)
