from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputUnreadable, TableUnreadable
from service.evaluate.asr import Clip, Heard, by_length, read_manifest, scores
from service.evaluate.scores_words import Errors, count_errors, normalise, total


def test_spelling_numbers_and_quotes_are_no_errors_in_english() -> None:
    assert count_errors("It’s the colour “twelve”.", "it is the color 12", "en").word_edits == 0


def test_a_substituted_a_missing_and_an_added_word_count_one_each() -> None:
    errors = count_errors("please cancel my order today", "please council my order today now", "en")
    assert (errors.word_edits, errors.words, errors.wer) == (2, 5, 0.4)
    assert count_errors("please cancel my order", "please my order", "en-GB").word_edits == 1


def test_accents_count_outside_english() -> None:
    assert count_errors("où êtes-vous", "ou êtes vous", "fr").word_edits == 1


@pytest.mark.parametrize("language", ["zh", "ja", "ko"])
def test_characters_are_the_words_where_spaces_mean_little(language: str) -> None:
    errors = count_errors("你好，世界", "你好 世间", language)
    assert (errors.word_edits, errors.words, errors.wer, errors.cer) == (1, 4, 0.25, 0.25)


def test_text_where_nothing_was_said_is_all_error_and_has_no_rate_of_its_own() -> None:
    errors = count_errors("", "thank you", "en")
    assert (errors.word_edits, errors.words, errors.wer) == (2, 0, None)


def test_recordings_are_added_up_before_they_are_divided() -> None:
    assert total([Errors(1, 1, 1, 4), Errors(0, 9, 0, 36)]).wer == 0.1


def test_figures_are_given_for_each_language() -> None:
    clips = [Clip(Path("a"), "en", "hello there"), Clip(Path("b"), "de", "eins zwei")]
    figures = scores(clips, ["hello there", "eins drei"])
    assert (figures["wer"], figures["words"], set(figures)) == (0.25, 4, {"wer", "cer", "words", "by_lang"})
    assert figures["by_lang"]["de"] == {"wer": 0.5, "cer": pytest.approx(2 / 9, abs=1e-4), "words": 2}


def test_files_are_found_from_where_the_manifest_lies(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    manifest = tmp_path / "m.jsonl"
    manifest.write_text('{"file": "a.wav", "lang": "en", "text": "hello"}\n\n')
    assert read_manifest(manifest) == [Clip(tmp_path / "a.wav", "en", "hello")]


@pytest.mark.parametrize("line", ["", "not json", '{"file": "a.wav"}', "[1]"])
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "m.jsonl").write_text(line)
    with pytest.raises(TableUnreadable):
        read_manifest(tmp_path / "m.jsonl")


def test_straight_and_curly_text_normalise_alike() -> None:
    assert normalise("don’t", "en") == normalise("don't", "en")


def test_a_manifest_whose_recordings_are_away_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_text('{"file": "away.wav", "lang": "en", "text": "hello"}')
    with pytest.raises(InputUnreadable, match="away"):
        read_manifest(tmp_path / "m.jsonl")


def test_the_script_in_which_chinese_is_written_is_no_error() -> None:
    assert normalise("請問圖書館在哪裡?", "zh") == normalise("请问图书馆在哪里", "zh")


def test_speed_is_told_for_recordings_of_each_length() -> None:
    clips = [Clip(Path("a.wav"), "en", "hello there"), Clip(Path("b.wav"), "en", "goodbye")]
    figures = by_length(clips, [Heard("hello", 10.0, 2.0), Heard("goodbye", 240.0, 12.0)])
    assert figures["under_30_s"] == {
        "n": 1,
        "speed_x": 5.0,
        "wer": 0.5,
        "cer": pytest.approx(6 / 11, abs=1e-4),
        "words": 2,
    }
    assert figures["under_3_min"] is None
    assert figures["longer"] is not None
    assert figures["longer"]["speed_x"] == 20.0
