"""What a tenant knows before a contact is read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from data.types import LexiconEntry
from nlp.background import Background
from nlp.entities.gazetteer import Gazetteer
from nlp.shorthand import NO_SHORTHAND, Shorthand

NO_NAMES = Gazetteer()
GENERAL = Background()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """``day`` is the contact's in its tenant's calendar, None where it has none; ``language`` with its region."""

    names: Gazetteer = NO_NAMES
    background: Background = GENERAL
    day: dt.date | None = None
    persons: bool = False
    """Whether its policy leaves their names in the text."""
    language: str | None = None
    shorthand: Shorthand = NO_SHORTHAND
    """What its agents' notes are written in."""
    lexicon: tuple[LexiconEntry, ...] = ()
    """What feels good or bad in the tenant's trade."""


NOTHING = Known()
