from __future__ import annotations

import time

import pytest

from data.types import Channel, Role, Skipped, Turn
from nlp import LanguagePipeline
from nlp.junk import is_junk, junk_in

ANSWERS = {
    "en": [
        "n/a",
        "N/A.",
        "none",
        "Nothing!",
        "no comment",
        "Nothing to add",
        "I have no further comments",
        "see above",
    ],
    "de": [
        "k.A.",
        "keine",
        "Nichts.",
        "Keine Angabe",
        "kein Kommentar",
        "weiß nicht",
        "Ich habe keine weiteren Anmerkungen",
    ],
    "es": ["nada", "ninguno", "Sin comentarios", "no aplica", "nada que añadir", "No tengo nada que decir"],
    "zh": ["无", "没有", "没有意见", "无建议。", "暂无", "我没什么想说的"],
    "fr": ["rien", "Aucun commentaire", "néant", "rien à signaler", "sans avis", "Je n'ai rien à ajouter"],
    "any": [
        "…",
        "...",
        "-",
        "?",
        "x",
        "12345",
        "asdf",
        "ASDFGHJKL",
        "qwertz",
        "azerty",
        "asdfasdf",
        "aaaa",
        "xxxx",
        "lkjh",
        "",
    ],
}


@pytest.mark.parametrize("answer", [answer for some in ANSWERS.values() for answer in some])
def test_an_answer_that_answers_nothing_is_junk(answer: str) -> None:
    assert is_junk(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "slow", "Nothing works", "No response to my calls", "none of my cards work", "nobody called back",
        "nichts funktioniert", "Keine Lieferung", "nada funciona", "rien ne marche", "没有网络", "卡丢了", "不好",
        "were", "Mississippi", "banana", "property", "typewriter", "poor", "assess",
    ],
)  # fmt: skip
def test_a_short_answer_that_says_something_is_none(answer: str) -> None:
    assert not is_junk(answer)


def test_one_sentence_that_says_something_is_enough() -> None:
    turns = [
        Turn(position=at, role=Role.CUSTOMER, text=text) for at, text in enumerate(("n/a", "my card was declined"))
    ]
    assert junk_in(turns) is None
    assert junk_in(turns[:1]) == "text.junk"
    assert junk_in([]) == junk_in([Turn(position=0, role=Role.CUSTOMER, text=" ")]) == "text.empty"


@pytest.mark.parametrize(("text", "code"), [("nothing", "text.junk"), ("asdf", "text.junk"), ("", "text.empty")])
def test_junk_has_no_issue_no_sentiment_and_no_phrases(english: LanguagePipeline, text: str, code: str) -> None:
    found = english.annotate([Turn(position=0, role=Role.CUSTOMER, text=text)], channel=Channel.SURVEY)
    assert (found.highlights, found.sentiment, found.key_phrases) == ((), None, ())
    assert Skipped(feature="highlights.issue", reason_code=code) in found.skipped
    assert Skipped(feature="sentiment", reason_code=code) in found.skipped


def test_f29_a_line_of_a_megabyte_is_told_from_junk_in_seconds() -> None:
    began = time.monotonic()
    for text in (
        "asdf" * 250_000,
        "a" * 1_000_000,
        "asdx" * 250_000,
        "no " * 300_000,
        "." * 1_000_000,
        "ab" * 500_000 + "xyzxyz",
    ):
        is_junk(text)
    assert time.monotonic() - began < 10
