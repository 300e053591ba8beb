"""F40: a card number that is spoken over three turns and read back by the agent, from the sound to what is kept of it.

The recording is spoken by the voices of the samples (``recordings/README.md``); a shorter one is of tones, which a
recogniser without a model hears.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from asr.speech import Samples
from ingest.audio import decode
from nlp.redaction.digits import runs
from service.runtime import Runtime
from service.stages import mute, transcribe
from tests.asr.tones import WORD_S, ToneTranscriber, Utterance, wav
from tests.fixtures_database import Emptied
from tests.service.recorded import hearing, kept, taken_through

pytestmark = pytest.mark.models
CALL = Path(__file__).with_name("recordings") / "card-in-parts.ogg"
READ_OUT_S = ((12.75, 14.7), (15.3, 17.8), (19.6, 20.7), (23.4, 24.2), (25.4, 30.2))
"""When digits are said in it: three times by the customer, twice by the agent."""
Muted = tuple[Runtime, uuid.UUID]


@pytest.fixture(scope="module", params=["tiny.en", "base"])
def spoken(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, emptied: Emptied, model_dir: Path
) -> Iterator[Muted]:
    home = tmp_path_factory.mktemp("home")
    with emptied.one() as url, hearing(home, model_dir, request.param, url) as runtime:
        yield runtime, taken_through(runtime, CALL)


def _texts(runtime: Runtime, interaction_id: uuid.UUID) -> list[str]:
    with runtime.database.tenant("default") as stores:
        return [turn.text for turn in stores.turns.of(interaction_id)]


def _tokens(runtime: Runtime, interaction_id: uuid.UUID) -> list[str]:
    with runtime.database.tenant("default") as stores:
        return [one.token for one in stores.turns.redactions(interaction_id)]


def _digits(texts: Sequence[str]) -> list[str]:
    """Numbers of two digits or more, outside of tokens."""
    return [run.digits for text in texts for run in runs(re.sub(r"\[\w+\]", "", text), at_least=2)]


def _all_silent(sound: Samples, spans_s: Sequence[tuple[float, float]]) -> bool:
    return not any(sound[:, round(begin * 16_000) : round(end * 16_000)].any() for begin, end in spans_s)


@pytest.mark.slow
def test_f40_no_digit_of_it_is_in_the_text(spoken: Muted) -> None:
    texts = _texts(*spoken)
    assert _digits(texts) == []
    assert len([token for token in _tokens(*spoken) if token.startswith("[CARD_")]) >= 3
    assert any("bill" in text for text in texts)


@pytest.mark.slow
def test_f40_it_is_silent_on_both_channels_wherever_it_was_said(spoken: Muted) -> None:
    sound = decode(kept(*spoken)).samples
    assert sound.shape[0] == 2
    assert _all_silent(sound, READ_OUT_S)
    assert (sound == 0).all(axis=0).mean() < 0.6


@pytest.mark.slow
def test_f40_heard_again_by_the_better_model_it_is_gone(spoken: Muted, model_dir: Path) -> None:
    from asr import transcribe
    from service.hearing import transcriber

    ears = transcriber(str(model_dir / "base"), "cpu", "int8", 2)
    again = [segment.text for segment in transcribe(ears, decode(kept(*spoken)).samples, language="en")]
    assert _digits(again) == []
    assert "receipt" in " ".join(again)


DIALOGUE = (
    "hello",
    "hello i want to pay my bill",
    "what is the number of your card",
    "sure it is <four zero one two double eight double eight>",
    "okay go on",
    "and then <double eight double eight>",
    "okay",
    "and <one double eight one>",
    "so that is <four zero one two eight eight eight eight eight eight eight eight one eight eight one> okay",
    "yes thank you goodbye",
)
"""Agent and customer in turns; digits of the number stand in angle brackets."""


def _utterances() -> Iterator[Utterance]:
    begin_s = 1.0
    for place, line in enumerate(DIALOGUE):
        words = tuple(re.sub("[<>]", "", line).split())
        yield Utterance(channel=place % 2, begin_s=begin_s, words=words)
        begin_s = round(begin_s + WORD_S * len(words) + 0.5, 2)


def _read_out() -> Iterator[tuple[float, float]]:
    """When the digits sound."""
    for line, utterance in zip(DIALOGUE, _utterances(), strict=True):
        if "<" in line:
            before, digits = line.split("<")[0].split(), line[line.index("<") : line.index(">")].split()
            yield utterance.span_s(len(before), len(before) + len(digits) - 1)


@pytest.fixture
def in_tones(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Muted:
    monkeypatch.setattr(transcribe, "HEAR", "tests.service.doubles.tone_work:hear")
    monkeypatch.setattr(mute, "MUTE", "tests.service.doubles.tone_work:mute")
    file = tmp_path / "call.wav"
    file.write_bytes(wav(list(_utterances())))
    return runtime, taken_through(runtime, file)


def test_f40_digits_said_in_parts_and_read_back_are_one_token_in_the_text_and_silent_in_the_sound(
    in_tones: Muted,
) -> None:
    from asr import transcribe as listened

    sound = decode(kept(*in_tones)).samples
    assert _digits(_texts(*in_tones)) == []
    assert _tokens(*in_tones) == ["[CARD_1]"] * 4
    assert _all_silent(sound, list(_read_out()))
    again = [segment.text for segment in listened(ToneTranscriber(), sound, language="en")]
    assert " ".join(again).split() == re.sub("<.*?>", "", " ".join(DIALOGUE)).split()
