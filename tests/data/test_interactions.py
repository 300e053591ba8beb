from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from data.database import Database
from data.errors import CursorInvalid, NotFound
from data.inbox import Inbox
from data.interactions import NewInteraction
from data.stages import RunKey
from data.types import (
    Annotations,
    Channel,
    CustomerRef,
    Direction,
    Entity,
    Filter,
    Highlight,
    KeyPhrase,
    Metadata,
    Provenance,
    Redaction,
    Role,
    Sentiment,
    Sidecar,
    Skipped,
    Span,
    State,
    Turn,
    Word,
)
from tests.data.conftest import Accept

MONDAY = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
EMAIL = CustomerRef(scheme="email", value="Ann@example.com")
PHONE = CustomerRef(scheme="phone", value="+49 170 1234567")
CRM = CustomerRef(scheme="crm", value="C-1")

TURNS = (
    Turn(position=0, role=Role.AGENT, text="How can I help?", begin_ms=0, end_ms=900),
    Turn(
        position=1,
        role=Role.CUSTOMER,
        text="My card [CARD_1] was declined",
        begin_ms=1000,
        end_ms=3000,
        words=(Word(text="My", begin_ms=1000, end_ms=1100, confidence=0.98, char_begin=0, char_end=2),),
    ),
)
SPAN = Span(turn=1, char_begin=8, char_end=16, begin_ms=1500, end_ms=2500)
REDACTIONS = (Redaction(span=SPAN, type="card", token="[CARD_1]"),)
ANNOTATIONS = Annotations(
    key_phrases=(KeyPhrase(text="card", span=SPAN, score=0.5),),
    entities=(Entity(text="Berlin", type="place", span=SPAN),),
    sentiment=Sentiment(
        turns=(None, -0.4), by_role={Role.CUSTOMER: -0.4}, quarters=(None, -0.4, None, 0.1), overall=-0.4, shift=0.5
    ),
    highlights=(Highlight(kind="issue", text="card was declined", spans=(SPAN,), confidence=0.9),),
    metrics={"talk_s": 2.9},
    skipped=(Skipped(feature="overtalk", reason_code="no_times"),),
    provenance=Provenance(component="nlp", version="1", params_hash="p"),
)


def test_what_is_stored_of_an_interaction_is_read_back(database: Database, accepted: Accept) -> None:
    added = accepted(
        b"hello",
        name="calls/a.wav",
        external_id="x1",
        started_at=MONDAY,
        direction=Direction.INBOUND,
        channel_map=(Role.AGENT, Role.CUSTOMER),
        queue="billing",
        csat=4,
        language="en",
    )
    with database.tenant("default") as stores:
        stores.interactions.save_transcript_meta(added.id, duration_s=3.5, language=None, flags=["partial"])
        stores.interactions.save_turns(added.id, TURNS, REDACTIONS, ANNOTATIONS, "Card")
        stores.interactions.set_state(added.id, State.ANALYSED)
    with database.tenant("default") as stores:
        record = stores.interactions.get(str(added.id))
        turns, redactions = stores.turns.of(added.id), stores.turns.redactions(added.id)
    assert (record.external_id, record.version, record.queue, record.csat) == ("x1", 1, "billing", 4)
    assert (record.started_at, record.direction, record.language) == (MONDAY, Direction.INBOUND, "en")
    assert record.channel_map == (Role.AGENT, Role.CUSTOMER)
    assert (record.subject, record.issue, record.sentiment) == ("Card", "card was declined", -0.4)
    assert record.sentiments == {"by_role": {"customer": -0.4}, "quarters": [None, -0.4, None, 0.1]}
    assert (record.key_phrases, record.entities) == (ANNOTATIONS.key_phrases, ANNOTATIONS.entities)
    assert (record.highlights, record.skipped) == (ANNOTATIONS.highlights, ANNOTATIONS.skipped)
    assert record.provenance == {"annotate": ANNOTATIONS.provenance}
    assert (record.state, record.flags, record.duration_s) == (State.ANALYSED, ("partial",), 3.5)
    assert (record.turn_count, record.word_count, record.reason) == (2, 9, None)
    assert [(turn.text, turn.sentiment) for turn in turns] == [(TURNS[0].text, None), (TURNS[1].text, -0.4)]
    assert turns[1].words == TURNS[1].words
    assert redactions == REDACTIONS


