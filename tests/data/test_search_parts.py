"""What is said at the beginning and at the end of a contact."""

from __future__ import annotations

import pytest

from data.database import Database
from data.types import Channel, Role
from nlp.query import parse
from tests.data.conversations import talk, waiting

AGENT = Role.AGENT

# A word a second: "good" begins at 0 s, "help" at 6 s, "refund" at 9 s, "thanks" at 13 s, "bye" at 14 s.
CALL = ((AGENT, "good morning how can I help you"), "um a refund", (AGENT, "it is done"), "thanks bye")
# 40 characters: "refund" begins at 0, "please" at 28, "hurry" at 35.
MAIL = "refund it and not a voucher please hurry"

PARTS: list[tuple[str, set[str], int]] = [
    ("first:30s( refund )", {"call"}, 1),
    ("first:9s( refund )", set(), 1),
    ("first:9.001s( refund )", {"call"}, 1),
    ("first:1m( refund )", {"call"}, 1),
    ('first:2s( "good morning" )', {"call"}, 0),
    ('first:1s( "good morning" )', set(), 0),
    ("first:3s( good NEAR/2 how )", {"call"}, 0),
    ("first:2s( good NEAR/2 how )", set(), 0),
    ("last:2s( thanks )", {"call"}, 0),
    ("last:1s( thanks )", set(), 0),
    ("last:1s( bye )", {"call"}, 1),
    ('last:2s( "thanks bye" )', {"call"}, 0),
    ('last:1s( "thanks bye" )', set(), 0),
    ("last:60m( good )", {"call"}, 0),
    ("first:10%( good )", {"call"}, 0),
    ("first:10%( morning )", {"call"}, 0),
    ("first:6%( morning )", set(), 0),
    ("first:1%( refund )", {"mail"}, 0),
    ("first:70%( please )", set(), 0),
    ("first:71%( please )", {"mail"}, 0),
    ("last:10%( hurry )", set(), 0),
    ("last:13%( hurry )", {"mail"}, 0),
    ("last:20%( please )", set(), 0),
    ("last:31%( please )", {"mail"}, 0),
    ("first:100%( refund )", {"call", "mail"}, 0),
    ("first:30s( nothing )", set(), 0),
    ("NOT first:30s( refund )", set(), 1),
    ("NOT first:9s( refund )", {"call"}, 1),
    ("NOT first:9s( thanks )", {"call", "mail"}, 0),
    ("first:9s( NOT thanks )", {"call", "mail"}, 0),
    ("first:9s( NOT refund )", {"call"}, 1),
    ("first:30s( refund ) voucher", set(), 1),
    ("first:30s( refund ) thanks", {"call"}, 0),
    ("first:30s( refund ) OR voucher", {"call", "mail"}, 0),
    ("first:30s( refund ) channel:email", set(), 1),
    ("first:30s( refund ) channel:voice", {"call"}, 0),
    ("first:30s( help refund )", {"call"}, 0),
    ("first:9s( help refund )", set(), 0),
    ("first:9s( help OR refund )", {"call"}, 1),
    ("customer:( first:30s( help ) )", set(), 0),
    ("first:30s( agent:( help ) )", {"call"}, 0),
    ("agent:( first:7s( help OR morning ) )", {"call"}, 0),
    ("first:30s( agent:( refund ) )", set(), 0),
    ("first:30s( supervisor:( refund ) )", set(), 0),
]


def test_only_words_that_begin_in_a_part_count_there(database: Database, subtests: pytest.Subtests) -> None:
    with database.tenant("default") as stores:
        call = talk(stores, *CALL, word_s=1, duration_s=15)
        mail = talk(stores, MAIL, channel=Channel.EMAIL, subject="bye")
        stores.driver_connection.execute("UPDATE turn SET words = '[]' WHERE interaction_id = %s", (mail,))
        waiting(stores)
        for query, matches, open_ in PARTS:
            with subtests.test(query):
                page = stores.search.run(parse(query))
                assert {hit.interaction.id for hit in page.hits} == {{"call": call, "mail": mail}[n] for n in matches}
                assert page.not_evaluated == open_ + ("channel:voice" not in query)


def test_only_what_lies_in_the_part_is_marked(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "yes well yes", "yes", word_s=1)
        marked = {
            query: [
                (turn.position, span.char_begin)
                for turn in stores.search.run(parse(query)).hits[0].turns
                for span in turn.spans
            ]
            for query in ("first:2s( yes )", "last:2s( yes )", "first:2s( yes ) last:1s( yes )", "yes first:2s( yes )")
        }
        assert list(marked.values()) == [[(0, 0)], [(0, 9), (1, 0)], [(0, 0), (1, 0)], [(0, 0), (0, 9), (1, 0)]]


def test_the_recording_may_last_longer_than_the_speech(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "well bye", word_s=1, duration_s=60)
        assert stores.search.run(parse("last:30s( bye )")).total == 0
        assert stores.search.run(parse("last:59s( bye )")).total == 1
        assert stores.search.run(parse("first:2%( bye )")).total == 1


def test_a_turn_whose_words_have_no_times_counts_by_its_begin(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "hello there", "good bye", word_s=1)
        stores.driver_connection.execute("UPDATE turn SET words = '[]'")
        assert stores.search.run(parse("first:1s( there )")).total == 1
        assert stores.search.run(parse("first:2s( bye )")).total == 0
        assert stores.search.run(parse("last:2s( bye )")).total == 1
        assert stores.search.run(parse("last:1s( bye )")).total == 0


def test_a_part_of_chinese_ends_at_a_character(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "我要退款谢谢", language="zh", channel=Channel.EMAIL)
        assert stores.search.run(parse("first:66%( 退款 )")).total == 1
        assert stores.search.run(parse("first:50%( 退款 )")).total == 0
        assert stores.search.run(parse("last:33%( 谢谢 )")).total == 0
        assert stores.search.run(parse("last:34%( 谢谢 )")).total == 1
