"""Names are found by how they sound, in any language that has a key, through an index that is made at save time."""

from __future__ import annotations

import uuid

import pytest

from asr.sounds import sounds
from data.database import Database
from data.errors import QueryInvalid
from data.stores import Stores
from data.types import Role
from nlp.query import parse
from service.queries import read
from tests.data.conversations import talk, turns, waiting

AGENT = Role.AGENT


def heard(stores: Stores, *said: tuple[Role, str] | str, language: str = "en", **columns: object) -> uuid.UUID:
    contact = talk(stores, *said, language=language, word_s=1, **columns)
    stores.sounds.save(contact, sounds(turns(said), language))
    return contact


def found(stores: Stores, query: str) -> set[uuid.UUID]:
    return {hit.interaction.id for hit in stores.search.run(read(query)).hits}


def marked(stores: Stores, query: str) -> list[str]:
    (hit,) = stores.search.run(read(query)).hits
    return [turn.text[span.char_begin : span.char_end] for turn in hit.turns for span in turn.spans]


def test_a_misheard_name_is_found_as_one_word_or_two(database: Database) -> None:
    with database.tenant("default") as stores:
        once = heard(stores, "I am calling from Featherstone about it")
        twice = heard(stores, (AGENT, "is it feather stone you said"))
        heard(stores, "my phone is broken")
        apart = heard(stores, "a feather", "stone")
        assert found(stores, "sounds:Fetherstone") == {once, twice}
        assert found(stores, 'sounds:"feather stone"') == {once, twice}
        assert found(stores, "customer:( sounds:featherstone )") == {once}
        assert found(stores, "agent:( sounds:featherstone )") == {twice}
        assert found(stores, "sounds:featherstone NOT calling") == {twice}
        assert found(stores, "sounds:feather") == {twice, apart}
        assert found(stores, "NOT sounds:feather phone") != set()


def test_a_name_of_several_words_is_found_side_by_side(database: Database) -> None:
    with database.tenant("default") as stores:
        name = heard(stores, "it was Katya Kwilter Brener who called")
        heard(stores, "Brener and then Katya and Kwilter")
        assert found(stores, 'sounds:"Catya Quilter Brenner"') == {name}
        assert marked(stores, 'sounds:"Catya Quilter Brenner"') == ["Katya Kwilter Brener"]
        assert marked(stores, "sounds:quilter called") == ["Kwilter", "called"]


def test_short_names_are_told_apart_by_their_syllables(database: Database) -> None:
    with database.tenant("default") as stores:
        heard(stores, "a good cat")
        katya = heard(stores, "a Cathia")
        assert found(stores, "sounds:Katya") == {katya}


def test_every_language_is_heard_in_its_own_way(database: Database) -> None:
    with database.tenant("default") as stores:
        german = heard(stores, "Frau Meier rief an", language="de-DE")
        chinese = heard(stores, "我叫章威", language="zh")
        unknown = heard(stores, "меня зовут Иван", language="ru")
        assert found(stores, "sounds:Mayer") == {german}
        assert found(stores, "sounds:张伟") == {chinese}
        assert marked(stores, "sounds:张伟") == ["章威"]
        page = stores.search.run(read("sounds:Mayer"))
        assert page.not_evaluated == 1
        assert found(stores, "NOT sounds:Mayer") == {chinese}
        assert unknown not in found(stores, "NOT sounds:Mayer")


def test_what_is_not_analysed_or_has_no_keys_is_left_open(database: Database) -> None:
    with database.tenant("default") as stores:
        waiting(stores)
        talk(stores, "Featherstone")
        silent = talk(stores)
        stores.sounds.save(silent, sounds((), "en"))
        page = stores.search.run(read("sounds:Featherstone"))
        assert (page.total, page.not_evaluated) == (0, 2)
        assert found(stores, "-sounds:Featherstone") == {silent}


def test_a_contact_that_is_read_again_sounds_as_it_reads_now(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = heard(stores, "Featherstone")
        stores.sounds.save(contact, sounds(turns(["Quilter"]), "en"))
        assert found(stores, "sounds:featherstone") == set()
        assert found(stores, "sounds:quilter") == {contact}


def test_f37_another_tenants_names_are_not_heard(database: Database) -> None:
    with database.tenant("other") as stores:
        heard(stores, "Featherstone")
    with database.tenant("default") as stores:
        assert found(stores, "sounds:Featherstone") == set()


def test_what_was_masked_has_no_sound() -> None:
    said = sounds(turns(["my name is [NAME_1] indeed"]), "en")
    assert said is not None
    assert {sound.place for sound in said} == {2, 3, 4, 5}
    assert not {key for sound in said for key in [sound.key] if "NM1" in key}


@pytest.mark.parametrize(
    ("query", "position", "words"),
    [
        ("a sounds:42", 9, "a name was expected"),
        ("sounds:Иван", 7, "a name was expected"),
        ('sounds:""', 7, "a name was expected"),
        ("sounds:", 7, "a value"),
        ("sme:( sounds:x )", 0, "told apart"),
        ("first:10s( sounds:anna )", 0, "only words and phrases"),
        ("a NEAR/3 sounds:anna", 2, "beside NEAR"),
    ],
)
def test_f44_a_name_that_cannot_be_heard_is_refused(query: str, position: int, words: str) -> None:
    with pytest.raises(QueryInvalid, match=words) as refused:
        read(query)
    assert refused.value.position == position


def test_without_keys_nothing_is_asked_for_by_sound() -> None:
    with pytest.raises(QueryInvalid, match="by sound"):
        parse("sounds:anna")
