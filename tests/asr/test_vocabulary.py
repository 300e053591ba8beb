"""A misheard name is put right where sound and recogniser agree; nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from asr import Transcriber, transcribe
from asr.speech import Samples
from asr.vocabulary import VOCABULARY, Candidate, Vocabulary, replaced
from data.types import Role, Segment, VocabularyEntry, Word

SOUND = np.zeros(16_000 * 10, np.float32)
NAMES = [VocabularyEntry(phrase=name, kind="product") for name in ("Brightloop", "Metoprolol", "Klarna")]


class Believer:
    """Finds any text as likely as any other, less ``loss`` for each text but the one that was heard."""

    def __init__(self, loss: float = 0.0) -> None:
        self.loss = loss
        self.asked: list[tuple[str, ...]] = []

    def likelihoods(self, samples: Samples, texts: Sequence[str], language: str) -> list[float]:
        self.asked.append(tuple(texts))
        return [-10.0, *(-10.0 - self.loss for _ in texts[1:])]


def said(text: str, *doubtful: str, language: str = "en") -> Segment:
    words, place = [], 0
    for number, part in enumerate(text.split()):
        begin = text.index(part, place)
        place = begin + len(part)
        words.append(
            Word(
                text=part,
                begin_ms=number * 300,
                end_ms=number * 300 + 250,
                confidence=0.3 if part in doubtful else 0.95,
                char_begin=begin,
                char_end=place,
            )
        )
    return Segment(
        text=text,
        begin_ms=0,
        end_ms=words[-1].end_ms,
        channel=0,
        role=Role.CUSTOMER,
        confidence=0.9,
        words=tuple(words),
        language=language,
    )


def put_right(segment: Segment, judge: Believer | None = None, names: Sequence[VocabularyEntry] = NAMES) -> Segment:
    return Vocabulary(names).corrected(segment, SOUND, judge or Believer())


def test_a_name_that_fell_apart_is_one_word_again_with_its_time_and_what_was_heard() -> None:
    found = put_right(said("How do I cancel Bright Loop? Please.", "Loop?"))
    assert found.text == "How do I cancel Brightloop? Please."
    assert found.flags == (VOCABULARY,)
    name, last = found.words[-2:]
    assert (name.text, name.begin_ms, name.end_ms, name.heard) == ("Brightloop?", 1200, 1750, "Bright Loop?")
    assert all(found.text[word.char_begin : word.char_end] == word.text for word in found.words)
    assert last.heard is None


def test_a_misspelt_name_is_written_right() -> None:
    assert put_right(said("I take Metaprolol's twin", "Metaprolol's")).text == "I take Metoprolol's twin"


def test_what_was_taken_for_a_possessive_belongs_to_a_name_that_ends_so() -> None:
    names = [VocabularyEntry(phrase="Natchitoches", kind="place")]
    assert put_right(said("I moved to Natchetach's.", "Natchetach's."), names=names).text == "I moved to Natchitoches."


def test_a_name_that_is_several_words_to_the_recogniser_keeps_its_neighbours() -> None:
    segment = said("I am O 'Shaughnessy, and", "O")
    glued = replace(segment, text="I am O'Shaughnessy, and")
    moved = (replace(w, char_begin=w.char_begin - 1, char_end=w.char_end - 1) for w in segment.words[3:])
    glued = replace(glued, words=(*segment.words[:3], *moved))
    assert put_right(glued, names=[VocabularyEntry(phrase="O'Shaughnessy")]) == glued


def test_a_name_that_was_misheard_twice_is_judged_as_one() -> None:
    judge = Believer()
    found = put_right(said("Klerna, or not Klerna", "Klerna,"), judge)
    assert found.text == "Klarna, or not Klarna"
    assert "Klarna, or not Klarna" in judge.asked[0]


def test_what_the_recogniser_finds_unlikely_stays() -> None:
    segment = said("I met Clara there", "Clara")
    judge = Believer(loss=20.0)
    assert put_right(segment, judge) == segment
    assert judge.asked[0][:2] == ("I met Clara there", "I met Klarna there")


def test_what_was_heard_surely_is_not_even_asked_about() -> None:
    judge = Believer()
    segment = said("I met Clara there")
    assert put_right(segment, judge) == segment
    assert judge.asked == []


def test_a_name_that_is_written_right_stays_as_it_is() -> None:
    segment = said("The Klarna payment and Brightloop", "Klarna", "payment", "Brightloop")
    assert put_right(segment) == segment


def test_a_spoken_variant_counts_however_surely_it_was_heard() -> None:
    names = [VocabularyEntry(phrase="Reasonance", spoken=("reason ants",))]
    assert put_right(said("Is reason ants down?"), names=names).text == "Is Reasonance down?"
    kept = said("Is reason ants down?")
    assert put_right(kept, Believer(loss=20.0), names=names) == kept


def test_an_entry_of_another_language_is_not_looked_for() -> None:
    names = [VocabularyEntry(phrase="Klarna", language="sv")]
    segment = said("I use Klerna", "Klerna")
    assert put_right(segment, names=names) == segment
    assert put_right(replace(segment, language="sv"), names=names).text == "I use Klarna"


def test_numbers_and_segments_without_words_are_left_alone() -> None:
    segment = said("It is 42 or so", "42")
    assert put_right(segment, names=[VocabularyEntry(phrase="42 Klarna")]) == segment
    empty = replace(segment, words=())
    assert put_right(empty) == empty


@given(st.lists(st.sampled_from(["bright", "Loop,", "the", "Klerna.", "¿ok?"]), min_size=1, max_size=9), st.data())
def test_words_keep_their_order_their_time_and_their_place_in_the_text(parts: list[str], data: st.DataObject) -> None:
    segment = said(" ".join(parts))
    begin = data.draw(st.integers(0, len(parts) - 1))
    end = data.draw(st.integers(begin + 1, len(parts)))
    phrase = data.draw(st.sampled_from(["Brightloop", "Wilkes-Barre", "New York City"]))
    found = replaced(segment, Candidate(begin, end, phrase, 1.0))
    assert phrase in found.text
    assert (found.begin_ms, found.end_ms) == (segment.begin_ms, segment.end_ms)
    for word in found.words:
        assert found.text[word.char_begin : word.char_end] == word.text
        assert segment.begin_ms <= word.begin_ms <= word.end_ms <= segment.end_ms
    begins = [word.begin_ms for word in found.words]
    assert begins == sorted(begins)


@pytest.mark.models
def test_the_recogniser_finds_what_was_said_likelier_than_what_was_not(
    tiny: Transcriber, call: NDArray[np.float32]
) -> None:
    first = next(transcribe(tiny, call, language="en"))
    sound = call[first.channel][first.begin_ms * 16 : first.end_ms * 16]
    right, wrong = tiny.likelihoods(sound, [first.text, "The weather in Gdansk is nice today."], "en")
    assert right > wrong + 10
