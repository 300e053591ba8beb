"""Forms of address and positions, kept by default: "Dr.", "Mrs", "PhD"; "Systems administrator" under a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detection import Detection

HONORIFIC = re.compile(
    r"\b(?:(?i:mr|mrs|ms|miss|mx|dr|prof|rev|hon|herrn?|frau|mme|monsieur|madame|señora?|sra?|srta|don|doña)\b\.?"
    r"|Sir|Dame|Lord|Lady|Professor|Doctor|Captain|Capt\.|Sgt\.|Lt\.|Col\.)(?=\s[^\W\d_])"
)
AFTER = re.compile(r"(?<=\w)[,\s]\s?(?P<title>Ph\.?D|M\.?D|DDS|DVM|Esq|MBA|CPA|RN)\b\.?")
_HEAD = (
    r"(?:manager|director|engineer|technician|technologist|operator|clerk|assistant|officer|analyst|consultant|coordinator"
    r"|administrator|supervisor|specialist|representative|president|accountant|nurse|surgeon|physician|teacher|lawyer"
    r"|attorney|scientist|cashier|mechanic|installer|developer|designer|architect|editor|agent|advisor|adviser|planner"
    r"|inspector|instructor|therapist|tender|drafter|worker|lineman|programmer|secretary|executive|chief|head|CEO|CFO|CTO)"
)
POSITION = re.compile(
    rf"(?:^[^\w\n]{{0,20}}|,\sthe\s)(?P<title>(?:[^\W\d_][\w'-]{{0,40}},?[^\S\n]){{1,7}}?{_HEAD}\b)(?=[^\S\n]*$|,\s)",
    re.MULTILINE | re.IGNORECASE,
)
"""In a line of its own, as under a name, or in apposition: ", the benefits manager,"."""


def find_titles(text: str) -> Iterator[Detection]:
    for match in HONORIFIC.finditer(text):
        yield Detection(type="TITLE", begin=match.start(), end=match.end(), score=0.4)
    for pattern in (AFTER, POSITION):
        for match in pattern.finditer(text):
            yield Detection(type="TITLE", begin=match.start("title"), end=match.end("title"), score=0.4)
