"""Random transcripts for property tests: ordinary ones, and such as want to break a format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from data.types import Role, Turn, Word

NASTY = (
    *("-->", "00:00:01,000 --> 00:00:02,000", "<script>", "</v>", "<v agent>", "&lt;", "&amp;", "{\\an8}", "1", "42"),
    *(
        "WEBVTT",
        "NOTE",
        ";;",
        "\n\n",
        "a\nb",
        "\r\n",
        "\u2028",
        "\u202eevil\u202c",
        "\u2066x\u2069",
        "\x1b[31m",
        "\x00",
    ),
    *(
        "W" * 150,
        "语" * 60,
        "你好。",
        "e\u0301",
        "👩\u200d👧",
        "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    ),
    *("[CARD_1].", '"quoted"', "=1+1", "\u200f", "\ufeff", "-", "…"),
)
WORDS = st.one_of(
    st.sampled_from(("yes", "router", "refund,", "arrived.", "Why?", "and", "unbelievable")),
    st.sampled_from(NASTY),
    st.text(max_size=12),
)


SPOKEN = st.tuples(
    WORDS,
    st.sampled_from((" ", " ", " ", "", "  ")),
    st.sampled_from((0, 1, 80, 300, 900, 9000)),
    st.sampled_from((0, 20, 200, 1500)),
)
"""A word, what stands before it, how long it takes, and the pause behind it."""
SAID = st.tuples(st.sampled_from(list(Role)), st.integers(0, 4000), st.lists(SPOKEN, max_size=20))


def turns(*, with_words: bool = True) -> st.SearchStrategy[tuple[Turn, ...]]:
    """As ``asr`` makes them: by begin time, words inside their turn, times that never decrease, some of no length."""
    return st.lists(SAID, max_size=4).map(lambda said: tuple(_turns(said, with_words)))


def _turns(said: list[tuple[Role, int, list[tuple[str, str, int, int]]]], with_words: bool) -> Iterator[Turn]:
    at_ms = 0
    for position, (role, pause_ms, spoken) in enumerate(said):
        at_ms += pause_ms
        text, words = _words(spoken, at_ms)
        end_ms = max([at_ms, *(word.end_ms for word in words)])
        kept = tuple(words) if with_words else ()
        yield Turn(
            position=position, role=role, text=text, begin_ms=at_ms, end_ms=end_ms, words=kept, channel=position % 2
        )
        at_ms = end_ms


def _words(spoken: list[tuple[str, str, int, int]], at_ms: int) -> tuple[str, list[Word]]:
    text, words = "", []
    for number, (word, blank, lasts_ms, pause_ms) in enumerate(spoken):
        text += blank if text else ""
        times: dict[str, Any] = {"begin_ms": at_ms, "end_ms": at_ms + lasts_ms, "confidence": number % 11 / 10}
        heard = "misheard" if number % 7 == 3 else None
        words.append(Word(text=word, char_begin=len(text), char_end=len(text) + len(word), heard=heard, **times))
        text += word
        at_ms += lasts_ms + pause_ms
    return text, words
