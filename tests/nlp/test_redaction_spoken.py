"""Numbers and addresses that are said aloud: over several turns, read back, spelled letter by letter."""

from __future__ import annotations

import pytest

from nlp.redaction.digits import runs
from nlp.redaction.mask import mask_text, masks
from nlp.redaction.numbers import find_numbers
from nlp.redaction.policy import DEFAULT
from nlp.redaction.spelled import find_spelled
from nlp.redaction.spread import find_spread, said_before


def masked(*turns: tuple[str, str]) -> list[str]:
    texts, speakers = [text for _, text in turns], [speaker for speaker, _ in turns]
    found = [
        [*find_numbers(text, said_before(texts, at)), *pieces]
        for at, (text, pieces) in enumerate(zip(texts, find_spread(texts, speakers), strict=True))
    ]
    return [mask_text(text, some) for text, some in zip(texts, masks(texts, found, DEFAULT), strict=True)]


def test_f40_a_card_over_three_turns_that_the_agent_reads_back_has_one_token_everywhere() -> None:
    assert masked(
        ("agent", "What's the card number?"),
        ("customer", "sure, four double seven one"),
        ("agent", "four seven seven one, okay"),
        ("customer", "oh oh 12 um triple three"),
        ("agent", "mm-hmm"),
        ("customer", "4, 5, 6, 7, 8."),
        ("agent", "so 4771 0012 3334 5678, right?"),
        ("customer", "yes"),
    ) == [
        "What's the card number?",
        "sure, [CARD_1]",
        "[CARD_1], okay",
        "[CARD_1]",
        "mm-hmm",
        "[CARD_1].",
        "so [CARD_1], right?",
        "yes",
    ]


def test_digits_that_could_be_a_year_are_a_piece_of_a_card_too() -> None:
    said = masked(
        ("agent", "Your card?"), ("customer", "3655"), ("agent", "yes"), ("customer", "2026"), ("customer", "62514 9")
    )
    assert said == ["Your card?", "[CARD_1]", "yes", "[CARD_1]", "[CARD_1]"]


def test_half_of_a_masked_number_is_masked_wherever_it_is_said_again() -> None:
    said = masked(("customer", "my card is 4771 0012 3334 5678"), ("customer", "I said double oh 1 2 triple three 4"))
    assert said[1] == "I said [CARD_1]"


def test_a_telephone_number_in_pieces_is_one() -> None:
    assert masked(
        ("agent", "And your mobile number?"),
        ("customer", "oh seven seven"),
        ("agent", "okay"),
        ("customer", "nine one two three four"),
    ) == ["And your mobile number?", "[PHONE_1]", "okay", "[PHONE_1]"]


@pytest.mark.parametrize(
    "turns",
    [
        [
            ("agent", "What is the order number?"),
            ("customer", "four four seven one"),
            ("agent", "yes"),
            ("customer", "two nine"),
        ],
        [("agent", "How many?"), ("customer", "three"), ("agent", "three, okay"), ("customer", "or four")],
        [
            ("customer", "it was 20 dollars"),
            ("agent", "okay"),
            ("customer", "then 35 dollars and 60 cents"),
            ("agent", "ok"),
        ],
    ],
)
def test_what_identifies_nobody_stays_over_several_turns_too(turns: list[tuple[str, str]]) -> None:
    assert masked(*turns) == [text for _, text in turns]


def test_the_question_counts_through_answers_that_only_say_to_go_on() -> None:
    said = masked(
        ("agent", "And the security code?"), ("customer", "one moment"), ("agent", "sure"), ("customer", "it's 9 0 1")
    )
    assert said[-1] == "it's [CREDENTIAL_1]"


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("four double-seven oh", "4770"),
        ("vierundvierzig zwölf null", "44120"),
        ("one eight hundred five five five", "1800555"),
        ("treble five, then um 19", "55519"),
        ("四七七一零", "47710"),
    ],
)
def test_digits_are_read_as_they_are_said(said: str, digits: str) -> None:
    assert [run.digits for run in runs(said, at_least=3)] == [digits]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("it's j dot hartnoll at gmail dot com", "j dot hartnoll at gmail dot com"),
        (
            "my email is jo underscore h forty two at g m x dot co dot uk thanks",
            "jo underscore h forty two at g m x dot co dot uk",
        ),
        ("you can write to h a r t at outlook.com", "h a r t at outlook.com"),
        ("sure, m as in mike hart at alder dot io", "m as in mike hart at alder dot io"),
        ("meine adresse ist anke punkt vogt ät web punkt de", "anke punkt vogt ät web punkt de"),
    ],
)
def test_addresses_said_aloud_are_found_whole(text: str, address: str) -> None:
    assert [text[one.begin : one.end] for one in find_spelled(text, "")] == [address]


@pytest.mark.parametrize(
    ("text", "previous", "name"),
    [
        ("H, A, R, T, N, O, double L", "", "H, A, R, T, N, O, double L"),
        ("h a r t", "could you spell your surname?", "h a r t"),
    ],
)
def test_names_in_single_letters_are_names(text: str, previous: str, name: str) -> None:
    assert [text[one.begin : one.end] for one in find_spelled(text, previous)] == [name]


@pytest.mark.parametrize("text", ["work dot com pages fail", "plan B, A or C", "look at the dots", "at 5"])
def test_other_talk_is_no_address_and_no_name(text: str) -> None:
    assert [one for one in find_spelled(text, "") if one.type == "PERSON"] == []