def test_each_role_has_its_own_words_in_its_language(database: Database, accepted: Accept, database_url: str) -> None:
    added = accepted(b"hello", language="en")
    with database.tenant("default") as stores:
        stores.interactions.save_turns(added.id, TURNS, (), ANNOTATIONS, None)
        stores.interactions.save_turns(added.id, TURNS, (), ANNOTATIONS, None)
        row = stores.driver_connection.execute(
            "SELECT config, ts_filter(words, '{a}')::text, ts_filter(words, '{b}')::text, ts_filter(words, '{c}')::text"
            " FROM search_words"
        ).fetchone()
        assert len(stores.turns.of(added.id)) == 2
    assert row is not None
    assert row[0] == "reasonance_english"
    assert "'declin'" in row[1]
    assert "'help'" in row[2]
    assert "'help'" not in row[1]
    assert row[3] == ""


def test_the_same_bytes_are_one_interaction_f33(database: Database, inbox: Inbox, accepted: Accept) -> None:
    first, second = accepted(b"hello"), accepted(b"hello", name="copy.txt")
    assert (first.id, first.repeated, second.repeated) == (second.id, False, True)
    assert len(list(inbox.paths())) == 1
    assert accepted(b"hello", tenant="other").id != first.id


def test_the_same_bytes_at_once_are_one_interaction_f33(inbox: Inbox, accepted: Accept) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: accepted(b"hello", customers=(EMAIL, CRM)), range(16)))
    assert len({one.id for one in added}) == 1
    assert [one.repeated for one in added].count(False) == 1
    assert len(list(inbox.paths())) == 1


def test_new_identifiers_at_once_are_one_customer_f33(database: Database, accepted: Accept) -> None:
    orders = [(EMAIL, CRM, PHONE), (CRM, PHONE, EMAIL), (PHONE, EMAIL, CRM), (EMAIL, PHONE, CRM)]
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: accepted(f"{n}".encode(), customers=orders[n % 4]), range(16)))
    with database.tenant("default") as stores:
        records = stores.interactions.many([one.id for one in added]).values()
    assert len({record.customer_id for record in records}) == 1
    assert not any("customer_conflict" in record.flags for record in records)


def test_a_changed_content_of_a_known_external_id_is_its_next_version(database: Database, accepted: Accept) -> None:
    first, second = accepted(b"draft", external_id="x"), accepted(b"final", external_id="x")
    with database.tenant("default") as stores:
        records = [stores.interactions.get(one.id) for one in (first, second)]
        page = stores.interactions.list(Filter())
    assert [(record.version, record.is_current) for record in records] == [(1, False), (2, True)]
    assert [record.id for record in page.items] == [second.id]
    assert page.total == 1


def test_an_answer_that_was_lost_costs_no_original_f08(database: Database, inbox: Inbox) -> None:
    """The commit came through, its answer did not: whoever tries again still has the only copy."""
    written = inbox.write("default", "original", b"hello")
    new = NewInteraction(
        content_id=written.digest,
        channel=Channel.NOTE,
        name="note.txt",
        media_type="text/plain",
        metadata=Metadata(),
        original=written.item,
    )
    added = []
    for _ in range(2):
        with database.tenant("default") as stores:
            added.append(stores.interactions.add(new))
    assert [one.repeated for one in added] == [False, False]
    assert added[0].id == added[1].id


def test_row_work_and_job_are_there_together_or_not_at_all(database: Database, accepted: Accept) -> None:
    key = RunKey(interaction_id=accepted(b"hello").id, stage="annotate", input_hash="i", params_hash="p")
    for broken in (True, False):
        with contextlib.suppress(ZeroDivisionError), database.tenant("default") as stores:
            assert stores.stages.enqueue(key)
            stores.driver_connection.execute(JOB, ["default"])
            if broken:
                raise ZeroDivisionError
        with database.sweeper() as sweeper:
            jobs = sweeper.driver_connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
            assert (len(sweeper.stage_runs()), jobs) == ((0, (0,)) if broken else (1, (1,)))


