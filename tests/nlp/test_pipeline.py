"""The whole language stage on the real model, with the network closed."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data.errors import ModelMissing
from data.types import Annotations, Channel, Role, Skipped, Turn
from nlp import LanguagePipeline, load_language
from nlp.redaction import Redacted

pytestmark = pytest.mark.models
A, C = Role.AGENT, Role.CUSTOMER


def turns(*said: tuple[Role, str]) -> list[Turn]:
    return [
        Turn(position=number, role=role, text=text, begin_ms=5000 * number, end_ms=5000 * number + 4500)
        for number, (role, text) in enumerate(said)
    ]


CALL = turns(
    (A, "Thank you for calling Acme Bank, my name is Chris. How can I help you today?"),
    (C, "Hi Chris, this is Helena Brown. I was charged twice for my annual subscription on March 3rd."),
    (A, "I'm sorry to hear that, Helena. Can I have your card number please?"),
    (C, "Sure, it's four one double one, one one one one, one one one one, triple one one."),
    (A, "And your phone number and e-mail?"),
    (C, "It's 415-555-0142, and helena.brown@example.com."),
    (A, "What's your social security number?"),
    (C, "078 05 1120."),
    (C, "I paid $49.99 to Netflix in New York. That is ridiculous."),
    (C, "My IBAN is GB33BUKB20201555555555. Can you cancel my subscription?"),
)
SECRETS = ("Chris", "Helena", "Brown", "double one", "555-0142", "example.com", "1120", "BUKB")


@pytest.fixture(scope="module")
def redacted(english: LanguagePipeline) -> Redacted:
    return english.redact(CALL, subject="Helena Brown, card 4111 1111 1111 1111")


@pytest.fixture(scope="module")
def annotated(english: LanguagePipeline, redacted: Redacted) -> Annotations:
    return english.annotate(redacted.turns, channel=Channel.VOICE, subject=redacted.subject, duration_s=50)


def test_no_personal_detail_of_a_call_remains(redacted: Redacted) -> None:
    text = "\n".join([redacted.subject or "", *(turn.text for turn in redacted.turns)])
    assert not [secret for secret in SECRETS if secret in text]
    kinds = {redaction.type for redaction in redacted.redactions}
    assert kinds >= {"PERSON", "CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS", "US_SSN", "IBAN_CODE"}


def test_the_subject_line_has_the_same_tokens_as_the_turns(redacted: Redacted) -> None:
    assert redacted.subject == "[PERSON_1], card [CARD_1]"
    assert redacted.turns[2].text.startswith("I'm sorry to hear that, [PERSON_1].")
    assert redacted.turns[3].text == "Sure, it's [CARD_1]."


def test_organisations_places_dates_and_amounts_stay_and_become_entities(annotated: Annotations) -> None:
    found = {(entity.type, entity.text) for entity in annotated.entities}
    assert {("amount", "$49.99"), ("place", "New York"), ("date", "March 3rd"), ("organisation", "Acme Bank")} <= found


def test_key_phrases_are_what_a_supervisor_would_say(annotated: Annotations) -> None:
    phrases = [phrase.text for phrase in annotated.key_phrases]
    assert "annual subscription" in phrases
    assert "cancel my subscription" in phrases
    assert not {"card number", "phone number", "social security number"} & set(phrases)


def test_every_span_points_at_its_text(redacted: Redacted, annotated: Annotations) -> None:
    found = [*annotated.key_phrases, *annotated.entities]
    assert found
    for one in found:
        text = redacted.turns[one.span.turn].text[one.span.char_begin : one.span.char_end]
        assert text.lower() == one.text.lower()
        assert one.span.begin_ms == 5000 * one.span.turn


def test_the_issue_the_sentiment_and_the_metrics_of_a_call(annotated: Annotations) -> None:
    assert annotated.highlights[0].text.startswith("I was charged twice for my annual subscription")
    assert annotated.sentiment is not None
    assert len(annotated.sentiment.turns) == len(CALL)
    assert annotated.metrics["talk_s.customer"] == pytest.approx(27)
    assert annotated.skipped == ()


def test_the_same_turns_always_give_the_same_result(english: LanguagePipeline, redacted: Redacted) -> None:
    again = english.redact(CALL, subject="Helena Brown, card 4111 1111 1111 1111")
    assert again == redacted
    once = english.annotate(again.turns, channel=Channel.VOICE, duration_s=50)
    assert english.annotate(again.turns, channel=Channel.VOICE, duration_s=50) == once


def test_junk_and_why_it_has_no_issue_are_told(english: LanguagePipeline) -> None:
    found = english.annotate([Turn(position=0, role=C, text="n/a")], channel=Channel.SURVEY)
    assert found.skipped == tuple(
        Skipped(feature=feature, reason_code="text.junk") for feature in ("sentiment", "highlights.issue")
    )


def test_a_language_without_a_model_is_redacted_and_says_what_it_lacks(german: LanguagePipeline) -> None:
    said = "Mein Name ist Max Müller, meine Karte 4111111111111111 wurde mit 49,99 € belastet."
    redacted = german.redact([Turn(position=0, role=C, text=said)])
    assert redacted.turns[0].text == "Mein Name ist [PERSON_1], meine Karte [CARD_1] wurde mit 49,99 € belastet."
    found = german.annotate(redacted.turns, channel=Channel.EMAIL)
    assert [entity.text for entity in found.entities] == ["49,99 €"]
    lacking = {skipped.feature for skipped in found.skipped}
    assert lacking == {"entities", "sentiment", "redaction.person"}


@pytest.mark.parametrize("language", ["zh", "ja", "ko", "th", "pt-BR", "xx"])
def test_any_language_is_read(language: str) -> None:
    pipeline = load_language(language, None)
    redacted = pipeline.redact([Turn(position=0, role=C, text="a@example.com 我的卡丢了 荷物が届きません。")])
    assert redacted.turns[0].text.startswith("[EMAIL_1]")
    assert pipeline.annotate(redacted.turns, channel=Channel.EMAIL).highlights


def test_no_socket_is_opened_not_even_for_the_list_of_public_suffixes(
    english: LanguagePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    redacted = english.redact([Turn(position=0, role=C, text="write to jane@mail.example.co.uk or www.example.org")])
    assert redacted.turns[0].text == "write to [EMAIL_1] or www.example.org"


def test_f12_a_model_that_is_not_there_is_an_error_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_language("en", tmp_path / "nowhere")


def test_f29_a_line_of_a_megabyte_is_redacted_to_its_end(german: LanguagePipeline) -> None:
    text = "Haftpflichtversicherung " * 42_000 + "jane@example.com"
    assert len(text) > 1_000_000
    begin = time.perf_counter()
    redacted = german.redact([Turn(position=0, role=C, text=text)])
    assert redacted.turns[0].text.endswith("[EMAIL_1]")
    found = german.annotate(redacted.turns, channel=Channel.EMAIL)
    assert Skipped(feature="annotations.tail", reason_code="text.too_long") in found.skipped
    assert time.perf_counter() - begin < 60


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), min_size=1, max_size=3))
@example(["£"])
def test_no_text_makes_it_fail_and_offsets_hold(german: LanguagePipeline, texts: list[str]) -> None:
    said = [Turn(position=number, role=C, text=f"{text} 4111111111111111") for number, text in enumerate(texts)]
    redacted = german.redact(said)
    found = german.annotate(redacted.turns, channel=Channel.EMAIL)
    assert not any("4111111111111111" in turn.text for turn in redacted.turns)
    for redaction in redacted.redactions:
        span = redaction.span
        assert redacted.turns[span.turn].text[span.char_begin : span.char_end] == redaction.token
    for highlight in found.highlights:
        assert all(span.char_end <= len(redacted.turns[span.turn].text) for span in highlight.spans)
