"""A vocabulary keeps each name once, and each tenant's names to itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.database import Database
from data.errors import VocabularyFull
from data.phrase_lists import Stored
from data.types import VocabularyEntry
from data.vocabulary import VocabularyStore

PRODUCT = VocabularyEntry(phrase="Reasonance", kind="product", spoken=("reason ants",))
PLACE = VocabularyEntry(phrase="Poughkeepsie", kind="place", language="en")


def test_an_entry_comes_back_as_it_was_put_and_only_once(database: Database) -> None:
    with database.tenant("default") as stores:
        stores.tenants.ensure()
        assert stores.vocabulary.put([PRODUCT, PLACE, PLACE]) == Stored(new=2, changed=0, repeated=1)
        assert stores.vocabulary.put([PRODUCT]) == Stored(new=0, changed=0, repeated=1)
        assert stores.vocabulary.put([replace(PRODUCT, spoken=())]) == Stored(new=0, changed=1, repeated=0)
        assert stores.vocabulary.all() == (PLACE, replace(PRODUCT, spoken=()))
        assert stores.vocabulary.remove(["Reasonance", "never there"]) == 1
        assert stores.vocabulary.all() == (PLACE,)


def test_f37_another_tenants_names_are_not_seen(database: Database) -> None:
    with database.tenant("other") as stores:
        stores.tenants.ensure()
        stores.vocabulary.put([PRODUCT])
    with database.tenant("default") as stores:
        assert stores.vocabulary.all() == ()
        assert stores.vocabulary.remove(["Reasonance"]) == 0


def test_a_vocabulary_has_an_end(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VocabularyStore, "most", 1)
    with database.tenant("default") as stores:
        stores.tenants.ensure()
    with pytest.raises(VocabularyFull), database.tenant("default") as stores:
        stores.vocabulary.put([PRODUCT, PLACE])
    with database.tenant("default") as stores:
        assert stores.vocabulary.all() == ()
