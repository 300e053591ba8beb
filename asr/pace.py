"""Whether text can have been said in its time: by syllables, of which every language has about as many a second.

Between 4 and 8 syllables a second in 17 languages (Coupé et al., Different languages, similar encoding efficiency,
Science Advances 2019). Counted by script: a character of Chinese or Korean and a kana is one, an alphabet's letters
are two or three to a syllable.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from asr.artefacts import plain
from data.types import Word

FASTEST, TOO_FAST = 10.0, 18.0
"""Syllables a second at which doubt begins, and is full. The slack is for word times, which are off by a tenth."""
SLOWEST, TOO_SLOW = 0.6, 0.15
"""Of words held for longer than ``HELD_S`` together; a hesitating speaker's are longer, but there are few of them."""
HELD_S = 3.0
LETTERS = {"ARABIC": 2.0, "HEBREW": 2.0, "THAI": 2.0, "DEVANAGARI": 1.5, "CJK": 1.0, "HANGUL": 1.0}
"""Letters a syllable by the first word of a character's Unicode name; ``HIRAGANA`` and ``KATAKANA`` are 1 as well."""
ALPHABET = 2.6
LOOP_TURNS = 3
"""Said so often in succession, words are still meant."""
LONGEST_LOOP = 12


def syllables(text: str) -> float:
    """About how many; a digit counts as one."""
    return sum(_part_of_syllable(char) for char in plain(text).replace(" ", ""))


def _part_of_syllable(char: str) -> float:
    if unicodedata.category(char)[0] != "L":
        return 1.0 if char.isdigit() else 0.0
    script = unicodedata.name(char, "").split(" ")[0]
    return 1 / (1.0 if script in ("HIRAGANA", "KATAKANA") else LETTERS.get(script, ALPHABET))


def pace_doubt(text: str, words: Sequence[Word]) -> float:
    """0 where the words' times suit their number, 1 where nobody can speak so fast or holds a word so long.

    Times are the words' own, without the pauses between them. Without words nothing is known: 0.
    """
    if not words:
        return 0.0
    seconds = sum(word.end_ms - word.begin_ms for word in words) / 1000
    spoken = syllables(text)
    fast = (spoken - 1 - FASTEST * seconds) / max((TOO_FAST - FASTEST) * seconds, 1)
    slow = (SLOWEST - spoken / seconds) / (SLOWEST - TOO_SLOW) if seconds > HELD_S else 0.0
    return min(max(fast, slow, 0.0), 1.0)


def looped_share(text: str) -> float:
    """The share of the text that only repeats what stands right before it, beyond three times; 0–1.

    By words, and by characters where the script has no spaces.
    """
    words = plain(text).split()
    units = words if len(words) > 1 else list("".join(words))
    lengths = range(1, min(LONGEST_LOOP, len(units) // 2) + 1)
    return max((_repeated(units, length) / len(units) for length in lengths), default=0.0)


def _repeated(units: Sequence[str], length: int) -> int:
    """Units in runs of one group of this length, without the run's first turns."""
    longest = 0
    for run in _runs(one == other for one, other in zip(units, units[length:], strict=False)):
        longest = max(longest, run + length - LOOP_TURNS * length)
    return longest


def _runs(same: Iterable[bool]) -> Iterable[int]:
    """Lengths of the stretches that are true."""
    count = 0
    for is_so in same:
        count = count + 1 if is_so else 0
        if count:
            yield count
