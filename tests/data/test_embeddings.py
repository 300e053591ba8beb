"""Vectors come back as they were put, in an order that does not depend on when they were."""

from __future__ import annotations

import hashlib
import random
import uuid

import numpy as np
import pytest
from sqlalchemy import text

from data.database import Database
from data.embeddings import FurtherEmbedding, NewEmbedding
from data.reason_records import Seed
from data.stores import Stores
from data.types import Channel, Filter, ReasonAssignment, State
from tests.data.conversations import scans, talk

DIMENSIONS = 8


def vector(said: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(said.encode()).digest()[:4])
    return np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)


def put(stores: Stores, said: str, **columns: object) -> uuid.UUID:
    contact = talk(stores, said, issue=said, phrases=[said], **columns)  # type: ignore[arg-type]
    stores.embeddings.put(contact, "e", vector(said), hashlib.sha256(said.encode()).hexdigest())
    return contact


def test_vectors_texts_and_phrases_are_parallel_and_exact(database: Database) -> None:
    with database.tenant("default") as stores:
        ids = {put(stores, said): said for said in ("card", "refund", "delivery")}
        found = stores.embeddings.all("e")
        assert {*found.interaction_ids} == {*ids}
        for at, contact in enumerate(found.interaction_ids):
            assert found.texts[at] == ids[contact]
            assert found.phrases[at] == (ids[contact],)
            assert np.array_equal(found.vectors[at], vector(ids[contact]))
        assert found.vectors.dtype == np.float32
        assert stores.embeddings.all("another").vectors.shape == (0, 0)


def test_the_order_does_not_depend_on_when_contacts_came(database: Database) -> None:
    said = [f"issue {number}" for number in range(12)]
    orders = []
    for tenant in ("default", "other"):
        with database.tenant(tenant) as stores:
            for one in random.Random(tenant).sample(said, len(said)):
                put(stores, one)
            orders.append(stores.embeddings.all("e").texts)
    assert orders[0] == orders[1]


def test_contacts_with_a_reason_are_read_with_it_and_no_others(database: Database) -> None:
    with database.tenant("default") as stores:
        card, refund = (put(stores, said) for said in ("card", "refund"))
        put(stores, "nothing known")
        (reason,) = map(str, stores.registry.seed([Seed(name="why", centroid=vector("x"))], embedder="e", actor="t"))
        value = ReasonAssignment(reason_id=reason, confidence=1, nearest_id=None, distance=None)
        stores.reasons.assign_all([(one, value) for one in (card, refund)])
        ids, vectors = stores.embeddings.assigned("e", 10)
        assert ids == (reason, reason)
        assert sorted(map(bytes, vectors)) == sorted(bytes(vector(said)) for said in ("card", "refund"))
        assert len(stores.embeddings.assigned("e", 1)[0]) == 1
        assert stores.embeddings.assigned("another", 10)[1].shape == (0, 0)


def test_a_new_vector_takes_the_place_of_the_old(database: Database) -> None:
    with database.tenant("default") as stores:
        contact = put(stores, "card")
        stores.embeddings.put_many(
            "e", [NewEmbedding(interaction_id=contact, vector=vector("other"), text_hash="other")]
        )
        assert np.array_equal(stores.embeddings.all("e").vectors[0], vector("other"))
        assert stores.embeddings.text_hashes("e") == {contact: "other"}


def test_superseded_and_quarantined_contacts_are_left_out(database: Database) -> None:
    with database.tenant("default") as stores:
        put(stores, "old", is_current=False)
        put(stores, "broken", state=State.QUARANTINED)
        assert stores.embeddings.all("e").texts == ()


def test_the_nearest_come_first_within_the_filter(database: Database) -> None:
    with database.tenant("default") as stores:
        ids = {said: put(stores, said) for said in ("card", "refund", "delivery", "mail")}
        mail = put(stores, "by mail", channel=Channel.EMAIL)
        stores.embeddings.put(ids["mail"], "another", vector("card"), "hash")
        near = stores.embeddings.nearest("e", vector("card"), limit=3)
        assert near[0].interaction_id == ids["card"]
        assert near[0].distance == pytest.approx(0, abs=1e-6)
        assert [one.distance for one in near] == sorted(one.distance for one in near)
        only = stores.embeddings.nearest("e", vector("card"), wanted=Filter(channel=Channel.EMAIL))
        assert [one.interaction_id for one in only] == [mail]


def test_f37_another_tenants_vectors_are_not_near(database: Database) -> None:
    with database.tenant("other") as stores:
        put(stores, "card")
    with database.tenant("default") as stores:
        assert stores.embeddings.nearest("e", vector("card")) == ()
        assert stores.embeddings.all("e").texts == ()


def test_nearness_is_asked_of_the_embedders_index(database: Database) -> None:
    database.index_embedder("e", DIMENSIONS)
    with database.tenant("default") as stores:
        for number in range(50):
            put(stores, f"issue {number}")
        stores.session.execute(text("SET LOCAL enable_seqscan = off"))
        stores.session.execute(text("SET LOCAL enable_sort = off"))
        store = stores.embeddings
        statement = store._nearest("e", vector("card"), Filter()).limit(5)
        compiled = statement.compile(stores.session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = stores.driver_connection.execute("EXPLAIN " + compiled.string).fetchall()
        assert any("using embedding_e_8_idx" in line for (line,) in plan)


def further(contact: uuid.UUID, position: int, said: str) -> FurtherEmbedding:
    hashed = hashlib.sha256(said.encode()).hexdigest()
    return FurtherEmbedding(interaction_id=contact, position=position, vector=vector(said), text_hash=hashed)


def test_a_text_that_was_embedded_is_found_by_its_hash(database: Database) -> None:
    with database.tenant("default") as stores:
        first, _ = put(stores, "card"), put(stores, "card")
        stores.embeddings.put_further("e", [first], [further(first, 1, "refund")])
        wanted = {hashlib.sha256(said.encode()).hexdigest(): said for said in ("card", "refund", "unknown")}
        found = stores.embeddings.of_texts("e", wanted)
        assert {wanted[hashed] for hashed in found} == {"card", "refund"}
        assert all(np.array_equal(vector(wanted[hashed]), there) for hashed, there in found.items())
        assert stores.embeddings.of_texts("another", wanted) == {}
        assert stores.embeddings.of_texts("e", ()) == {}


def test_further_vectors_take_the_place_of_those_before(database: Database) -> None:
    with database.tenant("default") as stores:
        one, other = put(stores, "card"), put(stores, "refund")
        both = [further(one, 1, "a"), further(one, 2, "b"), further(other, 1, "c")]
        stores.embeddings.put_further("e", [one, other], both)
        stores.embeddings.put_further("e", [one], [further(one, 1, "d")])
        found = sorted((str(there.interaction_id), there.vector.tolist()) for there in stores.embeddings.further("e"))
        assert found == sorted([(str(one), vector("d").tolist()), (str(other), vector("c").tolist())])
        assert len(stores.embeddings.all("e").texts) == 2


def test_a_text_is_looked_up_in_an_index(database: Database) -> None:
    with database.tenant("default") as stores:
        for number in range(50):
            put(stores, f"issue {number}")
        stores.session.execute(text("SET LOCAL enable_seqscan = off"))
        before = scans(stores, "embedding")
        assert len(stores.embeddings.of_texts("e", [hashlib.sha256(b"issue 7").hexdigest()])) == 1
        assert scans(stores, "embedding") == before
