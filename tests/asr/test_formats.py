"""Subtitles and scoring formats: another program reads the same words at the same times."""

from __future__ import annotations

import html
import io
import re
import unicodedata

import pytest
import webvtt
from hypothesis import HealthCheck, given, settings

from asr.formats import Cue, ctm, cues, has_word_times, is_timed, rttm, shown, srt
from asr.formats import webvtt as write_webvtt
from asr.formats.cues import LINE, LONGEST_MS
from asr.formats.wording import columns
from data.types import Role, Turn, Word
from tests.asr.transcripts import turns

AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER
SOME = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def said(text: str, *, role: Role = AGENT, begin_ms: int = 0, each_ms: int = 400, position: int = 0) -> Turn:
    """A turn whose words follow one another without a pause."""
    words, at = [], 0
    for number, word in enumerate(text.split()):
        at = text.index(word, at)
        begin = begin_ms + number * each_ms
        where = {"char_begin": at, "char_end": at + len(word)}
        words.append(Word(text=word, begin_ms=begin, end_ms=begin + each_ms, confidence=0.5, **where))
        at += len(word)
    end_ms = words[-1].end_ms
    return Turn(position=position, role=role, text=text, begin_ms=begin_ms, end_ms=end_ms, words=tuple(words))


def ms(stamp: str) -> int:
    hours, minutes, seconds = stamp.replace(",", ".").split(":")
    return round((int(hours) * 60 + int(minutes)) * 60_000 + float(seconds) * 1000)


def together(text: str) -> str:
    """Without blanks: where a line ends inside a long word, there was none."""
    return "".join(text.split())


def squeezed(found: tuple[Turn, ...], role: Role | None = None) -> str:
    return together("".join(shown(turn.text) for turn in found if role in (None, turn.role)))


def parsed(content: str, kind: str) -> list[tuple[int, int, str]]:
    read = webvtt.from_buffer(io.StringIO(content), format=kind)
    return [(ms(caption.start), ms(caption.end), caption.raw_text) for caption in read.captions]


def test_a_short_turn_is_one_cue_with_its_voice() -> None:
    written = write_webvtt([said("Good morning.", begin_ms=3_723_004)], note="contact 7")
    assert written == ("WEBVTT\n\nNOTE contact 7\n\nturn-0-1\n01:02:03.004 --> 01:02:03.837\n<v agent>Good morning.\n")


def test_subrip_says_who_speaks_where_that_changes() -> None:
    found = [
        said("Good morning."),
        said("How can I help?", begin_ms=2000, position=1),
        said("My bill.", role=CUSTOMER, begin_ms=9000, position=2),
    ]
    assert srt(found) == (
        "1\n00:00:00,000 --> 00:00:00,833\nAGENT: Good morning.\n\n"
        "2\n00:00:02,000 --> 00:00:03,600\nHow can I help?\n\n"
        "3\n00:00:09,000 --> 00:00:09,833\nCUSTOMER: My bill.\n"
    )


def test_a_long_turn_is_cut_at_sentences_and_word_times() -> None:
    text = "I ordered the router two weeks ago and it never came. Now I want my money back, all of it, and today."
    first, second = cues([said(text, each_ms=300)])
    assert first.lines == ("I ordered the router two", "weeks ago and it never came.")
    assert second.lines == ("Now I want my money back,", "all of it, and today.")
    assert (first.end_ms, second.begin_ms) == (11 * 300, 11 * 300)


def test_no_cue_stands_through_a_pause_or_over_seven_seconds() -> None:
    slow = said("one two three four five six seven eight nine ten", each_ms=1500)
    assert [cue.end_ms - cue.begin_ms for cue in cues([slow])] == [6000, 6000, 3000]
    word = Word(text="[CARD_1]", begin_ms=0, end_ms=15_000, confidence=1, char_begin=0, char_end=8)
    card = Turn(position=0, role=CUSTOMER, text="[CARD_1]", begin_ms=0, end_ms=15_000, words=(word,))
    assert [cue.end_ms for cue in cues([card])] == [LONGEST_MS]


def test_chinese_is_cut_between_characters_at_half_the_count() -> None:
    turn = Turn(position=0, role=CUSTOMER, text="我的路由器一直没有到，" * 6, begin_ms=0, end_ms=20_000)
    found = cues([turn])
    assert all(columns(line) <= LINE for cue in found for line in cue.lines)
    assert not any(line.startswith("，") for cue in found for line in cue.lines)
    assert "".join(line for cue in found for line in cue.lines) == turn.text


def test_words_of_no_length_and_turns_at_once_still_have_cues_that_players_take() -> None:
    at_once = [said("yes", role=role, each_ms=0, position=at) for at, role in enumerate((AGENT, CUSTOMER))]
    assert all(cue.begin_ms < cue.end_ms for cue in cues(at_once))


