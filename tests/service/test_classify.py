"""A contact gets a reason for each of its issues, and no text is embedded twice."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from data.database import Database
from data.ids import new_id
from data.reason_records import Discovery, FoundReason
from data.stores import Stores
from data.types import Channel, Highlight, Role, Span, Turn
from service.further import give_further_reasons
from service.learned import Assigners
from service.stages import classify
from tests.data.conversations import MADE_BY, annotations, talk

DIMENSIONS = 16


class CountingEmbedder:
    """Each text has a direction of its own; it notes what it was asked."""

    name = "counting"
    dimensions = DIMENSIONS
    languages: frozenset[str] | None = None

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return np.stack([direction(text) for text in texts])


def direction(text: str) -> Any:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    vector = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return vector / np.linalg.norm(vector)


def contact(stores: Stores, *issues: str, language: str = "en") -> uuid.UUID:
    """A chat that states each issue in a turn of its own."""
    one = talk(stores, *issues, channel=Channel.CHAT, language=language)
    said = [Turn(position=at, role=Role.CUSTOMER, text=issue) for at, issue in enumerate(issues)]
    found = annotations(None, (), None)
    highlights = tuple(
        Highlight(
            kind="issue",
            text=turn.text,
            spans=(Span(turn=turn.position, char_begin=0, char_end=len(turn.text)),),
            confidence=1,
        )
        for turn in said
    )
    stores.interactions.save_turns(one, said, (), replace_highlights(found, highlights))
    return one


def replace_highlights(found: Any, highlights: tuple[Highlight, ...]) -> Any:
    return replace(found, highlights=highlights)


def reasons(stores: Stores, *names: str) -> dict[str, uuid.UUID]:
    """Known reasons, each in the direction of its name."""
    found = tuple(
        FoundReason(
            id=new_id(), name=name, keywords=(), centroid=direction(name), size=9, representatives=(), parent_id=None
        )
        for name in names
    )
    stores.reasons.record_discovery(
        Discovery(
            embedder="counting",
            granularity="medium",
            reasons=found,
            changes=(),
            assignments=(),
            provenance=MADE_BY,
        )
    )
    return {reason.name: reason.id for reason in found}


@pytest.fixture
def runtime(database: Database) -> Any:
    return SimpleNamespace(
        database=database, models=SimpleNamespace(embedder=CountingEmbedder()), assigners=Assigners()
    )


def run(runtime: Any, *contacts: uuid.UUID) -> None:
    with runtime.database.tenant("default") as stores:
        records = stores.interactions.many(contacts)
    owed = [SimpleNamespace(id=one, record=records[one]) for one in contacts]
    outcomes = list(classify.compute(runtime, "default", owed, lambda: True))  # type: ignore[arg-type]
    with runtime.database.tenant("default") as stores:
        classify.save(runtime, stores, [(outcome.owed, outcome.value) for outcome in outcomes])


def test_each_issue_gets_its_reason_the_first_is_the_primary_one(runtime: Any) -> None:
    with runtime.database.tenant("default") as stores:
        known = reasons(stores, "card declined", "address change", "refund late")
        one = contact(stores, "card declined", "address change")
    run(runtime, one)
    with runtime.database.tenant("default") as stores:
        record = stores.interactions.get(one)
        assert record.reason is not None
        assert record.reason.id == known["card declined"]
        assert [reason.name for reason in record.further_reasons] == ["address change"]
        given = [found for found in stores.reasons.assignments_of(one) if found.is_current]
        assert {(found.is_primary, found.assignment.evidence[0].turn) for found in given} == {(True, 0), (False, 1)}
        assert stores.reasons.assignment_of(one).assignment.reason_id == str(known["card declined"])  # type: ignore[union-attr]


def test_issues_of_one_reason_are_one_reason(runtime: Any) -> None:
    with runtime.database.tenant("default") as stores:
        reasons(stores, "card declined", "address change")
        one = contact(stores, "card declined", "address change", "address change", "card declined")
    run(runtime, one)
    with runtime.database.tenant("default") as stores:
        assert [reason.name for reason in stores.interactions.get(one).further_reasons] == ["address change"]


def test_no_text_is_embedded_twice(runtime: Any) -> None:
    with runtime.database.tenant("default") as stores:
        reasons(stores, "card declined", "address change")
        first, second = contact(stores, "card declined", "address change"), contact(stores, "card declined")
        third = contact(stores, "address change", "something new")
    run(runtime, first, second)
    assert sorted(runtime.models.embedder.asked) == ["address change", "card declined"]
    run(runtime, first, third)
    assert runtime.models.embedder.asked[2:] == ["something new"]
    with runtime.database.tenant("default") as stores:
        stored = stores.embeddings.all("counting")
        for at, text in enumerate(stored.texts):
            assert np.array_equal(stored.vectors[at], direction(text))


def test_a_language_that_the_embedder_does_not_read_is_said_and_not_guessed(runtime: Any) -> None:
    embedder = runtime.models.embedder
    embedder.languages = frozenset({"en"})
    with runtime.database.tenant("default") as stores:
        reasons(stores, "card declined")
        english, german = contact(stores, "card declined", language="en-GB"), contact(stores, "Karte", language="de")
    run(runtime, english, german)
    assert embedder.asked == ["card declined"]
    with runtime.database.tenant("default") as stores:
        record = stores.interactions.get(german)
        assert record.reason is not None
        assert record.reason.id is None
        assert record.skipped == (classify.UNREAD,)
        assert stores.interactions.get(english).skipped == ()
    embedder.languages = None
    run(runtime, german)
    with runtime.database.tenant("default") as stores:
        assert stores.interactions.get(german).skipped == ()


def test_another_tenants_vectors_are_not_used(runtime: Any) -> None:
    with runtime.database.tenant("other") as stores:
        talk(stores, "x")
        assert stores.embeddings.of_texts("counting", {classify.text_hash("card declined")}) == {}
    with runtime.database.tenant("default") as stores:
        one = contact(stores, "card declined")
    run(runtime, one)
    with runtime.database.tenant("other") as stores:
        assert stores.embeddings.of_texts("counting", {classify.text_hash("card declined")}) == {}


def test_done_again_a_contact_with_fewer_issues_loses_its_further_reasons(runtime: Any) -> None:
    with runtime.database.tenant("default") as stores:
        reasons(stores, "card declined", "address change")
        one = contact(stores, "card declined", "address change")
    run(runtime, one)
    with runtime.database.tenant("default") as stores:
        stores.interactions.save_turns(one, (), (), replace_highlights(annotations("card declined", (), None), ()))
    run(runtime, one)
    with runtime.database.tenant("default") as stores:
        record = stores.interactions.get(one)
        assert record.further_reasons == ()
        assert record.reason is not None
        assert record.reason.id is None
        assert stores.embeddings.further("counting") == ()


def test_reasons_found_later_are_given_to_further_issues_without_a_model(runtime: Any) -> None:
    with runtime.database.tenant("default") as stores:
        one = contact(stores, "card declined", "address change")
    run(runtime, one)
    with runtime.database.tenant("default") as stores:
        assert stores.interactions.get(one).further_reasons == ()
        reasons(stores, "card declined", "address change")
        give_further_reasons(stores, "counting")
        assert [reason.name for reason in stores.interactions.get(one).further_reasons] == ["address change"]
        (further,) = (found for found in stores.reasons.assignments_of(one) if not found.is_primary)
        assert further.assignment.evidence == (Span(turn=1, char_begin=0, char_end=14),)
    assert len(runtime.models.embedder.asked) == 2


def test_a_further_reason_that_becomes_the_primary_one_is_not_told_twice(runtime: Any) -> None:
    with runtime.database.tenant("default") as stores:
        known = reasons(stores, "card declined", "address change")
        one = contact(stores, "card declined", "address change")
    run(runtime, one)
    with runtime.database.tenant("default") as stores:
        given = stores.reasons.assignment_of(one)
        assert given is not None
        stores.reasons.assign(one, replace(given.assignment, reason_id=str(known["address change"])))
        record = stores.interactions.get(one)
        assert record.further_reasons == ()
        assert record.reason is not None
        assert record.reason.name == "address change"


def test_what_people_say_gets_a_vector_a_turn_but_not_what_says_nothing(runtime: Any) -> None:
    said = (
        "I want my money back",
        "yes okay",
        (Role.AGENT, "one moment please"),
        (Role.SYSTEM, "please press one now"),
    )
    with runtime.database.tenant("default") as stores:
        one, again = talk(stores, *said), talk(stores, "one moment please")
    run(runtime, one, again)
    assert sorted(runtime.models.embedder.asked) == ["I want my money back", "one moment please"]
    with runtime.database.tenant("default") as stores:
        rows = stores.driver_connection.execute(
            "SELECT interaction_id, position FROM turn_vector WHERE embedder = 'counting'"
        ).fetchall()
    assert set(rows) == {(one, 0), (one, 2), (again, 0)}
    run(runtime, again)
    assert len(runtime.models.embedder.asked) == 2
