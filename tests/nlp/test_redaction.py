"""Numbers, masks and tokens: pure parts of redaction, without a model."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.types import Role, Turn, Word
from nlp.redaction.detection import Detection, merged
from nlp.redaction.digits import luhn, runs
from nlp.redaction.mask import mask_text, mask_turn, masks
from nlp.redaction.numbers import find_numbers
from nlp.redaction.phrases import find_phrases
from nlp.redaction.policy import DEFAULT, KEPT, TOKENS

CARD = "4111 1111 1111 1111"


def numbers(text: str, previous: str = "") -> list[tuple[str, str]]:
    return [(one.type, text[one.begin : one.end]) for one in find_numbers(text, previous)]


def phrases(text: str) -> list[tuple[str, str]]:
    return [(one.type, text[one.begin : one.end]) for one in find_phrases(text)]


def turn(text: str, *, position: int = 0) -> Turn:
    """A spoken turn: each word takes 100 ms."""
    found = list(re.finditer(r"\S+", text))
    words = tuple(
        Word(
            text=match.group(),
            begin_ms=100 * number,
            end_ms=100 * number + 100,
            confidence=0.9,
            char_begin=match.start(),
            char_end=match.end(),
        )
        for number, match in enumerate(found)
    )
    return Turn(position=position, role=Role.CUSTOMER, text=text, begin_ms=0, end_ms=100 * len(found), words=words)


@pytest.mark.parametrize("digits", ["4111111111111111", "5555555555554444", "378282246310005", "2223003122003222"])
def test_the_check_digit_is_that_of_iso_7812(digits: str) -> None:
    assert luhn(digits)
    assert not luhn(digits[:-1] + str((int(digits[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1",
        "4,111,111,111,111,111",
        "four one double one, one one one one, one one one one, triple one one",
        "four one one one 1111 one one one one um double one double one",
        "6304000000000000000",
        "2223 0031 2200 3222",
        "4111 1111 1111 1112",
        "四一一一一一一一一一一一一一一一",
    ],
)
def test_f40_a_card_is_found_however_it_is_said_also_with_a_wrong_check_digit(text: str) -> None:
    assert numbers(f"it is {text} thanks", "your card number please")[0] == ("CREDIT_CARD", text)


@pytest.mark.parametrize(
    ("text", "previous", "expected"),
    [
        ("it's 123", "and the security code on the back of your card?", [("CREDENTIAL", "123")]),
        ("my pin is 4 5 6 7", "", [("CREDENTIAL", "4 5 6 7")]),
        ("078 05 1120", "what is your social security number?", [("US_SSN", "078 05 1120")]),
        (
            "seven seven zero nine double oh nine one two three",
            "",
            [("PHONE_NUMBER", "seven seven zero nine double oh nine one two three")],
        ),
        ("my account number is 4471299", "", [("ACCOUNT_NUMBER", "4471299")]),
        ("forward it to 555-010-4567", "", [("PHONE_NUMBER", "555-010-4567")]),
        ("use password 4242", "", [("CREDENTIAL", "4242")]),
    ],
)
def test_shorter_numbers_are_explained_by_the_words_before_them(
    text: str, previous: str, expected: list[tuple[str, str]]
) -> None:
    assert numbers(text, previous) == expected


@pytest.mark.parametrize(
    "text",
    [
        "my order number is 4471299123",
        "I waited twenty two minutes on 3 calls",
        "from 2026-05-12 until 2026-06-13",
        "I paid $1,234,567.89 in 2024",
        "one, two or three cards",
    ],
)
def test_numbers_that_identify_nobody_stay(text: str) -> None:
    assert numbers(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my name is jane doe and I call", ("PERSON", "jane doe")),
        ("Mein Name ist Max Müller.", ("PERSON", "Max Müller")),
        ("我叫王伟，你好", ("PERSON", "王伟")),
        ("Hi Chris, this is Helena.", ("PERSON", "Helena")),
        ("Dear Anna,", ("PERSON", "Anna")),
        ("my password is hunter2.", ("CREDENTIAL", "hunter2")),
        ("my iban is gb50mvfc38361978683032", ("IBAN_CODE", "gb50mvfc38361978683032")),
    ],
)
def test_words_around_a_detail_give_it_away(text: str, expected: tuple[str, str]) -> None:
    assert expected in phrases(text)


@pytest.mark.parametrize(
    "text",
    [
        "my password is wrong",
        "Hi there, this is terrible.",
        "Dear Sir,",
        "I waited 20 minutes on the road",
        "3 days in one place",
    ],
)
def test_words_of_every_day_give_nothing_away(text: str) -> None:
    assert phrases(text) == []


def test_the_default_policy_keeps_what_analysis_needs() -> None:
    assert frozenset({"ORGANIZATION", "LOCATION", "DATE_TIME"}) <= KEPT
    assert {"CREDIT_CARD", "PERSON", "EMAIL_ADDRESS", "US_SSN", "CREDENTIAL"} <= DEFAULT.masked


def found_in(text: str, *values: tuple[str, str]) -> list[Detection]:
    return [
        Detection(type=kind, begin=text.index(value), end=text.index(value) + len(value), score=0.9)
        for kind, value in values
    ]


def test_the_words_of_a_mask_become_one_word_with_the_token_and_their_joined_time() -> None:
    spoken = turn(f"it is {CARD}. thanks")
    masked, redactions = mask_turn(
        spoken, masks([spoken.text], [found_in(spoken.text, ("CREDIT_CARD", CARD))], DEFAULT)[0]
    )
    assert masked.text == "it is [CARD_1]. thanks"
    assert [word.text for word in masked.words] == ["it", "is", "[CARD_1].", "thanks"]
    assert (masked.words[2].begin_ms, masked.words[2].end_ms) == (200, 600)
    span = redactions[0].span
    assert masked.text[span.char_begin : span.char_end] == "[CARD_1]"
    assert (span.begin_ms, span.end_ms) == (200, 600)


def test_one_value_has_one_token_and_another_value_another() -> None:
    texts = [f"card {CARD}", "card 5555 5555 5555 4444 and 4111-1111-1111-1111"]
    found = [
        found_in(texts[0], ("CREDIT_CARD", CARD)),
        found_in(texts[1], ("CREDIT_CARD", "5555 5555 5555 4444"), ("CREDIT_CARD", "4111-1111-1111-1111")),
    ]
    hidden = masks(texts, found, DEFAULT)
    assert [mask_text(text, some) for text, some in zip(texts, hidden, strict=True)] == [
        "card [CARD_1]",
        "card [CARD_2] and [CARD_1]",
    ]


def test_a_first_name_alone_takes_the_token_of_its_full_name_also_where_it_was_missed() -> None:
    texts = ["this is Jane Doe", "thank you, Jane. Janet is away"]
    hidden = masks(texts, [found_in(texts[0], ("PERSON", "Jane Doe")), []], DEFAULT)
    assert mask_text(texts[1], hidden[1]) == "thank you, [PERSON_1]. Janet is away"


def test_what_overlaps_becomes_one_mask() -> None:
    first = Detection(type="PERSON", begin=0, end=5, score=0.5)
    second = Detection(type="EMAIL_ADDRESS", begin=3, end=12, score=1.0)
    assert merged([first, second]) == [Detection(type="EMAIL_ADDRESS", begin=0, end=12, score=1.0)]


VALUES = st.sampled_from(
    [
        ("CREDIT_CARD", CARD),
        ("CREDIT_CARD", "5555-5555-5555-4444"),
        ("PERSON", "Jane Doe"),
        ("PERSON", "王伟"),
        ("EMAIL_ADDRESS", "jane@example.com"),
        ("PHONE_NUMBER", "+1 415 555 0142"),
    ]
)
PARTS = st.lists(
    st.one_of(st.sampled_from(["hello", "it is", "and.", "(ok)", "Jane", ",", "\n", "卡", "é"]), VALUES), max_size=12
)


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_offsets_stay_consistent_and_no_masked_value_remains(parts: list[list[str | tuple[str, str]]]) -> None:
    turns, found, hidden = [], [], set()
    for position, some in enumerate(parts):
        text, detections = "", []
        for part in some:
            kind, value = part if isinstance(part, tuple) else ("", part)
            # Every second value is "missed" by the detector: it must be masked all the same.
            if kind and (value not in hidden or len(text) % 2):
                detections.append(Detection(type=kind, begin=len(text), end=len(text) + len(value), score=0.9))
                hidden.add(value)
            text += f"{value} "
        turns.append(turn(text, position=position))
        found.append(detections)
    for one, some in zip(turns, masks([one.text for one in turns], found, DEFAULT), strict=True):
        masked, redactions = mask_turn(one, some)
        assert not any(value in masked.text for value in hidden)
        for redaction in redactions:
            span = redaction.span
            assert masked.text[span.char_begin : span.char_end] == redaction.token
            assert redaction.token.startswith(f"[{TOKENS[redaction.type]}_")
        ends = [0]
        for word in masked.words:
            assert masked.text[word.char_begin : word.char_end] == word.text
            assert word.char_begin >= ends[-1]
            ends.append(word.char_end)
        assert "".join(masked.text.split()) == "".join(word.text for word in masked.words)


@given(st.text(alphabet="0123456789 ,.-()onetwodublr四一", max_size=60))
def test_runs_are_slices_in_order_with_as_many_digits_as_asked(text: str) -> None:
    end = 0
    for run in runs(text, at_least=4):
        assert end <= run.begin < run.end <= len(text)
        assert len(run.digits) >= 4
        assert run.digits.isdecimal()
        end = run.end
