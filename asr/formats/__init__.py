"""A transcript in the formats that players and scoring tools read; every writer takes turns and returns text.

turns → cues → SubRip, WebVTT
turns → CTM, RTTM
"""

from asr.formats.cues import Cue, cues, is_timed
from asr.formats.nist import ctm, has_word_times, rttm
from asr.formats.subtitles import srt, webvtt
from asr.formats.wording import shown

__all__ = ["Cue", "ctm", "cues", "has_word_times", "is_timed", "rttm", "shown", "srt", "webvtt"]
