"""Amazon Transcribe Call Analytics categories, said in our query language; and what of one cannot be said in it.

A category there is a list of rules, all of which must hold: words, silence, interruptions or sentiment, of a role or of
anyone, in the whole call or in a part of it, or their absence (``CreateCallAnalyticsCategory`` in its API reference).
Whatever a rule becomes is parsed before it is taken: what the language cannot say is never guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from data.errors import CategoryInvalid, CategoryNotExpressible, QueryInvalid
from nlp.query import QUOTES, parse

How: TypeAlias = Literal["expressed", "approximated", "left_out"]

MAX_RULES = 20
MAX_TARGETS = 100
ROLES = ("agent", "customer")
NEUTRAL = 0.05
"""Where the three classes of sentiment part, as everywhere in this product."""
SHORTEST_SILENCE_MS = 3000
"""What is shorter is a pause of speech, and not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAccount:
    """What became of one rule. ``number`` counts from 1, ``query`` is empty where it is left out."""

    number: int
    kind: str
    how: How
    query: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AmazonCategory:
    """A category as it is to be saved. One with a rule left out matches more than it did there."""

    name: str
    query: str
    rules: tuple[RuleAccount, ...]

    @property
    def complete(self) -> bool:
        return all(rule.how != "left_out" for rule in self.rules)


@dataclass(frozen=True, slots=True)
class _Said:
    """A rule's core before its part of the call and its negation."""

    query: str
    notes: tuple[str, ...] = ()


class _Unsayable(Exception):
    """Why a rule cannot be said."""


def is_amazon(document: object) -> bool:
    """Whether a JSON document is meant as such categories."""
    return any(isinstance(one, Mapping) and "Rules" in one for one in _documents(document))


def amazon_categories(document: object) -> tuple[AmazonCategory, ...]:
    """The categories of a request or an answer of that API: one, or a list of them.

    Raises CategoryInvalid (permanent) for what is none, CategoryNotExpressible (permanent) where nothing can be said.
    """
    found = tuple(_category(one) for one in _documents(document))
    if not found:
        raise CategoryInvalid("there is no category in it")
    return found


def _documents(document: object) -> Sequence[Any]:
    if isinstance(document, Mapping):
        inner = document.get("CategoryProperties", document.get("Categories", document))
        return inner if isinstance(inner, list) else [inner]
    return document if isinstance(document, list) else []


def _category(document: Any) -> AmazonCategory:
    name, rules = _get(document, "CategoryName", str), _get(document, "Rules", list)
    if not name or not rules or not 0 < len(rules) <= MAX_RULES:
        raise CategoryInvalid(f"a category has a CategoryName and 1 to {MAX_RULES} Rules")
    accounts = tuple(_rule(number, rule) for number, rule in enumerate(rules, start=1))
    said = [account.query for account in accounts if account.query]
    if not said:
        raise CategoryNotExpressible(f"{name}: " + "; ".join(note for one in accounts for note in one.notes))
    if not _is_said(query := " ".join(said)):
        raise CategoryNotExpressible(f"{name}: its rules together are too long for one query")
    return AmazonCategory(name=name, query=query, rules=accounts)


def _rule(number: int, rule: Any) -> RuleAccount:
    given = [(kind, _get(rule, kind, dict)) for kind in KINDS if _get(rule, kind, dict) is not None]
    if len(given) != 1:
        raise CategoryInvalid(f"rule {number} has one of {', '.join(KINDS)}")
    kind, filter_ = given[0]
    try:
        said = KINDS[kind](filter_)
        query = _negated(filter_, _within(filter_, said.query))
    except _Unsayable as reason:
        return RuleAccount(number=number, kind=kind, how="left_out", query="", notes=(str(reason),))
    how: How = "approximated" if said.notes else "expressed"
    return RuleAccount(number=number, kind=kind, how=how, query=query, notes=said.notes)


# What a rule is about


def _transcript(filter_: Mapping[str, Any]) -> _Said:
    """Any of the targets."""
    targets = _get(filter_, "Targets", list) or []
    phrases = [_phrase(target) for target in targets if isinstance(target, str)]
    if not 0 < len(phrases) == len(targets) <= MAX_TARGETS:
        raise CategoryInvalid(f"a TranscriptFilter has 1 to {MAX_TARGETS} Targets, which are words")
    if (kind := filter_.get("TranscriptFilterType")) != "EXACT":
        raise _Unsayable(f"there is no TranscriptFilterType {kind}")
    any_of = " OR ".join(phrases)
    role = _role(filter_)
    notes = ("words are found in all their forms, not only as they are written",)
    return _Said(f"{role}:({any_of})" if role else f"({any_of})", notes)


def _phrase(target: str) -> str:
    return '"' + " ".join("".join(" " if char in QUOTES else char for char in target).split()) + '"'


def _non_talk(filter_: Mapping[str, Any]) -> _Said:
    asked = _milliseconds(filter_, "Threshold")
    if asked is None or asked < SHORTEST_SILENCE_MS:
        note = f"a silence counts from {SHORTEST_SILENCE_MS // 1000} s on"
        return _Said(f"silence>={_length(SHORTEST_SILENCE_MS)}", (note,))
    return _Said(f"silence>={_length(asked)}")


