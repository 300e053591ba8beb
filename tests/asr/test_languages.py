from __future__ import annotations

import pytest

from asr.languages import Detected, agree, from_whisper, joiner, to_whisper


def detected(language: str, probability: float) -> Detected:
    return Detected(language=language, probability=probability)


@pytest.mark.parametrize(
    ("tag", "code"), [("en-GB", "en"), ("pt-BR", "pt"), ("zh-Hans-CN", "zh"), ("jv", "jw"), ("nb-NO", "no")]
)
def test_a_tag_becomes_the_recognisers_code(tag: str, code: str) -> None:
    assert to_whisper(tag) == code


def test_javanese_comes_back_as_its_tag() -> None:
    assert from_whisper("jw") == "jv"


def test_a_leg_with_little_speech_speaks_what_the_other_does() -> None:
    assert agree([detected("en", 0.99), detected("cy", 0.9)], [60, 2]) == ["en", "en"]


def test_an_unsure_leg_speaks_what_the_other_does() -> None:
    assert agree([detected("nn", 0.4), detected("de", 0.9)], [60, 50]) == ["de", "de"]


def test_legs_that_surely_differ_each_keep_their_language() -> None:
    assert agree([detected("en", 0.99), detected("es", 0.95)], [60, 50]) == ["en", "es"]


def test_silent_legs_speak_nothing() -> None:
    assert agree([None, None], [0, 0]) == [None, None]


@pytest.mark.parametrize(("language", "between"), [("en", " "), ("zh-CN", ""), ("ja", ""), ("ko", " "), (None, " ")])
def test_scripts_without_spaces_are_joined_without(language: str | None, between: str) -> None:
    assert joiner(language) == between