def test_a_tenant_adds_and_sees_only_its_own_jobs_f37(database: Database) -> None:
    with database.tenant("default") as stores:
        stores.driver_connection.execute(JOB, ["default"])
    with database.tenant("other") as stores:
        assert stores.driver_connection.execute("SELECT * FROM procrastinate_jobs").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            stores.driver_connection.execute(JOB, ["default"])
        stores.driver_connection.rollback()
    with database.tenant("default") as stores:
        deleted = stores.driver_connection.execute("DELETE FROM procrastinate_jobs RETURNING id")
        assert len(deleted.fetchall()) == 1


def test_pages_hold_still_while_contacts_arrive(database: Database, accepted: Accept) -> None:
    ids = [accepted(f"{n}".encode(), started_at=MONDAY + dt.timedelta(hours=n // 2)).id for n in range(7)]
    seen, cursor = [], None
    for _ in range(4):
        with database.tenant("default") as stores:
            page = stores.interactions.list(Filter(), limit=2, cursor=cursor)
        seen += [record.id for record in page.items]
        cursor = page.next_cursor
        accepted(f"late {len(seen)}".encode(), started_at=MONDAY + dt.timedelta(days=1))
    assert seen == sorted(ids, reverse=True)
    assert cursor is None


def test_a_cursor_of_another_list_is_refused(database: Database) -> None:
    with database.tenant("default") as stores, pytest.raises(CursorInvalid):
        stores.interactions.list(Filter(), cursor="nonsense")


def test_a_filter_takes_all_its_parts(database: Database, accepted: Accept) -> None:
    wanted = accepted(b"1", started_at=MONDAY, queue="billing", agent="kim", customers=(EMAIL,), language="en")
    accepted(b"2", started_at=MONDAY, queue="sales", agent="kim", language="de")
    with database.tenant("default") as stores:

        def found(**parts: object) -> list[object]:
            return [record.id for record in stores.interactions.list(Filter(**parts)).items]  # type: ignore[arg-type]

        assert found(queue="billing", agent="kim", channel=Channel.NOTE, state=State.PENDING) == [wanted.id]
        assert found(customer=CustomerRef(scheme="email", value="ANN@example.com")) == [wanted.id]
        assert found(customer=CRM) == []
        assert found(since=MONDAY, until=MONDAY) == []
        assert len(found(since=MONDAY, until=MONDAY + dt.timedelta(seconds=1))) == 2
        assert found(reason="unassigned") == []
        assert stores.interactions.counts() == {State.PENDING: 2, State.ANALYSED: 0, State.QUARANTINED: 0}


def test_another_tenants_id_is_not_found_f37(database: Database, accepted: Accept) -> None:
    added = accepted(b"hello")
    with database.tenant("other") as stores:
        for read in (stores.interactions.get, stores.inbox.original):
            with pytest.raises(NotFound):
                read(added.id)
        assert stores.turns.of(added.id) == ()
        assert stores.interactions.list(Filter()).total == 0
        with pytest.raises(NotFound):
            stores.interactions.get("no id at all")


# Customers


def test_identifiers_delivered_together_are_one_customer(database: Database, accepted: Accept) -> None:
    one = accepted(b"1", customers=(EMAIL,))
    two = accepted(b"2", customers=(PHONE, CustomerRef(scheme="email", value="ann@EXAMPLE.com")))
    three = accepted(b"3", customers=(CustomerRef(scheme="phone", value="+491701234567"),))
    with database.tenant("default") as stores:
        owners = {record.customer_id for record in stores.interactions.many([one.id, two.id, three.id]).values()}
        assert len(owners) == 1


def test_two_known_customers_are_never_merged_in_silence(database: Database, accepted: Accept) -> None:
    ann, company = accepted(b"1", customers=(EMAIL,)), accepted(b"2", customers=(CRM,))
    both = accepted(b"3", customers=(CRM, EMAIL))
    with database.tenant("default") as stores:
        records = stores.interactions.many([ann.id, company.id, both.id])
    assert records[both.id].customer_id == records[company.id].customer_id != records[ann.id].customer_id
    assert "customer_conflict" in records[both.id].flags


def test_identifiers_lie_nowhere_in_the_clear(database: Database, accepted: Accept) -> None:
    accepted(b"1", customers=(EMAIL, PHONE))
    with database.tenant("default") as stores:
        stores.metadata.deliver(Sidecar(key="later.wav", metadata=Metadata(customers=(EMAIL,))))
        for table in ("customer", "customer_identifier", "interaction", "pending_metadata", "inbox_item"):
            text = str(stores.driver_connection.execute(f"SELECT {table}::text FROM {table}").fetchall()).lower()
            assert b"ann@example".hex() not in text
            assert "ann@example" not in text
            assert "1234567" not in text


# F34: metadata before, after, never, twice


def sidecar(key: str = "a.wav", **fields: object) -> Sidecar:
    return Sidecar(key=key, metadata=Metadata(**fields))  # type: ignore[arg-type]


def deliver(database: Database, given: Sidecar) -> frozenset[str] | None:
    """What changed; None where it waits."""
    with database.tenant("default") as stores:
        delivered = stores.metadata.deliver(given)
    return delivered.changed if delivered.interaction_ids else None


@pytest.mark.parametrize(("key", "name"), [("a.wav", "a.wav"), ("a.wav", "calls/a.wav"), ("x1", "b.wav")])
def test_metadata_before_its_media_is_joined_f34(database: Database, accepted: Accept, key: str, name: str) -> None:
    assert deliver(database, sidecar(key, queue="billing", customers=(EMAIL,), started_at=MONDAY)) is None
    added = accepted(b"hello", name=name, external_id="x1", agent="kim")
    again = accepted(b"other", name=name)
    with database.tenant("default") as stores:
        record, other = stores.interactions.get(added.id), stores.interactions.get(again.id)
    assert (added.joined, record.queue, record.agent, record.started_at) == (True, "billing", "kim", MONDAY)
    assert record.customer_id is not None
    assert (again.joined, other.queue) == (False, None)


@pytest.mark.parametrize(("key", "name"), [("a.wav", "a.wav"), ("a.wav", "calls/a.wav"), ("x1", "b.wav")])
def test_metadata_after_its_media_says_what_changed_f34(
    database: Database, accepted: Accept, key: str, name: str
) -> None:
    added = accepted(b"hello", name=name, external_id="x1", queue="billing")
    given = sidecar(key, queue="billing", language="de", customers=(EMAIL,))
    assert deliver(database, given) == {"language", "customer_id"}
    assert deliver(database, given) == frozenset()
    with database.tenant("default") as stores:
        assert stores.interactions.get(added.id).language == "de"


def test_metadata_twice_before_its_media_the_last_word_counts_f34(database: Database, accepted: Accept) -> None:
    deliver(database, sidecar(queue="old", agent="kim"))
    deliver(database, sidecar(queue="new"))
    added = accepted(b"hello", name="a.wav")
    with database.tenant("default") as stores:
        record = stores.interactions.get(added.id)
    assert (record.queue, record.agent) == ("new", "kim")


def test_media_without_metadata_is_complete_and_says_what_was_assumed_f34(database: Database, accepted: Accept) -> None:
    added = accepted(b"hello")
    with database.tenant("default") as stores:
        record = stores.interactions.get(added.id)
    assert (record.started_at, record.flags) == (record.received_at, ("start_assumed",))


def test_a_repeated_delivery_brings_its_new_metadata_f34(accepted: Accept) -> None:
    accepted(b"hello")
    assert accepted(b"hello", queue="billing").changed == {"queue"}
    assert accepted(b"hello", queue="billing").changed == frozenset()


def test_media_and_metadata_at_once_find_each_other_f34(database: Database, accepted: Accept) -> None:
    def both(number: int) -> None:
        barrier = threading.Barrier(2)
        sides: tuple[Callable[[], object], ...] = (
            lambda: accepted(f"{number}".encode(), name=f"{number}.wav"),
            lambda: deliver(database, sidecar(f"{number}.wav", queue="billing")),
        )
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda side: (barrier.wait(), side()), sides))

    for number in range(10):
        both(number)
    with database.tenant("default") as stores:
        assert {record.queue for record in stores.interactions.list(Filter()).items} == {"billing"}
    with database.sweeper() as sweeper:
        assert sweeper.waiting_metadata() == 0


def test_metadata_whose_media_never_comes_is_forgotten_f34(database: Database) -> None:
    deliver(database, sidecar(queue="billing"))
    with database.sweeper() as sweeper:
        assert sweeper.forget_metadata(dt.timedelta(days=1)) == 0
        assert sweeper.forget_metadata(dt.timedelta(0)) == 1


JOB = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    VALUES ('cpu', 'x', jsonb_build_object('tenant', %s::text))
"""
