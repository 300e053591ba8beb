"""Organisations by what stands in their names: legal forms, "and Sons", kinds of institution."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detection import Detection

_FORM = (
    r"(?:inc|incorporated|llc|l\.l\.c|ltd|limited|corp|corporation|gmbh|mbh|ohg|kgaa|plc|llp|pty|s\.?a\.?r\.?l|s\.?p\.?a"
    r"|s\.?r\.?l|b\.v|n\.v|oyj?|aps|a/s)"
)
_KIND = (
    r"(?:Group|Holdings?|Partners|Associates|Company|Co|AG|KG|SE|AB|AS|SA|NV|BV|Bros|Brothers|Sons|Foundation|Institute"
    r"|University|College|Hospital|Clinic|Bank|Insurance|Airlines?|Airways|Motors|Industries|Enterprises|Systems|Services"
    r"|Solutions|Technologies|Consulting|Laboratories|Labs|Pharmaceuticals|Energy|Capital|Ventures|Media|Movers)"
)
_CAPITAL = r"[^\W\d_a-zà-ÿ][\w&'’.-]{0,40}"
_JOIN = r"(?:[^\S\n]|,[^\S\n]|[^\S\n](?:&|and|of|the|for|und|et|y|n')[^\S\n])"
ORGANISATION = re.compile(
    rf"\b{_CAPITAL}(?:{_JOIN}{_CAPITAL}){{0,5}},?[^\S\n](?:(?i:{_FORM})\b\.?|{_KIND}\b\.?(?![^\S\n]{_CAPITAL}))"
    rf"|(?i:\b[^\W\d_][\w&'’.-]{{0,40}}(?:[^\S\n](?:[^\W\d_][\w&'’.-]{{0,40}}|&)){{0,2}},?[^\S\n](?:inc|llc|ltd|gmbh|incorporated)\b\.?)"
    rf"|\b(?:Ministry|Department|Bureau|University|Bank|Institute)[^\S\n]of[^\S\n](?:the[^\S\n])?{_CAPITAL}"
    rf"(?:{_JOIN}{_CAPITAL}){{0,3}}"
)


def find_organisations(text: str) -> Iterator[Detection]:
    """Names of organisations, kept by the default policy."""
    for match in ORGANISATION.finditer(text):
        yield Detection(type="ORGANIZATION", begin=match.start(), end=match.end(), score=0.6)
