"""How interactions sound: an index of phonetic keys, and where in a turn one of them is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, cast, delete, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from data.tables import InteractionRow, SoundRow, TurnRow
from data.types import Role, Sound, SoundAlternative, Sounds, spoken_words

PLACES_MAX = 16_383
"""A vector holds no greater; a later word is found, but not marked."""
WEIGHTS = {Role.CUSTOMER: "A", Role.AGENT: "B"}
OTHERS = "C"

INSERT = text("INSERT INTO sound (tenant, interaction_id, keys) VALUES (:tenant, :id, CAST(:keys AS tsvector))")
PLACES = text("""
    SELECT s.interaction_id, k.lexeme, k.positions FROM sound AS s CROSS JOIN LATERAL unnest(s.keys) AS k
    WHERE s.tenant = :tenant AND s.interaction_id = ANY (:interactions) AND k.lexeme = ANY (:keys)
""")


class SoundStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def save(self, interaction_id: uuid.UUID, sounds: Sequence[Sound] | None) -> None:
        """Replaces what an interaction sounds like; None: nobody can tell, so a search by sound leaves it open."""
        held = (SoundRow.tenant == self._tenant, SoundRow.interaction_id == interaction_id)
        self._session.execute(delete(SoundRow).where(*held))
        if sounds is not None:
            keys = " ".join(self._lexemes(sounds))
            self._session.execute(INSERT, {"tenant": self._tenant, "id": interaction_id, "keys": keys})

    def _lexemes(self, sounds: Sequence[Sound]) -> Iterator[str]:
        for sound in sounds:
            weight = WEIGHTS.get(sound.role, OTHERS)
            place = f":{sound.place}{weight}" if sound.place <= PLACES_MAX else f":{PLACES_MAX}{weight}"
            yield _quoted(lexeme(self._tenant, sound.key)) + place

    def places(
        self, interactions: Sequence[uuid.UUID], asked: Sounds
    ) -> dict[tuple[uuid.UUID, int], list[tuple[int, int]]]:
        """By interaction and turn, the characters that sound so."""
        keys = {lexeme(self._tenant, key) for alternative in asked.keys for choice in alternative for key in choice}
        given = {"tenant": self._tenant, "interactions": list(interactions), "keys": list(keys)}
        held: dict[uuid.UUID, dict[str, set[int]]] = {}
        for interaction, key, places in self._session.execute(PLACES, given):
            held.setdefault(interaction, {})[key.partition(SEPARATOR)[2]] = set(places)
        texts = self._texts(held)
        return {
            (interaction, turn): spans
            for interaction, found in held.items()
            for turn, spans in _spans(_runs(found, asked), texts[interaction]).items()
        }

    def _texts(self, interactions: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
        statement = select(TurnRow.interaction_id, TurnRow.text).where(
            TurnRow.tenant == self._tenant, TurnRow.interaction_id.in_(interactions)
        )
        texts: dict[uuid.UUID, list[str]] = {}
        for interaction, said in self._session.execute(statement.order_by(TurnRow.interaction_id, TurnRow.position)):
            texts.setdefault(interaction, []).append(said)
        return texts


SEPARATOR = "\x1f"


def lexeme(tenant: str, key: str) -> str:
    """With the tenant in it one look-up passes by what others say."""
    return f"{tenant}{SEPARATOR}{key}"


def sounding(asked: Sounds, tenant: str, said_by: Sequence[str]) -> ColumnElement[bool]:
    """That an interaction holds it; ``said_by``: ``customer``, ``agent`` and ``other``, or some of them."""
    letters = {"customer": "A", "agent": "B", "other": OTHERS}
    weights = ":" + "".join(letters[one] for one in said_by)
    wanted = " | ".join(f"({_phrase(tenant, alternative, weights)})" for alternative in asked.keys)
    found = func.search_sound(cast(wanted, TSQUERY)).table_valued("interaction_id").alias("sounding")
    return InteractionRow.id.in_(select(found.c.interaction_id))


def without_sounds() -> ColumnElement[bool]:
    """That nobody can tell how an interaction sounds."""
    known = exists().where(SoundRow.tenant == InteractionRow.tenant, SoundRow.interaction_id == InteractionRow.id)
    return or_(InteractionRow.text_config.is_(None), ~known)


def _phrase(tenant: str, alternative: SoundAlternative, weights: str) -> str:
    choices = (" | ".join(_quoted(lexeme(tenant, key)) + weights for key in choice) for choice in alternative)
    return " <-> ".join(f"({choice})" for choice in choices)


def _quoted(key: str) -> str:
    return "'" + key.replace("\\", "\\\\").replace("'", "''") + "'"


def _runs(found: Mapping[str, set[int]], asked: Sounds) -> Iterator[tuple[int, int]]:
    """First and last word of each place; a key says of how many words it is."""
    for alternative in asked.keys:
        choices = [{place for key in choice for place in found.get(key, ())} for choice in alternative]
        words = len(alternative) - 1 + int(alternative[0][0][0])
        for place in choices[0] - {PLACES_MAX}:
            if all(place + number in choice for number, choice in enumerate(choices)):
                yield place, place + words - 1


def _spans(runs: Iterator[tuple[int, int]], texts: Sequence[str]) -> dict[int, list[tuple[int, int]]]:
    words = {word.place: word for word in spoken_words(texts)}
    spans: dict[int, list[tuple[int, int]]] = {}
    for first, last in runs:
        if first in words and last in words:
            spans.setdefault(words[first].turn, []).append((words[first].char_begin, words[last].char_end))
    return spans
