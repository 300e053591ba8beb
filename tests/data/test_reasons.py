"""Reasons keep their ids through discoveries, and an interaction keeps what it had before."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from data.database import Database
from data.errors import NotFound
from data.ids import new_id
from data.reason_records import Discovery, FoundReason, ReasonChange
from data.stores import Stores
from data.types import Channel, Filter, ReasonAssignment, Span
from tests.data.conversations import MADE_BY, MONDAY, talk

SPAN = Span(turn=0, char_begin=0, char_end=4)


def reason(name: str, *representatives: uuid.UUID, id: uuid.UUID | None = None) -> FoundReason:  # noqa: A002
    return FoundReason(
        id=id or new_id(),
        name=name,
        keywords=("card",),
        centroid=np.array([1.0, 0.0], dtype=np.float32),
        size=len(representatives),
        representatives=representatives,
    )


def to(found: FoundReason | None, confidence: float = 0.9) -> ReasonAssignment:
    return ReasonAssignment(
        reason_id=str(found.id) if found else None,
        confidence=confidence,
        nearest_id=None,
        distance=0.1,
        evidence=(SPAN,),
        provenance=MADE_BY,
    )


def discovered(
    stores: Stores,
    reasons: tuple[FoundReason, ...],
    changes: tuple[ReasonChange, ...],
    *assignments: tuple[uuid.UUID, ReasonAssignment],
) -> uuid.UUID:
    run = Discovery(
        embedder="e",
        granularity="medium",
        reasons=reasons,
        changes=changes,
        assignments=assignments,
        provenance=MADE_BY,
    )
    return stores.reasons.record_discovery(run)


def created(found: FoundReason) -> ReasonChange:
    return ReasonChange(kind="created", reason_id=found.id, size_after=found.size)


def test_a_discovery_is_stored_whole(database: Database) -> None:
    with database.tenant("default") as stores:
        first, second, third = (talk(stores, "x", issue=f"issue {n}") for n in range(3))
        card, refund = reason("card declined", second, first), reason("refund late", third)
        run = discovered(
            stores,
            (card, refund),
            (created(card), created(refund)),
            (first, to(card)),
            (second, to(card)),
            (third, to(None)),
        )
    with database.tenant("default") as stores:
        listed = stores.reasons.list(quotes=2)
        assert [(r.name, r.contacts) for r in listed] == [("card declined", 2), ("refund late", 0)]
        assert [quote.text for quote in listed[0].quotes] == ["issue 1", "issue 0"]
        assert listed[1].quotes == ()
        assert stores.reasons.unassigned() == 1
        stored = stores.reasons.assignment_of(first)
        assert stored is not None
        assert (stored.assignment, stored.discovery_id, stored.is_current) == (to(card), run, True)
        assert stores.interactions.get(first).reason.name == "card declined"  # type: ignore[union-attr]
        known = stores.reasons.known("e")
        assert [(k.id, k.name, k.size) for k in known] == [
            (str(found.id), found.name, found.size) for found in sorted((card, refund), key=lambda r: r.id)
        ]
        assert known[0].centroid.tolist() == [1.0, 0.0]
        assert stores.reasons.known("another embedder") == ()


def test_ids_stay_and_events_tell_what_became_of_a_reason(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = talk(stores, "x", issue="y")
        old, gone = reason("card declined", contact), reason("odd", contact)
        discovered(stores, (old, gone), (created(old), created(gone)), (contact, to(gone)))
        again = reason("card is refused", contact, id=old.id)
        matched = ReasonChange(kind="matched", reason_id=old.id, similarity=0.93, size_before=1, size_after=1)
        merged = ReasonChange(kind="merged", reason_id=gone.id, others=(old.id,), similarity=0.8)
        discovered(stores, (again,), (matched, merged), (contact, to(again)))
    with database.tenant("default") as stores:
        assert [(r.id, r.name, r.contacts) for r in stores.reasons.list()] == [(old.id, "card is refused", 1)]
        assert {r.state for r in stores.reasons.list(include_retired=True)} == {"active", "retired"}
        assert [event.kind for event in stores.reasons.history(old.id)] == ["created", "matched", "merged"]
        last = stores.reasons.history(gone.id)[-1]
        assert (last.kind, last.others, last.similarity) == ("merged", (old.id,), 0.8)
        assert stores.reasons.get(gone.id).state == "retired"
        assert [kept.assignment.reason_id for kept in stores.reasons.assignments_of(contact)] == [
            str(old.id),
            str(gone.id),
        ]
        assert [kept.is_current for kept in stores.reasons.assignments_of(contact)] == [True, False]


def test_a_persons_name_for_a_reason_outlives_the_next_discovery(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = talk(stores, "x")
        found = reason("declin card", contact)
        discovered(stores, (found,), (created(found),), (contact, to(found)))
        stores.registry.rename(found.id, "Card declined", actor="cli")
        discovered(stores, (reason("card declin", contact, id=found.id),), (), (contact, to(found)))
        assert stores.reasons.get(str(found.id)).name == "Card declined"


def test_counts_follow_the_filter(database: Database) -> None:
    with database.tenant("default") as stores:
        call, mail = talk(stores, "x"), talk(stores, "x", channel=Channel.EMAIL)
        old = talk(stores, "x", is_current=False)
        found = reason("card", call)
        discovered(stores, (found,), (created(found),), (call, to(found)), (mail, to(found)), (old, to(found)))
        assert stores.reasons.list()[0].contacts == stores.reasons.get(found.id).contacts == 2
        assert stores.reasons.list(Filter(channel=Channel.EMAIL))[0].contacts == 1
        assert stores.reasons.list(Filter(since=MONDAY + dt.timedelta(days=1)))[0].contacts == 0
        assert stores.interactions.list(Filter(reason=str(found.id))).total == 2


def test_two_assignments_at_once_leave_one_current(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = talk(stores, "x")

    def assign(_number: int) -> None:
        with database.tenant("default") as stores:
            stores.reasons.assign(contact, to(None))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(assign, range(8)))
    with database.tenant("default") as stores:
        kept = stores.reasons.assignments_of(contact)
        assert (len(kept), sum(one.is_current for one in kept)) == (8, 1)


def test_f37_another_tenants_reason_is_not_found(database: Database) -> None:
    with database.tenant("other") as stores:
        found = reason("theirs")
        discovered(stores, (found,), (created(found),))
    with database.tenant("default") as stores:
        assert stores.reasons.list(include_retired=True) == stores.reasons.known("e") == ()
        assert stores.reasons.history(found.id) == ()
        for look in (found.id, "nonsense"):
            with pytest.raises(NotFound):
                stores.reasons.get(look)
