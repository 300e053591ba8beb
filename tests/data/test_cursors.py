"""A cursor leads on from where a page ended, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cursors import seal, unseal
from data.errors import CursorInvalid


@given(st.floats(allow_nan=False, allow_infinity=False), st.text())
def test_what_was_sealed_comes_out_as_it_was(number: float, text: str) -> None:
    assert unseal("question", seal("question", (number, text)), (float, str)) == (number, text)


@pytest.mark.parametrize("kinds", [(str,), (float, float), (str, float, str)])
def test_a_cursor_of_other_parts_is_refused(kinds: tuple[type[str] | type[float], ...]) -> None:
    with pytest.raises(CursorInvalid):
        unseal("question", seal("question", ("a", 1.0)), kinds)


def test_a_cursor_of_another_question_is_refused() -> None:
    with pytest.raises(CursorInvalid):
        unseal("another", seal("question", ("a",)), (str,))


@given(st.text())
def test_f44_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        unseal("question", text, (str,))


@pytest.mark.parametrize("text", ["bnVsbA", "WzFd", "W10", "W1tbW1s" * 1000, "eyJhIjoxfQ"])
def test_f44_json_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        unseal("question", text, (str,))
