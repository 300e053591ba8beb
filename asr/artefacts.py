"""Phrases that recognisers write where nobody speaks, in any language; the data file beside this names its sources."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from enum import StrEnum
from fnmatch import translate
from functools import cache, lru_cache
from importlib.resources import files

NOTE = re.compile(r"(?:\s*(?:[\[(（【<][^\d\])）】>]+[\])）】>]|\*[^*\d]+\*|[♪♫♬][^♪♫♬]*)[\s.,!?…]*)+")
"""A note on the sound, as subtitles for the deaf have it: ``[Music]``, ``(applause)``, ``*laughs*``, ``♪ la la``."""


class Artefact(StrEnum):
    """What a whole segment may be instead of speech."""

    NO_WORD = "no_word"
    """Punctuation or a note on the sound: nobody said it, whatever else speaks for it."""
    CREDIT = "credit"
    AUDIENCE = "audience"
    COURTESY = "courtesy"
    """Said by people as well, and often."""


@lru_cache(maxsize=10_000)
def artefact(text: str) -> Artefact | None:
    """What the segment's text is known as; None where it is like any other. The whole text decides, not a part."""
    bare = plain(text)
    if not bare or NOTE.fullmatch(text):
        return Artefact.NO_WORD
    return next((kind for kind, known in _known().items() if known.fullmatch(bare)), None)


def plain(text: str) -> str:
    """In lower case, with letters, marks and digits only and one space between words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in folded).split())


@cache
def _known() -> dict[Artefact, re.Pattern[str]]:
    stored = tomllib.loads(files("asr").joinpath("artefacts.toml").read_text(encoding="utf-8"))
    kinds = {Artefact.CREDIT: "credits", Artefact.AUDIENCE: "audience", Artefact.COURTESY: "courtesies"}
    return {kind: re.compile("|".join(map(translate, stored[name]))) for kind, name in kinds.items()}
