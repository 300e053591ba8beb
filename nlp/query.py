"""The query language: what a supervisor types, as a tree that the search compiles.

    words  "a phrase"  cancel*  AND OR NOT -word  ( … )  customer:( … )  agent:( … )
    channel:voice  queue:billing  team:…  agent:"Jo Bell"  reason:"…"  language:en  segment:gold
    customer:phone:+49…  state:pending  date>=2026-10-01

NOT binds tighter than AND, which is also what a space means, and AND tighter than OR. The operators are written in
capitals; in small letters they are words like any other. What looks like a field but is meant as text goes in quotes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from data.errors import CustomerRefInvalid, QueryInvalid
from data.types import AllOf, AnyOf, Channel, Condition, CustomerRef, Not, Phrase, Query, QueryNode, Role, SaidBy, State
from data.types import Term as Word

MAX_CHARACTERS = 2_000
MAX_DEPTH = 20

GRAMMAR = r"""
    ?start: or_
    ?or_: and_ (OR and_)*
    ?and_: not_ (AND? not_)*
    ?not_: (NOT | MINUS) not_ -> negated
         | atom
    ?atom: OPEN or_ CLOSE -> group
         | SCOPE OPEN or_ CLOSE -> said_by
         | FIELD (VALUE | QUOTED) -> condition
         | QUOTED -> phrase
         | WORD -> word

    OR.5: /OR(?=[\s()]|$)/
    AND.5: /AND(?=[\s()]|$)/
    NOT.5: /NOT(?=[\s()]|$)/
    MINUS.4: /-(?=[^\s-])/
    SCOPE.4: /(customer|agent):(?=\s*\()/
    FIELD.3: /[A-Za-z_]+(:|<=|>=|<|>|=)/
    VALUE: /[^\s()"“”„]+/
    QUOTED.3: /["“”„][^"“”„]*["“”„]/
    WORD: /(?!(?:OR|AND|NOT)(?:[\s()]|$))[^\s()"“”„*-][^\s()"“”„*]*(?:\*(?=[\s()]|$))?/
    OPEN: "("
    CLOSE: ")"
    %ignore /\s+/
"""

EXPECTED = {
    "WORD": "a word",
    "QUOTED": "a phrase in quotes",
    "VALUE": "a value",
    "OPEN": "(",
    "CLOSE": ")",
    "$END": "the end",
}
"""What a reader is told could stand there; the rest of the grammar goes without saying."""

QUOTES = '"“”„'
UNSTORABLE = re.compile("[\\0\\ud800-\\udfff]")
"""What PostgreSQL cannot hold, so that looking for it would be an error there."""


def parse(text: str) -> Query:
    """What ``text`` asks for; nothing but space asks for everything.

    Raises QueryInvalid (permanent) with the position, counted from 0, and what was expected there; nothing else.
    """
    if len(text) > MAX_CHARACTERS:
        raise QueryInvalid(f"at most {MAX_CHARACTERS} characters", MAX_CHARACTERS)
    if unstorable := UNSTORABLE.search(text):
        raise QueryInvalid("this character is in no text", unstorable.start())
    if not text.strip():
        return Query(text=text, root=None)
    _check_depth(text)
    try:
        root: QueryNode = _parser().parse(text)  # type: ignore[assignment]  # the transformer answers with a node
    except UnexpectedInput as error:
        raise _refusal(text, error) from None
    return Query(text=text, root=root)


@cache
def _parser() -> Lark:
    """Made once; LALR takes time in proportion to the text, whatever the text is."""
    return Lark(GRAMMAR, parser="lalr", transformer=_Builder())


class _Builder(Transformer[Token, QueryNode]):
    """A node for each rule as it is recognised."""

    def or_(self, parts: list[Any]) -> QueryNode:
        nodes = tuple(_flat(parts, AnyOf))
        return AnyOf(nodes=nodes)

    def and_(self, parts: list[Any]) -> QueryNode:
        nodes = tuple(_flat(parts, AllOf))
        return nodes[0] if len(nodes) == 1 else AllOf(nodes=nodes)

    def negated(self, parts: list[Any]) -> QueryNode:
        node = parts[1]
        return node.node if isinstance(node, Not) else Not(node=node)

    def group(self, parts: list[Any]) -> QueryNode:
        node: QueryNode = parts[1]
        return node

    def said_by(self, parts: list[Any]) -> QueryNode:
        role = Role(str(parts[0]).rstrip(":"))
        if any(isinstance(node, Condition | SaidBy) for node in _walk(parts[2])):
            raise QueryInvalid(f"only words and phrases can stand in {role}:( … )", parts[0].start_pos)
        return SaidBy(role=role, node=parts[2])

    def condition(self, parts: list[Any]) -> QueryNode:
        return _condition(parts[0], parts[1])

    def phrase(self, parts: list[Any]) -> QueryNode:
        return Phrase(text=_speakable(parts[0], str(parts[0]).strip(QUOTES).strip()))

    def word(self, parts: list[Any]) -> QueryNode:
        text = str(parts[0])
        return Word(text=_speakable(parts[0], text.removesuffix("*")), prefix=text.endswith("*"))


def _flat(parts: list[Any], kind: type[AllOf] | type[AnyOf]) -> Iterator[QueryNode]:
    """Without the operators themselves, and one level where several of the same kind are nested."""
    for part in parts:
        if isinstance(part, kind):
            yield from part.nodes
        elif not isinstance(part, Token):
            yield part


def _walk(node: QueryNode) -> Iterator[QueryNode]:
    yield node
    match node:
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            for child in nodes:
                yield from _walk(child)
        case Not(node=child) | SaidBy(node=child):
            yield from _walk(child)


def _speakable(token: Token, text: str) -> str:
    """Raises QueryInvalid where there is no letter or digit that could be found."""
    if not any(character.isalnum() for character in text):
        raise QueryInvalid("a word has at least one letter or digit", token.start_pos)
    return text


# Conditions


def _one_of(values: type[Channel] | type[State]) -> Callable[[str], str]:
    def check(value: str) -> str:
        try:
            return values(value.lower()).value
        except ValueError:
            raise QueryInvalid(f"one of {', '.join(values)} was expected") from None

    return check


def _date(value: str) -> str:
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        raise QueryInvalid("a date as in 2026-10-01 was expected") from None


def _customer(value: str) -> str:
    try:
        return str(CustomerRef.parse(value))
    except CustomerRefInvalid as error:
        raise QueryInvalid(error.message) from None


FIELDS: dict[str, Callable[[str], str]] = {
    "channel": _one_of(Channel),
    "queue": str,
    "team": str,
    "agent": str,
    "reason": str,
    "language": str,
    "segment": str,
    "customer": _customer,
    "state": _one_of(State),
    "date": _date,
}


def _condition(name: Token, given: Token) -> Condition:
    match = re.fullmatch(r"([A-Za-z_]+)(:|<=|>=|<|>|=)", str(name))
    assert match is not None
    field, operator = match[1].lower(), match[2].replace(":", "=")
    if field not in FIELDS:
        known = ", ".join(FIELDS)
        raise QueryInvalid(f"there is no field {field}: put text in quotes; fields are {known}", name.start_pos)
    if operator != "=" and field != "date":
        raise QueryInvalid(f"{field} can only be equal: write {field}:value", name.start_pos)
    try:
        value = FIELDS[field](_value(given))
    except QueryInvalid as error:
        raise QueryInvalid(error.detail, given.start_pos) from None
    return Condition(field=field, operator=operator, value=value)  # type: ignore[arg-type]  # both checked above


def _value(given: Token) -> str:
    text = str(given).strip(QUOTES).strip() if given.type == "QUOTED" else str(given)
    if not text:
        raise QueryInvalid("a value was expected")
    return text


# Refusals


def _check_depth(text: str) -> None:
    """Before parsing, so that no step of ours or of the database meets a deep tree."""
    depth, quoted = 0, False
    for position, character in enumerate(text):
        if character in QUOTES:
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise QueryInvalid(f"at most {MAX_DEPTH} parentheses within one another", position)


def _refusal(text: str, error: UnexpectedInput) -> QueryInvalid:
    position = error.pos_in_stream if isinstance(error.pos_in_stream, int) else len(text)
    if isinstance(error, UnexpectedCharacters):
        if text[position] in QUOTES:
            return QueryInvalid("this quote is never closed", position)
        names = error.allowed or set()
    elif isinstance(error, UnexpectedToken):
        position = len(text) if error.token.type == "$END" else position
        names = error.accepts or error.expected
    else:
        names = set()
    wanted = [words for name, words in EXPECTED.items() if name in names]
    return QueryInvalid("expected here: " + (", ".join(wanted) or "a word"), position)
