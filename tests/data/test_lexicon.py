"""A lexicon keeps each phrase once, and each tenant's phrases to itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.database import Database
from data.errors import LexiconFull
from data.lexicon import LexiconStore
from data.phrase_lists import Stored
from data.types import LexiconEntry

CAP = LexiconEntry(phrase="data cap", valence=-2.5)
PERK = LexiconEntry(phrase="welcome gift", valence=2, language="en")


def test_an_entry_comes_back_as_it_was_put_and_only_once(database: Database) -> None:
    with database.tenant("default") as stores:
        stores.tenants.ensure()
        assert stores.lexicon.put([PERK, CAP, CAP]) == Stored(new=2, changed=0, repeated=1)
        assert stores.lexicon.put([replace(CAP, valence=0)]) == Stored(new=0, changed=1, repeated=0)
        assert stores.lexicon.all() == (replace(CAP, valence=0), PERK)
        assert stores.lexicon.remove(["data cap", "never there"]) == 1
        assert stores.lexicon.all() == (PERK,)


def test_f37_another_tenants_phrases_are_not_seen(database: Database) -> None:
    with database.tenant("other") as stores:
        stores.tenants.ensure()
        stores.lexicon.put([CAP])
    with database.tenant("default") as stores:
        assert stores.lexicon.all() == ()
        assert stores.lexicon.remove(["data cap"]) == 0


def test_a_lexicon_has_an_end(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LexiconStore, "most", 1)
    with database.tenant("default") as stores:
        stores.tenants.ensure()
    with pytest.raises(LexiconFull), database.tenant("default") as stores:
        stores.lexicon.put([CAP, PERK])
    with database.tenant("default") as stores:
        assert stores.lexicon.all() == ()
