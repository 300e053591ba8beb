"""The query language: what a supervisor types, as a tree that the search compiles.

    words  "a phrase"  cancel*  AND OR NOT -word  ( … )  a NEAR/5 b  (a OR "b c") BEFORE/5 d*
    customer:( … )  agent:( … )  first:30s( … )  last:10%( … )  sounds:"Katya Brenner"  ~like:"I want my money back"
    channel:voice  queue:billing  team:…  agent:"Jo Bell"  reason:"…"  language:en  segment:gold
    customer:phone:+49…  state:pending  date>=2026-10-01  silence>10s  duration>5m  sentiment<-0.3  talk_share.agent>60%

NEAR and BEFORE bind tighter than NOT, NOT tighter than AND, which is also what a space means, and AND tighter than OR.
The operators are written in capitals; in small letters they are words like any other. What looks like a field but is
meant as text goes in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from data.errors import QueryInvalid
from data.types import (
    NEAR_MAX,
    AllOf,
    AnyOf,
    Condition,
    Like,
    Measure,
    Near,
    Not,
    Phrase,
    Query,
    QueryNode,
    Role,
    SaidBy,
    SoundAlternative,
    Sounds,
    Term,
    Within,
    walk,
)
from nlp.query_conditions import condition

MAX_CHARACTERS = 2_000
MAX_DEPTH = 20
NEAR_DEFAULT = 5
"""Words, where NEAR or BEFORE gives no number."""
PAIRS_MAX = 64
HEARD_APART = (Role.CUSTOMER, Role.AGENT)

GRAMMAR = r"""
    ?start: or_
    ?or_: and_ (OR and_)*
    ?and_: not_ (AND? not_)*
    ?not_: (NOT | MINUS) not_ -> negated
         | near_
    ?near_: atom (NEAR atom)?
    ?atom: OPEN or_ CLOSE -> group
         | SCOPE OPEN or_ CLOSE -> said_by
         | WINDOW OPEN or_ CLOSE -> within
         | SOUNDS (VALUE | QUOTED) -> sounds
         | LIKE (VALUE | QUOTED) -> like
         | FIELD (VALUE | QUOTED) -> condition
         | QUOTED -> phrase
         | WORD -> word

    OR.5: /OR(?=[\s()]|$)/
    AND.5: /AND(?=[\s()]|$)/
    NOT.5: /NOT(?=[\s()]|$)/
    NEAR.5: /(NEAR|BEFORE)(\/[^\s()"“”„]*)?(?=[\s()"“”„]|$)/
    MINUS.4: /-(?=[^\s-])/
    SCOPE.4: /(ROLES):(?=\s*\()/
    SOUNDS.4: /sounds:/
    WINDOW.4: /(first|last):[0-9]{1,6}(\.[0-9]{1,3})?(s|m|h|%)(?=\s*\()/
    LIKE.4: /~like:/
    FIELD.3: /[A-Za-z_]+(\.[A-Za-z]+)?(:|<=|>=|<|>|=)/
    VALUE: /[^\s()"“”„]+/
    QUOTED.3: /["“”„][^"“”„]*["“”„]/
    WORD: /(?!(?:OR|AND|NOT|(?:NEAR|BEFORE)(?:\/[^\s()]*)?)(?:[\s()]|$))[^\s()"“”„*-][^\s()"“”„*]*(?:\*(?=[\s()]|$))?/
    OPEN: "("
    CLOSE: ")"
    %ignore /\s+/
""".replace("ROLES", "|".join(Role))

EXPECTED = {
    "WORD": "a word",
    "QUOTED": "a phrase in quotes",
    "VALUE": "a value",
    "OPEN": "“(”",
    "CLOSE": "“)”",
    "$END": "the end",
}
"""What a reader is told could stand there; the rest of the grammar goes without saying."""

QUOTES = '"“”„'
UNSTORABLE = re.compile("[\\0\\ud800-\\udfff]")
"""What PostgreSQL cannot hold, so that looking for it would be an error there."""


SoundsOf: TypeAlias = Callable[[str], tuple[SoundAlternative, ...]]


def parse(text: str, sounds_of: SoundsOf | None = None) -> Query:
    """What ``text`` asks for; nothing but space asks for everything.

    ``sounds_of`` gives the phonetic keys of a name, for ``sounds:``; without it nothing can be asked for by sound.
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
        root: QueryNode = _parser(sounds_of).parse(text)  # type: ignore[assignment]  # the transformer answers with a node
    except UnexpectedInput as error:
        raise _refusal(text, error) from None
    return Query(text=text, root=root)


@cache
def _parser(sounds_of: SoundsOf | None) -> Lark:
    """Made once; LALR takes time in proportion to the text, whatever the text is."""
    return Lark(GRAMMAR, parser="lalr", transformer=_Builder(sounds_of))


class _Builder(Transformer[Token, QueryNode]):
    """A node for each rule as it is recognised."""

    def __init__(self, sounds_of: SoundsOf | None) -> None:
        super().__init__()
        self._sounds_of = sounds_of

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
        _check_inside(parts[0], parts[2], (Like, Condition, Measure, SaidBy))
        if role not in HEARD_APART and any(isinstance(node, Sounds) for node in walk(parts[2])):
            raise QueryInvalid("by sound only the customer's and the agent's words are told apart", parts[0].start_pos)
        return SaidBy(role=role, node=parts[2])

    def within(self, parts: list[Any]) -> QueryNode:
        _check_inside(parts[0], parts[2], (Sounds, Like, Condition, Measure, Within))
        edge, _, length = str(parts[0]).partition(":")
        amount, unit = float(length[:-1]), length[-1]
        if not amount or (unit == "%" and amount > 100):
            raise QueryInvalid("a length above 0, and of at most 100 %, was expected", parts[0].start_pos)
        seconds = {"s": 1, "m": 60, "h": 3600}.get(unit)
        kind = "percent" if seconds is None else "seconds"
        return Within(edge=edge, amount=amount * (seconds or 1), unit=kind, node=parts[2])  # type: ignore[arg-type]  # as the token allows

    def near_(self, parts: list[Any]) -> QueryNode:
        left, near, right = parts
        name, slash, number = near.partition("/")
        distance = int(number) if number.isdecimal() else 0 if slash else NEAR_DEFAULT
        if not 1 <= distance <= NEAR_MAX:
            raise QueryInvalid(f"a distance from 1 to {NEAR_MAX} words was expected, as in {name}/5", near.start_pos)
        one, other = _alternatives(left, near.start_pos), _alternatives(right, near.start_pos)
        if len(one) * len(other) > PAIRS_MAX:
            raise QueryInvalid(f"at most {PAIRS_MAX} pairs of words can be looked for near one another", near.start_pos)
        return Near(left=one, right=other, distance=distance, in_order=name == "BEFORE")

    def condition(self, parts: list[Any]) -> QueryNode:
        name, value = parts
        text = value.strip(QUOTES).strip() if value.type == "QUOTED" else str(value)
        return condition(str(name), text, name.start_pos, value.start_pos)

    def sounds(self, parts: list[Any]) -> QueryNode:
        name, given = parts
        if self._sounds_of is None:
            raise QueryInvalid("nothing can be asked for by sound here", name.start_pos)
        text = given.strip(QUOTES).strip()
        keys = self._sounds_of(text)
        if not keys:
            raise QueryInvalid("a name was expected, in letters whose sound is known", given.start_pos)
        return Sounds(text=text, keys=keys)

    def like(self, parts: list[Any]) -> QueryNode:
        name, given = parts
        return Like(text=_speakable(given, str(given).strip(QUOTES).strip()), at=name.start_pos)

    def phrase(self, parts: list[Any]) -> QueryNode:
        return Phrase(text=_speakable(parts[0], str(parts[0]).strip(QUOTES).strip()))

    def word(self, parts: list[Any]) -> QueryNode:
        text = str(parts[0])
        return Term(text=_speakable(parts[0], text.removesuffix("*")), prefix=text.endswith("*"))


def _flat(parts: list[Any], kind: type[AllOf] | type[AnyOf]) -> Iterator[QueryNode]:
    """Without the operators themselves, and one level where several of the same kind are nested."""
    for part in parts:
        if isinstance(part, kind):
            yield from part.nodes
        elif not isinstance(part, Token):
            yield part


def _check_inside(token: Token, node: QueryNode, refused: tuple[type, ...]) -> None:
    """Raises QueryInvalid for what has no place in a role's words or in a part of a contact."""
    if any(isinstance(part, refused) for part in walk(node)):
        raise QueryInvalid(f"only words and phrases can stand in {token}( … )", token.start_pos)


def _alternatives(node: QueryNode, position: int) -> tuple[Term | Phrase, ...]:
    """What can stand at one side of NEAR. Raises QueryInvalid for anything but words, phrases and a choice of them."""
    nodes = node.nodes if isinstance(node, AnyOf) else (node,)
    spoken = tuple(part for part in nodes if isinstance(part, Term | Phrase))
    if len(spoken) < len(nodes):
        raise QueryInvalid("beside NEAR and BEFORE stands a word, a phrase, or a choice as in (a OR b)", position)
    return spoken


def _speakable(token: Token, text: str) -> str:
    """Raises QueryInvalid where there is no letter or digit that could be found."""
    if not any(character.isalnum() for character in text):
        raise QueryInvalid("a word has at least one letter or digit", token.start_pos)
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
    *others, last = wanted or ["a word"]
    return QueryInvalid(
        f"expected here: {', '.join(others)} or {last}" if others else f"expected here: {last}", position
    )