def _interruption(filter_: Mapping[str, Any]) -> _Said:
    asked, role = _milliseconds(filter_, "Threshold"), _role(filter_)
    often = f"interruptions.{role}>=1" if role else "interruptions>=1"
    if not asked:
        return _Said(often)
    long = f"overtalk>{_length(asked)}"
    if role is None:
        return _Said(long)
    return _Said(f"({long} {often})", ("the time of both roles speaking counts, whoever broke in",))


def _sentiment(filter_: Mapping[str, Any]) -> _Said:
    """Any of the sentiments, of the role or of either."""
    wanted = _get(filter_, "Sentiments", list) or []
    unknown = [one for one in wanted if one not in CLASSES]
    classes = [CLASSES[one] for one in wanted if one in CLASSES]
    if not classes:
        raise _Unsayable(f"a sentiment is one of {', '.join(CLASSES)}, not {', '.join(map(str, wanted)) or 'missing'}")
    notes = ["sentiment is of all that a role says, not of single turns"]
    notes += [f"{', '.join(map(str, unknown))} is left out"] if unknown else []
    role = _role(filter_)
    asked = [one.format(role=of) for of in ((role,) if role else ROLES) for one in classes]
    return _Said(f"({' OR '.join(asked)})" if len(asked) > 1 else asked[0], tuple(notes))


CLASSES: Mapping[str, str] = {
    "POSITIVE": f"sentiment.{{role}}>={NEUTRAL}",
    "NEGATIVE": f"sentiment.{{role}}<=-{NEUTRAL}",
    "NEUTRAL": f"(sentiment.{{role}}>-{NEUTRAL} sentiment.{{role}}<{NEUTRAL})",
}
KINDS: Mapping[str, Callable[[Mapping[str, Any]], _Said]] = {
    "TranscriptFilter": _transcript,
    "NonTalkTimeFilter": _non_talk,
    "InterruptionFilter": _interruption,
    "SentimentFilter": _sentiment,
}


# In which part of the call, and whether at all


def _within(filter_: Mapping[str, Any], query: str) -> str:
    """The query in its part of the call, in the first way that the language has for it."""
    part = _part(filter_)
    bare = query.removeprefix("(").removesuffix(")") if query.startswith("(") else query
    candidates = [query] if part is None else [f"{part}({bare})", *_inside(part, query)]
    for candidate in candidates:
        if _is_said(candidate):
            return candidate
    where = f" within {part}" if part else ""
    raise _Unsayable(f"the query language cannot ask for this{where}")


def _inside(part: str, query: str) -> Iterator[str]:
    """``agent:(first:30s( … ))`` where a role's words are asked for."""
    for role in ROLES:
        if query.startswith(f"{role}:("):
            yield f"{role}:({part}({query.removeprefix(f'{role}:(').removesuffix(')')}))"


def _negated(filter_: Mapping[str, Any], query: str) -> str:
    return f"NOT {query}" if _get(filter_, "Negate", bool) else query


def _part(filter_: Mapping[str, Any]) -> str | None:
    """``first:30s`` or ``last:10%``; None for the whole call."""
    absolute, relative = _get(filter_, "AbsoluteTimeRange", dict), _get(filter_, "RelativeTimeRange", dict)
    if absolute and relative:
        raise CategoryInvalid("a rule has one time range")
    if absolute:
        return _range(absolute, "StartTime", "EndTime", _length, None)
    if relative:
        return _range(relative, "StartPercentage", "EndPercentage", "{}%".format, 100)
    return None


def _range(given: Mapping[str, Any], begin: str, end: str, show: Callable[[int], str], whole: int | None) -> str:
    for side in ("First", "Last"):
        if (length := _milliseconds(given, side)) is not None:
            return f"{side.lower()}:{show(length)}"
    since, until = _milliseconds(given, begin), _milliseconds(given, end)
    if since is None or until is None or since > until:
        raise CategoryInvalid(f"a time range has First, Last, or {begin} and {end}")
    if since == 0:
        return f"first:{show(until)}"
    if until == whole:
        return f"last:{show(until - since)}"
    raise _Unsayable("the query language has the first and the last part of a call, none in between")


def _is_said(query: str) -> bool:
    try:
        parse(query)
    except QueryInvalid:
        return False
    return True


# Values


def _role(filter_: Mapping[str, Any]) -> str | None:
    role = _get(filter_, "ParticipantRole", str)
    if role is not None and role.lower() not in ROLES:
        raise CategoryInvalid("a ParticipantRole is AGENT or CUSTOMER")
    return role.lower() if role else None


def _length(milliseconds: int) -> str:
    seconds = milliseconds / 1000
    return f"{seconds:g}s"


def _milliseconds(given: Mapping[str, Any], name: str) -> int | None:
    value = _get(given, name, int)
    if value is not None and (isinstance(value, bool) or not 0 <= value <= 14_400_000):
        raise CategoryInvalid(f"{name} is a number from 0 to 14,400,000")
    return value


def _get(document: Any, name: str, kind: type[Any]) -> Any:
    """None where it is absent. Raises CategoryInvalid (permanent) where it is of another kind."""
    if not isinstance(document, Mapping):
        raise CategoryInvalid(f"{name} was expected in an object")
    value = document.get(name)
    if value is not None and not isinstance(value, kind):
        raise CategoryInvalid(f"{name} is no {kind.__name__}")
    return value
