"""Reading a query, with what it takes from the stages: how a name sounds."""

from __future__ import annotations

from data.types import Query


def read(text: str) -> Query:
    """Raises QueryInvalid (permanent) with the position and what was expected there."""
    from asr.sounds import sought
    from nlp.query import parse

    return parse(text, sought)
