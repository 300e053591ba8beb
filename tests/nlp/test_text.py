from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.text import clean_text, pieces, sentences, words


def test_f29_nothing_invisible_survives() -> None:
    dirty = "pay\x00ment \u202efailed\u202c \u200btoday \ud800\ufeff\x1b[31m"
    assert clean_text(dirty) == "payment failed today [31m"


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


def test_emoji_and_joiners_stay() -> None:
    assert clean_text("👩‍💻 می‌خواهم") == "👩‍💻 می‌خواهم"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I paid 3.50 to Mr. Smith. Why?", ["I paid 3.50 to Mr. Smith.", "Why?"]),
        ("我的卡丢了。请帮忙！", ["我的卡丢了。", "请帮忙！"]),
        ("It is [CARD_1]. Thanks", ["It is [CARD_1].", "Thanks"]),
        ("Hello\nno full stop\n\nnext", ["Hello", "no full stop", "next"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text)] == expected


@given(st.text(max_size=300))
def test_sentences_are_slices_of_the_text_in_order(text: str) -> None:
    found = list(sentences(text))
    assert all(text[one.begin : one.end] == one.text for one in found)
    assert all(one.end <= other.begin for one, other in pairwise(found))


@given(st.text(max_size=300), st.integers(2, 40))
def test_pieces_cover_the_text_and_none_is_too_long(text: str, longest: int) -> None:
    cut = list(pieces(text, longest))
    assert "".join(text[begin:end] for begin, end in cut) == text
    assert all(end - begin <= longest for begin, end in cut)


def test_words_leave_out_masked_values_and_split_unspaced_scripts() -> None:
    assert words("My card [CARD_1] isn't 4 me") == ["my", "card", "isn't", "me"]
    assert words("卡丢了") == ["卡", "丢", "了"]