def test_markup_is_said_and_not_obeyed() -> None:
    turn = said("<b>a</b> --> {\\an8} &lt;")
    assert "<b>" not in srt([turn])
    assert unicodedata.normalize("NFKC", srt([turn])).endswith("<b>a</b> --> {\\an8} &lt;\n")
    assert write_webvtt([turn]).endswith("<v agent>&lt;b&gt;a&lt;/b&gt; --&gt; {\\an8} &amp;lt;\n")


def test_nothing_said_is_a_file_without_cues() -> None:
    assert srt([]) == ""
    assert write_webvtt([]) == "WEBVTT\n"
    assert list(webvtt.from_buffer(io.StringIO(write_webvtt([])), format="vtt")) == []


def _keeps_to_the_limits(found: tuple[Cue, ...]) -> None:
    for cue in found:
        assert 1 <= len(cue.lines) <= 2
        assert all(line and columns(line) <= LINE for line in cue.lines)
        assert 0 < cue.end_ms - cue.begin_ms <= LONGEST_MS
    assert [cue.begin_ms for cue in found] == sorted(cue.begin_ms for cue in found)


@given(turns())
@SOME
def test_cues_keep_every_word_and_every_limit(found: tuple[Turn, ...]) -> None:
    made = cues(found)
    _keeps_to_the_limits(made)
    for turn in found:
        own = [cue for cue in made if cue.turn == turn.position]
        assert together("".join(line for cue in own for line in cue.lines)) == squeezed((turn,))
        starts = {word.begin_ms for word in turn.words}
        inside = {part for part in own if part.begin_ms not in starts}
        assert all(any(w.begin_ms < cue.begin_ms < w.end_ms for w in turn.words) for cue in inside)


@given(turns(with_words=False))
@SOME
def test_a_transcript_without_word_times_is_cut_evenly(found: tuple[Turn, ...]) -> None:
    made = cues(found)
    _keeps_to_the_limits(made)
    assert sorted(together("".join("".join(cue.lines) for cue in made))) == sorted(squeezed(found))


@given(turns())
@SOME
def test_webvtt_is_read_by_another_program_with_the_same_text_times_and_voices(found: tuple[Turn, ...]) -> None:
    expected = cues(found)
    read = parsed(write_webvtt(found, note="--> \n\n1"), "vtt")
    assert [(begin, end) for begin, end, _ in read] == [(cue.begin_ms, cue.end_ms) for cue in expected]
    for (_, _, raw), cue in zip(read, expected, strict=True):
        voice = re.match("<v ([a-z]+)>", raw)
        assert voice
        assert voice[1] == cue.role.value
        assert html.unescape(raw[voice.end() :]) == "\n".join(cue.lines)


@given(turns())
@SOME
def test_subrip_is_read_by_another_program_with_the_same_text_and_times(found: tuple[Turn, ...]) -> None:
    expected = cues(found, labelled=True)
    read = parsed(srt(found), "srt") if expected else []
    assert [(begin, end) for begin, end, _ in read] == [(cue.begin_ms, cue.end_ms) for cue in expected]
    back = [unicodedata.normalize("NFKC", text) for _, _, text in read]
    assert back == [unicodedata.normalize("NFKC", "\n".join(cue.lines)) for cue in expected]


CTM = re.compile(r"(\S+) (\d+) (\d+\.\d{3}) (\d+\.\d{3}) (\S+) ([01]\.\d{4}) lex ([a-z]+)")
RTTM = re.compile(r"SPEAKER (\S+) (\d+) (\d+\.\d{3}) (\d+\.\d{3}) <NA> <NA> ([a-z]+) <NA> <NA>")


@given(turns())
@SOME
def test_ctm_has_a_line_for_each_word_by_channel_and_time(found: tuple[Turn, ...]) -> None:
    lines = ctm(found, source="call").splitlines()
    read = [CTM.fullmatch(line) for line in lines]
    assert all(read)
    places = [(int(one[2]), float(one[3])) for one in read if one]
    assert places == sorted(places)
    spoken = [word for turn in found for word in turn.words if shown(word.text)]
    assert len(lines) == len(spoken)
    assert sum(float(one[4]) for one in read if one) == pytest.approx(
        sum((word.end_ms - word.begin_ms) / 1000 for word in spoken)
    )


@given(turns())
@SOME
def test_rttm_has_a_line_for_each_turn_under_its_role(found: tuple[Turn, ...]) -> None:
    read = [RTTM.fullmatch(line) for line in rttm(found, source="call").splitlines()]
    assert [one[5] for one in read if one] == [turn.role.value for turn in found]
    begins = [float(one[3]) for one in read if one]
    assert begins == [pytest.approx((turn.begin_ms or 0) / 1000) for turn in found]


def test_what_has_no_times_says_so() -> None:
    written = Turn(position=0, role=CUSTOMER, text="Dear all")
    assert not is_timed([written])
    assert not has_word_times([written])
    assert cues([written]) == ()
    assert has_word_times([said("yes")])
