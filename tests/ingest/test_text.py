from __future__ import annotations

import pytest

from ingest.text import MAX_TEXT_CHARS, bounded, clean, clean_line, decode


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("a\0b", "ab"),
        ("a\ud800b", "a\ufffdb"),
        ("pay\u202e4321\u202c", "pay4321"),
        ("41\u200b11\u200d22", "411122"),
        ("line\r\nnext\rlast\u2028end", "line\nnext\nlast\nend"),
        ("\x1b[31mred\x07", "[31mred"),
        ("e\u0301", "é"),
        ("\U000e0041hidden", "hidden"),
    ],
)
def test_f29_what_hides_or_turns_text_is_taken_out(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


@pytest.mark.parametrize("kept", ["👩\u200d👧", "می\u200cخواهم", "👍🏽", "a\tb\nc", "Zürich 東京"])
def test_f29_emoji_and_joined_scripts_stay_as_they_are(kept: str) -> None:
    assert clean(kept) == kept


def test_cleaning_twice_changes_nothing() -> None:
    dirty = "a\u200d\u200db\0\u202ec\r\r\n"
    assert clean(clean(dirty)) == clean(dirty)


def test_a_name_becomes_one_line() -> None:
    assert clean_line(" call\n\x1b[0m 1 ") == "call [0m 1"


def test_a_text_over_the_limit_is_cut_and_flagged() -> None:
    text, flags = bounded("a" * (MAX_TEXT_CHARS + 1))
    assert len(text) == MAX_TEXT_CHARS
    assert flags == ("partial",)


@pytest.mark.parametrize(
    ("content", "charset", "expected", "flags"),
    [
        ("Grüße".encode(), None, "Grüße", ()),
        ("Grüße".encode("cp1252"), None, "Grüße", ()),
        ("Grüße".encode("utf-16"), None, "Grüße", ()),
        ("Good morning".encode("utf-16-le"), None, "Good morning", ()),
        ("Grüße".encode(), "utf-8", "Grüße", ()),
        ("Grüße".encode(), "iso-8859-1", "Grüße", ("charset_guessed",)),
        ("Grüße".encode("cp1252"), "utf-8", "Grüße", ("charset_guessed",)),
        ("Grüße".encode(), "no-such-charset", "Grüße", ("charset_guessed",)),
        ("Grüße".encode(), "punycode", "Grüße", ("charset_guessed",)),
        ("你好".encode("gb2312"), "gb2312", "你好", ()),
        (b"plain", "zlib_codec", "plain", ()),
    ],
)
def test_f30_unknown_and_lying_charsets_are_read_by_best_effort(
    content: bytes, charset: str | None, expected: str, flags: tuple[str, ...]
) -> None:
    assert decode(content, charset) == (expected, flags)
