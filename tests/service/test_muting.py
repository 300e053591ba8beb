"""The recording that is kept: what was masked cannot be heard in it, and where that cannot be had, there is none."""

from __future__ import annotations

import pytest

from data.types import Word
from service.muting import Listen, MuteOrder, Secret, Withheld, leaks, settle

DURATION_MS = 60_000


def _words(text: str, begin_ms: int, each_ms: int = 300) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=word,
            begin_ms=begin_ms + each_ms * n,
            end_ms=begin_ms + each_ms * (n + 1),
            confidence=0.9,
            char_begin=0,
            char_end=len(word),
        )
        for n, word in enumerate(text.split())
    )


KEPT = (*_words("my card number is", 8800), *_words("and the name is Smith", 13_000))
CARD = Secret(span_ms=(10_000, 12_400), turn_ms=(8000, 16_000), words=("4111", "1111", "one", "1"))


def _order(*secrets: Secret) -> MuteOrder:
    return MuteOrder(
        model="",
        device="cpu",
        compute_type="int8",
        threads=1,
        language="en",
        media_type=None,
        secrets=secrets,
        kept=KEPT,
    )


def _hearing(*answers: tuple[Word, ...]) -> Listen:
    following = iter(answers)
    return lambda muted: list(next(following))


def test_what_is_gone_is_silenced_where_it_was_said() -> None:
    found = settle(_order(CARD), DURATION_MS, _hearing(KEPT))
    assert found == ((9750, 12_650),)


@pytest.mark.parametrize("heard", ["four", "4", "41", "1111."])
def test_a_digit_that_is_still_heard_silences_the_whole_turn(heard: str) -> None:
    found = settle(_order(CARD), DURATION_MS, _hearing((*KEPT, *_words(heard, 9700)), ()))
    assert found == ((7750, 16_250),)


def test_what_is_heard_even_then_leaves_no_recording() -> None:
    heard = _words("one one", 12_900)
    assert settle(_order(CARD), DURATION_MS, _hearing(heard, heard)) == Withheld(reason="mute.heard")


LATE = Secret(span_ms=(10_000, 12_400), turn_ms=(10_000, 14_000), words=("4111", "1"))
"""The turn begins before the recogniser says it does."""


def test_digits_that_are_heard_before_their_turn_are_silenced_where_they_are_heard() -> None:
    heard = _words("four", 8700), _words("one", 9400), (*KEPT, *_words("hello", 8400))
    assert settle(_order(LATE), DURATION_MS, _hearing(heard[1], heard[0], heard[2])) == ((8450, 14_250),)


def test_what_is_heard_farther_out_each_time_leaves_no_recording() -> None:
    heard = [_words("four", begin) for begin in (9400, 8700, 8000)]
    assert settle(_order(LATE), DURATION_MS, _hearing(*heard)) == Withheld(reason="mute.heard")


def test_a_word_without_times_silences_its_turn() -> None:
    secret = Secret(span_ms=None, turn_ms=(8000, 16_000), words=())
    assert settle(_order(secret), DURATION_MS, _hearing(())) == ((7750, 16_250),)


def test_a_word_of_no_length_silences_its_turn() -> None:
    secret = Secret(span_ms=(9000, 9000), turn_ms=(8000, 16_000), words=("4",))
    assert settle(_order(secret), DURATION_MS, _hearing(())) == ((7750, 16_250),)


def test_a_span_behind_the_end_silences_its_turn() -> None:
    secret = Secret(span_ms=(61_000, 62_000), turn_ms=(50_000, 60_300), words=("4",))
    assert settle(_order(secret), DURATION_MS, _hearing(())) == ((49_750, 60_550),)


@pytest.mark.parametrize("turn", [None, (61_000, 62_000), (50_000, 90_000), (7000, 7000)])
def test_where_nobody_knows_when_it_was_said_no_recording_is_kept(turn: tuple[int, int] | None) -> None:
    secret = Secret(span_ms=None, turn_ms=turn)
    assert settle(_order(CARD, secret), DURATION_MS, _hearing(())) == Withheld(reason="mute.unlocated")


def test_nothing_masked_needs_no_listening() -> None:
    assert settle(_order(), DURATION_MS, _hearing()) == ()


def test_words_that_may_be_heard_are_no_leak() -> None:
    number = Secret(span_ms=(10_000, 11_000), turn_ms=(8000, 16_000), words=("four", "four"))
    kept = _words("page four of", 9000)
    assert not leaks(number, (10_000, 11_000), _words("page 4 of", 9000), kept)
    assert leaks(number, (10_000, 11_000), _words("page 4 4 of", 9000), kept)


def test_a_short_word_alone_gives_nothing_away_but_a_name_does() -> None:
    name = Secret(span_ms=(10_000, 11_000), turn_ms=None, words=("Jo", "de", "Groot"))
    assert not leaks(name, (10_000, 11_000), _words("de", 9700), ())
    assert leaks(name, (10_000, 11_000), _words("groot", 9700), ())
    assert leaks(name, (10_000, 11_000), _words("jo de", 9700), ())


def test_where_the_secret_is_not_known_any_digit_beside_it_is_a_leak() -> None:
    assert leaks(Secret(span_ms=(10_000, 11_000), turn_ms=None), (10_000, 11_000), _words("seven", 11_200), ())
    assert not leaks(Secret(span_ms=(10_000, 11_000), turn_ms=None), (10_000, 11_000), _words("hello", 11_200), ())


def test_what_is_said_far_away_is_no_leak() -> None:
    assert not leaks(CARD, CARD.span_ms, _words("four", 20_000), ())
