"""What a text's words and meaning say of a feeling, and how it is summed up over an interaction."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import spacy

from data.errors import ModelCorrupt
from data.types import LexiconEntry, Role, Sentiment, Turn
from nlp.components import SentimentScores
from nlp.sentiment import Passage, label, passages, summarise
from nlp.sentiment_features import features
from nlp.sentiment_lexicon import Lexicon
from nlp.sentiment_model import LANGUAGES, SentimentModel, load_model
from nlp.sentiment_texts import score_texts
from nlp.vectors import TextVectors

SENTENCES = tomllib.loads((Path(__file__).with_name("sentiment_sentences.toml")).read_text(encoding="utf-8"))


def feeling(text: str) -> str:
    """By words alone."""
    return label(score_texts([text], "en")[0] or 0.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I was charged twice for my subscription", "negative"),
        ("It doesn’t work, I want my money back", "negative"),
        ("Thanks for calling, how can I help you today?", "neutral"),
        ("Please cancel my account", "neutral"),
        ("The agent was great and fixed it in minutes", "positive"),
        ("The modem is still not working", "negative"),
        ("Finally it works again, thank you", "positive"),
        ("The lady was friendly, but my problem is not solved", "negative"),
        ("I was angry at first, but your colleague was great", "positive"),
        ("I am not happy", "negative"),
        ("I'm cancelling, this is the last straw", "negative"),
    ],
)
def test_contact_centre_wording_is_understood(text: str, expected: str) -> None:
    assert feeling(text) == expected


@pytest.mark.parametrize(("score", "expected"), [(0.05, "positive"), (0.049, "neutral"), (-0.05, "negative")])
def test_the_neutral_band_ends_at_five_hundredths(score: float, expected: str) -> None:
    assert label(score) == expected


def test_a_long_text_is_scored_in_passages_that_cover_it() -> None:
    text = "The delivery was great. " * 40
    places = passages(text)
    assert len(places) > 1
    assert (places[0][0], places[-1][1]) == (0, len(text.rstrip()))
    assert score_texts([text], "en")[0] == pytest.approx(score_texts([text[slice(*places[0])]], "en")[0], abs=0.05)


def test_a_long_chinese_text_is_cut_too() -> None:
    assert len(passages("网络老是掉线，很生气。" * 40)) > 1


def scored(text: str) -> tuple[Passage, ...]:
    (score,) = score_texts([text], "en")
    return () if score is None else (Passage(begin=0, end=len(text), score=score),)


def summary(*texts: tuple[Role, str], timed: bool = False) -> Sentiment:
    turns = [
        Turn(
            position=number,
            role=role,
            text=text,
            begin_ms=number * 1000 if timed else None,
            end_ms=number * 1000 + 1000 if timed else None,
        )
        for number, (role, text) in enumerate(texts)
    ]
    return summarise(turns, [scored(turn.text) for turn in turns], duration_s=float(len(turns)) if timed else None)


@pytest.mark.parametrize("timed", [True, False])
def test_quarters_are_the_customers_and_the_shift_is_last_minus_first(timed: bool) -> None:
    found = summary(
        (Role.CUSTOMER, "This is terrible."),
        (Role.AGENT, "I am so happy."),
        (Role.AGENT, "It is so great."),
        (Role.CUSTOMER, "That is wonderful"),
        timed=timed,
    )
    first, second, third, fourth = found.quarters
    assert (second, third) == (None, None)
    assert first is not None
    assert fourth is not None
    assert first < 0 < fourth
    assert found.shift == pytest.approx(fourth - first)
    assert found.by_role[Role.AGENT] > 0
    assert found.overall is not None


def test_without_a_customer_all_who_speak_count_and_one_quarter_has_no_shift() -> None:
    found = summary((Role.UNKNOWN, "This is awful."))
    assert label(found.overall or 0.0) == "negative"
    assert found.shift is None


def test_a_turn_without_words_has_no_sentiment() -> None:
    assert summary((Role.CUSTOMER, ""), (Role.CUSTOMER, "good")).turns[0] is None


def test_what_a_machine_says_has_no_sentiment_and_moves_none() -> None:
    alone = summary((Role.UNKNOWN, "This is terrible."))
    beside = summary(
        (Role.SYSTEM, "Your call is wonderful, great and very important to us."), (Role.UNKNOWN, "This is terrible.")
    )
    assert beside.overall == alone.overall
    assert beside.turns[0] is None
    assert Role.SYSTEM not in beside.by_role


def vectors(embedder: str, texts: list[str], languages: frozenset[str] | None = frozenset({"en"})) -> TextVectors:
    return TextVectors(
        embedder=embedder, languages=languages, by_text={text: np.full(384, 384**-0.5, np.float32) for text in texts}
    )


def test_vectors_of_another_embedder_are_not_read_and_words_alone_decide() -> None:
    model, texts = load_model(), ["The agent was great", "It is not working"]
    assert model.kind("en", vectors("another", texts)) == "words"
    assert score_texts(texts, "en", vectors("another", texts)) == score_texts(texts, "en")
    assert model.kind("en", vectors(model.embedder, texts)) == "both"


def test_another_language_needs_vectors_that_place_it() -> None:
    model = load_model()
    text = ["Es funktioniert nicht."]
    assert score_texts(text, "de") == [None]
    assert model.kind("de", vectors(model.embedder, text)) is None
    assert model.kind("de", vectors(model.embedder, text, frozenset({"de", "en"}))) == "meaning"
    assert model.kind("fi", vectors(model.embedder, text, None)) is None


def test_a_broken_file_of_weights_is_an_error_with_a_code(tmp_path: Path) -> None:
    broken = tmp_path / "sentiment.npz"
    broken.write_bytes(b"PK\x03\x04")
    with pytest.raises(ModelCorrupt):
        SentimentModel.load(broken)


def test_weights_come_back_as_they_were_saved(tmp_path: Path) -> None:
    model = load_model()
    model.save(tmp_path / "again.npz")
    again = SentimentModel.load(tmp_path / "again.npz")
    texts = ["I was charged twice", "That is great", ""]
    assert again.scores("words", texts, None) == model.scores("words", texts, None)
    assert again.embedder == model.embedder


@pytest.mark.parametrize("text", ["", " ", "[CARD_1]", "😀", "...", "a" * 100_000])
def test_any_text_has_a_score_within_the_scale_or_none(text: str) -> None:
    (score,) = score_texts([text], "en")
    assert score is None or -1 <= score <= 1


def test_a_texts_score_does_not_depend_on_its_neighbours() -> None:
    texts = [text for some in SENTENCES["en"].values() for text in some]
    together = score_texts(texts, "en")
    assert together == [score_texts([text], "en")[0] for text in texts]


def test_words_alone_tell_most_sentences_of_contacts_apart() -> None:
    said = [(text, wanted) for wanted, texts in SENTENCES["en"].items() for text in texts]
    right = sum(feeling(text) == wanted for text, wanted in said)
    assert right / len(said) >= 0.75


def test_a_negation_reaches_a_word_and_not_past_its_clause() -> None:
    assert _shared("it is not good", "it is good") < _shared("it is bad, not good", "it is bad, not good")
    assert _shared("not mine, good", "mine, good") > _shared("not mine good", "mine good")


def _shared(one: str, other: str) -> int:
    mine, others = (set(features([text]).buckets.tolist()) for text in (one, other))
    return len(mine & others)


@pytest.fixture(scope="module")
def scorer() -> SentimentScores:
    return SentimentScores("sentiment", "en")


def own(scorer: SentimentScores, text: str, *entries: LexiconEntry) -> float:
    nlp = spacy.blank("en")
    (found,) = scorer.scores([nlp(text)], None, Lexicon(entries, "en", nlp))
    return found[0].score


CAP = LexiconEntry(phrase="data cap", valence=-3)


def test_a_tenants_own_phrase_counts_in_any_case_and_turns_with_a_negation(scorer: SentimentScores) -> None:
    assert own(scorer, "I hit the Data Cap again", CAP) < -0.3
    assert own(scorer, "There is no data cap", CAP) > own(scorer, "There is no data cap")
    assert own(scorer, "No, I hit the data cap", CAP) < -0.3
    assert own(scorer, "I hit the data caps", CAP) == own(scorer, "I hit the data caps")


def test_a_tenants_own_phrase_takes_the_place_of_what_the_model_knows(scorer: SentimentScores) -> None:
    product = LexiconEntry(phrase="killer deal", valence=0)
    assert own(scorer, "It is about the Killer Deal", product) == own(scorer, "It is about the it")


def test_the_longer_of_two_phrases_counts_and_another_languages_does_not(scorer: SentimentScores) -> None:
    entries = (
        CAP,
        LexiconEntry(phrase="data cap lifted", valence=3),
        LexiconEntry(phrase="gift", valence=-4, language="de"),
    )
    assert own(scorer, "We had the data cap lifted", *entries) > 0.3
    assert own(scorer, "It is a gift", *entries) == own(scorer, "It is a gift")


def test_a_german_negation_may_follow() -> None:
    nlp = spacy.blank("de")
    lexicon = Lexicon([LexiconEntry(phrase="gefällt", valence=3)], "de", nlp)
    assert lexicon.terms(nlp("Das gefällt mir nicht."))[0].valence < 0
    assert lexicon.terms(nlp("Das gefällt mir. Nicht?"))[0].valence > 0


def test_the_languages_are_those_whose_sentences_are_tested() -> None:
    assert set(SENTENCES) == set(LANGUAGES)
