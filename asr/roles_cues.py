"""What agents say and customers do not, what customers say, and what only a machine says: the files in ``cues/``.

A line is a weight and a pattern over plain text; the weight says by how much it speaks for its section's role, where
1 is a hint and 3 is as good as said outright. ``system`` is what nobody but a machine says, ``system_too`` what a
machine and a person say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

Section = Literal["agent", "customer", "system", "system_too"]
Cue = tuple[float, re.Pattern[str]]
_NEVER = re.compile(r"(?!)")
_SCRIPTS = str.maketrans(
    "麼為幫請問電話錄帳賬訂單戶號碼網絡寬帶車機時開壞連沒對務興謝來貴稱還訴實證處辦記給諮詢聽後聲鍵歡撥",
    "么为帮请问电话录账账订单户号码网络宽带车机时开坏连没对务兴谢来贵称还诉实证处办记给咨询听后声键欢拨",
)
"""The recogniser writes some Mandarin in traditional characters; these are the ones that cues have."""


def plain(text: str) -> str:
    """As cues are written: lower case, straight apostrophes, simplified characters."""
    return text.lower().replace("’", "'").translate(_SCRIPTS)


def cues(language: str, section: Section) -> Sequence[Cue]:
    """Weights and patterns in this BCP-47 language; none where it has no file."""
    return _file(language.partition("-")[0]).get(section, ())


@cache
def machine(language: str, section: Literal["system", "system_too"]) -> re.Pattern[str]:
    """All of a section's cues as one pattern."""
    patterns = [f"(?:{pattern.pattern})" for _, pattern in cues(language, section)]
    return re.compile("|".join(patterns)) if patterns else _NEVER


@cache
def _file(language: str) -> Mapping[str, Sequence[Cue]]:
    path = files("asr") / "cues" / f"{language}.txt"
    found: dict[str, list[Cue]] = defaultdict(list)
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            weight, _, pattern = line.partition("  ")
            found[section].append((float(weight), re.compile(pattern)))
    return found
