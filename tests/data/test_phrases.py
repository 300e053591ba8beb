"""How often phrases are said in a tenant's contacts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import update

from data.database import Database
from data.stores import Stores
from data.tables import PhraseBackgroundRow
from data.types import KeyPhrase
from tests.data.conversations import SPAN, annotations, talk, turns


def said(stores: Stores, *keys: str) -> None:
    contact = talk(stores, "words")
    found = tuple(KeyPhrase(text=key, span=SPAN, score=1, key=key) for key in keys)
    stores.interactions.save_turns(
        contact, turns(["words"]), (), replace(annotations(None, (), None), key_phrases=found), None
    )


def test_a_phrase_is_counted_by_contacts_and_a_rare_one_not_at_all(database: Database) -> None:
    with database.tenant("a") as stores:
        stores.tenants.ensure()
        for number in range(4):
            said(stores, "annual fee", *(["home move"] if number else []), *(["passkey"] if number > 1 else []))
        counts = stores.phrases.count()
    assert (counts.contacts, counts.counts) == (4, {"annual fee": 4, "home move": 3})


def test_what_is_analysed_again_is_counted_once(database: Database) -> None:
    with database.tenant("a") as stores:
        stores.tenants.ensure()
        for _ in range(3):
            said(stores, "annual fee")
        assert stores.phrases.count() == stores.phrases.count()


def test_counts_are_kept_for_a_while_and_then_made_anew(database: Database) -> None:
    with database.tenant("a") as stores:
        stores.tenants.ensure()
        assert stores.phrases.counts().contacts == 0
        for _ in range(3):
            said(stores, "annual fee")
        assert stores.phrases.counts().contacts == 0
        old = PhraseBackgroundRow.counted_at - dt.timedelta(minutes=2)
        stores.session.execute(update(PhraseBackgroundRow).values(counted_at=old))
        assert stores.phrases.counts().counts == {"annual fee": 3}


def test_f37_another_tenants_contacts_are_not_counted(database: Database) -> None:
    with database.tenant("a") as stores:
        stores.tenants.ensure()
        for _ in range(3):
            said(stores, "annual fee")
    with database.tenant("b") as stores:
        stores.tenants.ensure()
        assert stores.phrases.count().contacts == 0
