"""A search finds what was said, by whom, and where; it counts exactly and pages stably."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import search_page
from data.database import Database
from data.errors import CursorInvalid, MasterKeyMissing
from data.search import Order, SearchPage
from data.stores import Stores
from data.tables import InteractionRow
from data.types import Channel, CustomerRef, Filter, Role, State
from nlp.query import parse
from tests.data.conversations import MONDAY, talk, waiting

AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER


def found(stores: Stores, query: str, wanted: Filter | None = None, *, role: Role | None = None) -> set[uuid.UUID]:
    page = stores.search.run(parse(query), wanted, role=role, limit=100)
    assert page.total == len(page.hits)
    assert page.count_kind == "exact"
    return {hit.interaction.id for hit in page.hits}


def marked(page: SearchPage) -> list[list[str]]:
    return [[turn.text[span.char_begin : span.char_end] for span in turn.spans] for turn in page.hits[0].turns]


def test_words_are_found_in_any_of_their_forms_and_anywhere_in_a_contact(database: Database) -> None:
    with database.tenant("default") as stores:
        both = talk(stores, "I want a refund", (AGENT, "for which card?"))
        one = talk(stores, "Refunds are slow")
        assert found(stores, "refund") == {both, one}
        assert found(stores, "refund card") == {both}
        assert found(stores, "card OR slow") == {both, one}
        assert found(stores, "refund -card") == {one}
        assert found(stores, "NOT (card slow)") == {both, one}
        assert found(stores, "NOT card NOT slow") == set()
        assert found(stores, "refu*") == {both, one}
        assert found(stores, "refu") == set()


BEGINNINGS = [
    ("please activate my card", "activat*", "en"),
    ("the activation failed", "activat*", "en"),
    ("the activation failed", "activatio*", "en"),
    ("my cancellation", "cancellat*", "en"),
    ("it keeps declining", "declini*", "en"),
    ("it was authorized", "authoriz*", "en"),
    ("a reorganization", "reorganizat*", "en"),
    ("I am happy", "happy*", "en"),
    ("all my cars", "cars*", "en"),
    ("ORGANISATION", "Organisat*", "en"),
    ("ich will kündigen", "künd*", "de"),
    ("ich will kündigen", "kündige*", "de"),
    ("meine Verträge", "verträg*", "de"),
    ("die Bestellungen", "bestellung*", "de"),
    ("quiero la cancelación", "cancelaci*", "es"),
    ("une réclamation", "réclamat*", "fr"),
    ("Москва далеко", "моск*", "ru"),
    ("e-mailing it", "e-mail*", "en"),
    ("我要退款", "退*", "zh"),
]
NO_BEGINNINGS = [("a card", "cars*", "en"), ("a border", "ordered*", "en"), ("the universe", "univa*", "en")]


def test_a_beginning_is_found_whatever_the_stemmer_takes_off(database: Database, subtests: pytest.Subtests) -> None:
    with database.tenant("default") as stores:
        for said, query, language in BEGINNINGS:
            with subtests.test(query):
                contact = talk(stores, said, language=language, queue=f"{query} {said}")
                for asked in (query, f"customer:( {query} )", f"first:100%( {query} )"):
                    page = stores.search.run(parse(asked), Filter(queue=f"{query} {said}"))
                    assert [hit.interaction.id for hit in page.hits] == [contact]
                    assert len(marked(page)[0]) == 1
        for said, query, language in NO_BEGINNINGS:
            with subtests.test(query):
                talk(stores, said, language=language, queue=said)
                assert found(stores, query, Filter(queue=said)) == set()


def test_a_beginning_stands_near_others(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = talk(stores, "the activation of my new card failed")
        assert (
            found(stores, "activat* NEAR/4 card") == found(stores, "customer:( activat* BEFORE/4 car* )") == {contact}
        )
        assert found(stores, "activat* NEAR/3 card") == found(stores, "agent:( activat* NEAR/4 card )") == set()
        assert marked(stores.search.run(parse("activat* NEAR/4 car*"))) == [["activation", "card"]]


def test_stop_words_count_so_that_not_happy_is_not_happy(database: Database) -> None:
    with database.tenant("default") as stores:
        sad = talk(stores, "I am not happy")
        talk(stores, "I am very happy")
        assert found(stores, '"not happy"') == {sad}
        assert found(stores, "not") == {sad}


def test_a_phrase_stays_within_one_turn(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "it is about my card", "declined it was", "I was charged")
        inside = talk(stores, "so my card declined twice")
        assert found(stores, '"card declined"') == {inside}
        assert found(stores, '"declined card"') == set()


def test_a_phrase_late_in_a_very_long_call_is_found(database: Database) -> None:
    """A tsvector keeps 256 positions of a word and 16,383 in all."""
    with database.tenant("default") as stores:
        long = talk(stores, *["my card " * 200] * 60, "my card is blue indeed")
        talk(stores, *["my card " * 200] * 60, "my card is not blue indeed")
        assert found(stores, '"card is blue"') == {long}


def test_words_near_one_another_are_found_within_one_turn(database: Database) -> None:
    with database.tenant("default") as stores:
        near = talk(stores, "please cancel the whole contract today", (AGENT, "now"))
        late = talk(stores, "the contract, I want to have it cancelled")
        talk(stores, "cancel", "my contract", (AGENT, "cancelling your"), (AGENT, "contract"))
        assert found(stores, "cancel* NEAR/3 contract") == {near}
        assert found(stores, "cancel* NEAR/6 contract") == {near, late}
        assert found(stores, "cancel* NEAR/16 contract") == {near, late}
        assert found(stores, "cancel NEAR/2 contract") == set()
        assert found(stores, "cancel BEFORE/9 contract") == {near}
        assert found(stores, "contract BEFORE/9 (leave OR cancel*)") == {late}
        assert found(stores, '"the contract" BEFORE/2 "i want"') == {late}
        assert found(stores, '"the contract" BEFORE/1 want') == set()
        assert found(stores, '"please cancel" NEAR/1 "the whole"') == {near}
        assert found(stores, "customer:( contract NEAR/1 today )") == {near}
        assert found(stores, "agent:( contract NEAR/1 today )") == set()
        assert found(stores, "contract -(contract NEAR/1 today)") != set()
        assert found(stores, "today NEAR/16 today") == set()


def test_both_words_that_stand_near_one_another_are_marked(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "a contract, and then cancel, or the contract is cancelled", "contract")
        assert marked(stores.search.run(parse("contract NEAR/2 cancel*"))) == [["contract", "cancelled"]]
        assert marked(stores.search.run(parse("cancel* BEFORE/4 contract"))) == [["cancel", "contract"]]


def test_words_near_one_another_late_in_a_very_long_call_are_found(database: Database) -> None:
    with database.tenant("default") as stores:
        long = talk(stores, *["my card " * 200] * 60, "my card is blue indeed")
        many = talk(stores, *["no card"] * 1200, "my card is blue indeed")
        talk(stores, *["my card"] * 1200, "is blue indeed")
        assert found(stores, "card NEAR/2 blue") == {long, many}


def test_a_role_limits_whose_words_count(database: Database) -> None:
    with database.tenant("default") as stores:
        asked = talk(stores, "a refund please", (AGENT, "no"))
        offered = talk(stores, "no", (AGENT, "a refund perhaps"))
        unknown = talk(stores, (Role.UNKNOWN, "a refund"))
        assert found(stores, "customer:( refund )") == {asked}
        assert found(stores, "agent:( refund OR discount )") == {offered}
        assert found(stores, "refund", role=CUSTOMER) == {asked}
        assert found(stores, "refund", role=Role.UNKNOWN) == {unknown}
        assert found(stores, "unknown:( refund )") == {unknown}
        assert found(stores, "supervisor:( refund )") == found(stores, "refund", role=Role.SYSTEM) == set()
        assert found(stores, "customer:(refund) agent:(no)") == {asked}
        assert found(stores, "refund -customer:(refund)") == {offered, unknown}


def test_a_subject_is_its_writers_words(database: Database) -> None:
    with database.tenant("default") as stores:
        inbound = talk(stores, "please help", subject="Card declined")
        outbound = talk(stores, (AGENT, "we can help"), subject="Your card", direction="outbound")
        assert found(stores, "card") == {inbound, outbound}
        assert found(stores, "customer:(card)") == {inbound}
        assert found(stores, "agent:(card)") == {outbound}
        assert [(hit.turns, hit.turn_count) for hit in stores.search.run(parse("card")).hits] == [((), 0), ((), 0)]
        assert found(stores, '"declined please"') == set()
        # Where the turns must be asked themselves, the subject is, too.
        assert found(stores, '"please help" card -supervisor:("card declined")') == {inbound}
        assert found(stores, '"card declined" -supervisor:(card)') == {inbound}


def test_a_page_of_hits_shows_the_first_turns_and_counts_the_others(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = talk(stores, *["a refund please", (AGENT, "a moment")] * 15)
        (hit,) = stores.search.run(parse("refund")).hits
        assert [turn.position for turn in hit.turns] == list(range(0, 10, 2))
        assert hit.turn_count == 15
        assert len(stores.search.places(parse("refund"), [contact])[contact]) == 15
        (part,) = stores.search.run(parse("last:50%( refund )")).hits
        assert part.turn_count == 7


def test_each_language_is_searched_in_its_own_forms(database: Database) -> None:
    with database.tenant("default") as stores:
        german = talk(stores, "Meine Karten wurden abgelehnt", language="de-DE")
        chinese = talk(stores, "我要退款谢谢", language="zh")
        english = talk(stores, "Cards were refused", language="en")
        assert found(stores, "karte") == {german}
        assert found(stores, "ABGELEHNT") == {german}
        assert found(stores, "退款") == {chinese}
        assert found(stores, "款退") == set()
        assert found(stores, "card OR karte") == {german, english}


FACTS: list[tuple[str, set[str]]] = [
    ("channel:voice", {"call"}),
    ("-channel:voice", {"mail"}),
    ("queue:BILLING", {"call"}),
    ("-queue:billing", {"mail"}),
    ("agent:jo", {"call"}),
    ("segment:gold", {"call"}),
    ("team:north OR channel:email", {"mail"}),
    ("language:en", {"call", "mail"}),
    ("language:en-gb", {"mail"}),
    ("state:pending", {"mail"}),
    ("customer:email:ANN@example.com", {"call"}),
    ("customer:crm:nobody", set()),
    ("-customer:crm:nobody", {"call", "mail"}),
    ("date:2026-10-05", {"call"}),
    ("date>=2026-10-06", {"mail"}),
    ("date>2026-10-06", set()),
    ("date<=2026-10-05", {"call"}),
    ("date<2026-10-05", set()),
    ("date>=0001-01-01 date<=9999-12-31", {"call", "mail"}),
    ("reason:unassigned", {"call"}),
    ("reason:nothing", set()),
    (f"reason:{uuid.UUID(int=0)}", set()),
    ("card channel:voice", {"call"}),
    ("card (channel:voice OR letter)", {"call", "mail"}),
    ("card NOT (channel:voice letter)", {"call", "mail"}),
    ("card NOT (channel:voice OR letter)", set()),
    ("channel:email OR refund", {"call", "mail"}),
]


def test_facts_are_part_of_the_query(database: Database, subtests: pytest.Subtests) -> None:
    with database.tenant("default") as stores:
        ann = CustomerRef(scheme="email", value="ann@Example.com")
        tomorrow = MONDAY + dt.timedelta(days=1)
        call = talk(stores, "refund my card", customer=ann, queue="Billing", agent="Jo", customer_segment="gold")
        mail = talk(
            stores,
            "card in a letter",
            channel=Channel.EMAIL,
            started_at=tomorrow,
            state=State.PENDING,
            language="en-GB",
        )
        for query, matches in FACTS:
            with subtests.test(query):
                assert found(stores, query) == {{"call": call, "mail": mail}[name] for name in matches}


MEASURES: list[tuple[str, set[str], int]] = [
    ("sentiment<-0.3", {"bad"}, 1),
    ("NOT sentiment<-0.3", {"good"}, 1),
    ("sentiment.agent>0", {"good"}, 2),
    ("silence>10s", {"bad"}, 2),
    ("silence<=10s", set(), 2),
    ("silence>12500ms", set(), 2),
    ("duration>5m", {"bad"}, 1),
    ("duration:60", {"good"}, 1),
    ("aht>310", {"bad"}, 1),
    ("csat>=4", {"good"}, 2),
    ("interruptions>=5", {"bad"}, 2),
    ("interruptions.agent>=5", set(), 2),
    ("monologue>50", {"bad"}, 2),
    ("monologue.customer>50", set(), 2),
    ("talk_share.agent>60%", {"bad"}, 2),
    ("words>1", {"bad"}, 1),
    ("silence>10 OR card", {"bad", "good"}, 1),
    ("silence>10 card", {"bad"}, 2),
    ("silence>10 NOT card", set(), 1),
    ("-(silence>10 card)", set(), 2),
    ("-(silence>10 nothing)", {"bad", "good"}, 1),
    ("card channel:email", set(), 1),
    ("card channel:voice", {"bad", "good"}, 0),
    ("-card", set(), 1),
    ("channel:voice OR card", {"bad", "good"}, 1),
    ("channel:voice", {"bad", "good"}, 0),
]


def test_what_was_not_measured_is_neither_found_nor_passed_off(database: Database, subtests: pytest.Subtests) -> None:
    metrics = {
        "longest_silence_s": 12.5,
        "interruptions.agent": 2.0,
        "interruptions.customer": 3.0,
        "longest_monologue_s.agent": 55.0,
        "longest_monologue_s.customer": 20.0,
        "talk_share.agent": 0.7,
    }
    with database.tenant("default") as stores:
        bad = talk(stores, "my card", sentiment=-0.5, metrics=metrics, duration_s=301, hold_s=10.0)
        good = talk(stores, "card", sentiment=0.5, by_role={AGENT: 0.1}, duration_s=60, csat=5)
        waiting(stores)
        for query, matches, open_ in MEASURES:
            with subtests.test(query):
                page = stores.search.run(parse(query))
                assert {hit.interaction.id for hit in page.hits} == {{"bad": bad, "good": good}[n] for n in matches}
                assert page.not_evaluated == open_


def test_days_are_the_tenants(database: Database) -> None:
    with database.tenant("default") as stores:
        stores.tenants.set_calendar(time_zone="Asia/Tokyo", first_weekday=1)
        late = talk(stores, "card", started_at=dt.datetime(2026, 10, 5, 16, tzinfo=dt.UTC))
        assert found(stores, "date:2026-10-06") == {late}
        assert found(stores, "date:2026-10-05") == set()


def test_the_filter_narrows_a_query(database: Database) -> None:
    with database.tenant("default") as stores:
        call = talk(stores, "card", queue="billing")
        talk(stores, "card", channel=Channel.EMAIL)
        assert found(stores, "card", Filter(channel=Channel.VOICE)) == {call}
        assert found(stores, "", Filter(queue="billing")) == {call}
        assert found(stores, "card", Filter(until=MONDAY)) == set()


def test_a_superseded_version_is_not_found(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, "card", is_current=False)
        assert found(stores, "card") == set()
        assert found(stores, "channel:voice") == set()


def test_f37_another_tenants_contacts_are_not_found(database: Database) -> None:
    with database.tenant("other") as stores:
        talk(stores, "card")
    with database.tenant("default") as stores:
        assert found(stores, "card") == found(stores, "") == found(stores, "-nothing") == set()


def test_a_customer_is_not_looked_for_without_keys(database_url: str, database: Database) -> None:
    without = Database(database_url)
    with without.tenant("default") as stores, pytest.raises(MasterKeyMissing):
        stores.search.run(parse("customer:crm:1"))
    without.dispose()


def test_hits_are_located_in_characters_and_milliseconds(database: Database) -> None:
    with database.tenant("default") as stores:
        talk(stores, (AGENT, "hello there"), "my e-mail and my cards, both cards", (AGENT, "a card"))
        turns = stores.search.run(parse("card -nothing")).hits[0].turns
        assert [(turn.position, turn.role, turn.text) for turn in turns] == [
            (1, CUSTOMER, "my e-mail and my cards, both cards"),
            (2, AGENT, "a card"),
        ]
        first = turns[0].spans[0]
        assert (first.turn, first.char_begin, first.char_end) == (1, 17, 22)
        assert (first.begin_ms, first.end_ms) == (400, 500)
        assert len(turns[0].spans) == 2


OCCURRENCES = [
    ("my card and my other card", '"my card"', ["my card"]),
    ("write an e-mail by mail", "mail", ["mail", "mail"]),
    ("write an e-mail now", "e-mail", ["e-mail"]),
    ("see example.com/help or help", "help", ["help"]),
    ("a card a", "a", ["a", "a"]),
    ("it's [CARD_1] here", "it's", ["it's"]),
    ("cancelling, cancelled or a can", "cancel*", ["cancelling", "cancelled"]),
    ("card declined, card refused", '"card declined" OR card', ["card declined", "card"]),
    ("我要退款, 退款!", "退款", ["退款", "退款"]),
    ("<b>card</b> <img onerror=1> card", "card", ["card", "card"]),
    ("Größe ÖFFNEN größe", "größe", ["Größe", "größe"]),
    ("\U0001f600 card \U0001f600 card", "card", ["card", "card"]),
]


def test_each_occurrence_is_marked_and_nothing_else(database: Database, subtests: pytest.Subtests) -> None:
    for said, query, spans in OCCURRENCES:
        with subtests.test(query), database.tenant("default") as stores:
            talk(stores, said, language="de" if "ö" in said else "en", queue=said)
            assert marked(stores.search.run(parse(query), Filter(queue=said))) == [spans]


@pytest.mark.parametrize("before", ["<b>bold</b> ", "&b; ", f"{'x' * 3000} ", "http://a.b/b\u4e2d "])
def test_what_is_no_word_moves_no_mark(database: Database, before: str) -> None:
    """Tags, entities and words that are too long have no position, though they hold letters."""
    with database.tenant("default") as stores:
        contact = talk(stores, f"{before}now b")
        (turn,) = stores.search.places(parse('"now b"'), [contact])[contact]
        assert [(span.char_begin, span.char_end) for span in turn.spans] == [(len(before), len(before) + 5)]


def test_the_best_fit_comes_first_where_asked(database: Database) -> None:
    with database.tenant("default") as stores:
        much = talk(stores, "refund refund refund")
        little = talk(stores, "a refund, and a long story besides it", started_at=MONDAY + dt.timedelta(days=1))
        newest = stores.search.run(parse("refund")).hits
        best = stores.search.run(parse("refund"), order="best").hits
        assert [hit.interaction.id for hit in newest] == [little, much]
        assert [hit.interaction.id for hit in best] == [much, little]
        assert best[0].rank > best[1].rank > 0


def test_only_the_newest_are_ranked_and_the_answer_says_how_many(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_page, "RANKED", 2)
    with database.tenant("default") as stores:
        said = ("refund refund refund", "a refund, and more", "refund refund refund", "a refund, and a long story")
        old, older, much, little = (
            talk(stores, text, started_at=MONDAY + dt.timedelta(days=day)) for day, text in enumerate(said)
        )
        page = stores.search.run(parse("refund"), order="best")
        assert [hit.interaction.id for hit in page.hits] == [much, little, older, old]
        assert (page.total, page.ranked) == (4, 2)
        assert stores.search.run(parse("refund")).ranked is None


def test_the_best_are_not_shown_twice_while_others_are_added(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_page, "RANKED", 3)
    with database.tenant("default") as stores:
        for day in range(6):
            talk(stores, "refund " * (6 - day), started_at=MONDAY + dt.timedelta(days=day))
        whole = stores.search.run(parse("refund"), order="best")
        page = stores.search.run(parse("refund"), order="best", limit=2)
        seen = list(page.hits)
        while page.next_cursor:
            talk(stores, "refund refund refund", started_at=MONDAY + dt.timedelta(days=9))
            page = stores.search.run(parse("refund"), order="best", limit=2, cursor=page.next_cursor)
            seen += page.hits
        known = {hit.interaction.id for hit in whole.hits}
        ids = [hit.interaction.id for hit in seen]
        assert len(ids) == len(set(ids))
        assert [one for one in ids if one in known] == [hit.interaction.id for hit in whole.hits]


def test_what_is_current_and_when_it_began_follow_the_contact(database: Database) -> None:
    with database.tenant("default") as stores:
        moved = talk(stores, "card")
        other = talk(stores, "card", started_at=MONDAY + dt.timedelta(days=1))
        row = stores.session.get_one(InteractionRow, ("default", moved))
        row.started_at = MONDAY + dt.timedelta(days=2)
        stores.session.flush()
        assert [hit.interaction.id for hit in stores.search.run(parse("card")).hits] == [moved, other]
        row.is_current = False
        stores.session.flush()
        assert found(stores, "card") == {other}


def test_a_phrase_of_a_role_is_said_by_that_role(database: Database) -> None:
    with database.tenant("default") as stores:
        mine = talk(stores, "my card declined", (AGENT, "declined by whom, my card says"))
        talk(stores, "my declined card", (AGENT, "so the card declined"), (Role.SYSTEM, "your card declined"))
        assert found(stores, 'customer:("card declined")') == {mine}
        assert found(stores, 'customer:(my NEAR/1 card) agent:("my card")') == {mine}
        assert found(stores, 'agent:("card declined") OR customer:("declined card")') != {mine}
        assert found(stores, '"card declined" -customer:("card declined") -system:("card declined")') == set()


def test_a_cursor_serves_only_its_own_search(database: Database) -> None:
    with database.tenant("default") as stores:
        for _ in range(3):
            talk(stores, "card")
        cursor = stores.search.run(parse("card"), limit=1).next_cursor
        assert cursor is not None
        for query, order in (("cards", "newest"), ("card", "best")):
            with pytest.raises(CursorInvalid):
                stores.search.run(parse(query), limit=1, cursor=cursor, order=order)  # type: ignore[arg-type]
        with pytest.raises(CursorInvalid):
            stores.search.run(parse("card"), limit=1, cursor="nonsense")


@pytest.fixture
def varied(database: Database) -> Database:
    words = ("card", "refund", "card refund", "refund refund", "nothing")
    with database.tenant("default") as stores:
        for number in range(23):
            # Several begin at one moment, so that the order must not rest on time alone.
            talk(
                stores, words[number % 5], started_at=MONDAY + dt.timedelta(minutes=number // 4), queue=f"q{number % 2}"
            )
    return database


@given(
    query=st.sampled_from(["card", "refund OR card", "-card", "", "queue:q1 refund", "card OR queue:q0"]),
    order=st.sampled_from(["newest", "best"]),
    limit=st.integers(1, 9),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_paging_visits_every_hit_exactly_once(varied: Database, query: str, order: Order, limit: int) -> None:
    with varied.tenant("default") as stores:
        whole = stores.search.run(parse(query), limit=100, order=order)
        seen: list[uuid.UUID] = []
        cursor: str | None = None
        while True:
            page = stores.search.run(parse(query), limit=limit, cursor=cursor, order=order)
            assert page.total == whole.total
            seen += [hit.interaction.id for hit in page.hits]
            cursor = page.next_cursor
            if cursor is None:
                break
            assert len(page.hits) == limit
        assert seen == [hit.interaction.id for hit in whole.hits]
        assert len(set(seen)) == len(seen) == whole.total


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_f44_no_phrase_is_an_error(varied: Database, text: str) -> None:
    if any(character.isalnum() for character in text) and not set(text) & set('"“”„'):
        with varied.tenant("default") as stores:
            assert stores.search.run(parse(f'"{text}"')).total >= 0
