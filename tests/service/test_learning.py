"""Corrections at work: they hold, new contacts follow, harm is held back, and everyone sees only their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from data.embeddings import NewEmbedding
from data.errors import CursorInvalid
from data.stores import Stores
from service import discovery, learning
from service.api.app import create
from service.runtime import Runtime, open_runtime
from service.settings import Settings
from tests.classify.conftest import ENDINGS, WORDINGS
from tests.data.conversations import talk
from tests.fixtures_database import Emptied
from tests.service.conftest import settings_in

pytestmark = pytest.mark.models
NEW = ["my card was declined by the shop today", "cancel my contract at once"]


@dataclass(frozen=True)
class Centre:
    runtime: Runtime
    contacts: dict[str, list[uuid.UUID]]
    """By what they are about."""

    def reason(self, label: str) -> str:
        """The reason that most contacts of a label have."""
        with self.runtime.database.tenant("default") as stores:
            standings = stores.corrections.standings(self.contacts[label])
        given = [one.reason_id for one in standings.values() if one.reason_id]
        return max(sorted(set(given)), key=given.count)

    def correct(self, interaction_id: uuid.UUID, reason: str | None) -> None:
        with self.runtime.database.tenant("default") as stores:
            stores.corrections.correct(interaction_id, reason, actor="ann")

    def assign(self, texts: list[str]) -> list[str | None]:
        vectors = self.runtime.models.embedder.encode(texts)
        given = learning.assigner(self.runtime, "default").assign(vectors, [None] * len(texts))
        return [one.reason_id for one in given]


def put(runtime: Runtime, stores: Stores, texts: list[str]) -> list[uuid.UUID]:
    embedder = runtime.models.embedder
    ids = [talk(stores, text, issue=text) for text in texts]
    rows = zip(ids, texts, embedder.encode(texts), strict=True)
    stores.embeddings.put_many(
        embedder.name,
        [NewEmbedding(interaction_id=one, vector=np.asarray(row), text_hash=said) for one, said, row in rows],
    )
    return ids


@pytest.fixture(scope="module")
def discovered(
    tmp_path_factory: pytest.TempPathFactory, emptied: Emptied, model_dir: Path
) -> Iterator[tuple[Settings, dict[str, list[uuid.UUID]]]]:
    """Contacts in whom the reasons were found, and nobody connected to the database that they are in."""
    with emptied.one() as url:
        settings = settings_in(tmp_path_factory.mktemp("centre"), url)
        with open_runtime(settings) as runtime:
            with runtime.database.tenant("default") as stores:
                stores.tenants.ensure()
                contacts = {
                    label: put(runtime, stores, [wording + end for wording in wordings for end in ENDINGS])
                    for label, wordings in WORDINGS.items()
                }
            discovery.discover(runtime, "default")
        yield settings, contacts


@pytest.fixture
def centre(discovered: tuple[Settings, dict[str, list[uuid.UUID]]], emptied: Emptied) -> Iterator[Centre]:
    """A copy for each test, since each teaches other things."""
    settings, contacts = discovered
    assert settings.database_url is not None
    with (
        emptied.copy(settings.database_url.get_secret_value()) as url,
        open_runtime(settings.model_copy(update={"database_url": SecretStr(url)})) as runtime,
    ):
        yield Centre(runtime, contacts)


def test_without_corrections_the_centroids_decide_and_nothing_is_taught(centre: Centre) -> None:
    assert centre.assign(NEW) == [centre.reason("card"), centre.reason("cancel")]
    assert learning.assigner(centre.runtime, "default").taught is None


def test_new_contacts_follow_a_correction_at_once_and_what_is_unlike_it_stays(centre: Centre) -> None:
    card, router = centre.reason("card"), centre.reason("router")
    before = centre.assign(NEW)
    for one in centre.contacts["card"][:9]:
        centre.correct(one, router)
    after = centre.assign(NEW)
    assert (before[0], after[0]) == (card, router)
    assert after[1] == before[1]
    with centre.runtime.database.tenant("default") as stores:
        assert {one.learned for one in stores.corrections.lessons()} == {True}


def test_what_was_learned_is_kept_until_something_changes(centre: Centre) -> None:
    centre.correct(centre.contacts["card"][0], centre.reason("card"))
    first = learning.assigner(centre.runtime, "default")
    assert learning.assigner(centre.runtime, "default") is first
    centre.correct(centre.contacts["card"][1], centre.reason("card"))
    assert learning.assigner(centre.runtime, "default") is not first


def test_corrections_that_would_do_harm_are_held_back_but_hold_for_their_contacts(centre: Centre) -> None:
    reasons = {label: centre.reason(label) for label in centre.contacts}
    labels = list(reasons)
    for label, ids in centre.contacts.items():
        for one in ids[::2]:
            centre.correct(one, reasons[label])
    assert learning.assigner(centre.runtime, "default").taught is not None
    for label, ids in centre.contacts.items():
        for one in ids[1::2]:
            centre.correct(one, reasons[labels[(labels.index(label) + 1) % len(labels)]])
    assert centre.assign(NEW) == [reasons["card"], reasons["cancel"]]
    with centre.runtime.database.tenant("default") as stores:
        held = [one for one in stores.corrections.lessons() if one.learned is False]
        assert held
        standing = stores.corrections.standings([held[0].interaction_id])[held[0].interaction_id]
        assert (standing.reason_id, standing.source) == (str(held[0].reason_id), "human")


def test_a_corrected_contact_keeps_its_reason_through_a_discovery(centre: Centre) -> None:
    one, router = centre.contacts["card"][0], centre.reason("router")
    centre.correct(one, router)
    discovery.discover(centre.runtime, "default")
    with centre.runtime.database.tenant("default") as stores:
        standing = stores.corrections.standings([one])[one]
    assert (standing.reason_id, standing.source) == (router, "human")


def test_the_queue_asks_nothing_twice_and_nothing_that_was_answered(centre: Centre) -> None:
    first = learning.review(centre.runtime, "default", limit=5)
    second = learning.review(centre.runtime, "default", limit=5, cursor=first.next_cursor)
    asked = [item.interaction.id for item in (*first.items, *second.items)]
    assert len(set(asked)) == len(asked) == 10
    centre.correct(asked[0], None)
    again = learning.review(centre.runtime, "default", limit=100)
    assert asked[0] not in {item.interaction.id for item in again.items}
    with pytest.raises(CursorInvalid):
        learning.review(centre.runtime, "default", limit=5, cursor="x")


def test_what_came_after_the_discovery_can_be_asked_about_and_watched(centre: Centre) -> None:
    with centre.runtime.database.tenant("default") as stores:
        new = put(centre.runtime, stores, [f"Which bus goes to the zoo number {number}?" for number in range(60)])
        vectors = centre.runtime.models.embedder.encode([f"Which bus goes to the zoo number {n}?" for n in range(60)])
        given = learning.assigner(centre.runtime, "default").assign(vectors, [None] * 60)
        stores.reasons.assign_all(list(zip(new, given, strict=True)))
    asked = learning.review(centre.runtime, "default", limit=100).items
    assert {item.interaction.id for item in asked} & set(new)
    found = learning.drift(centre.runtime, "default")
    assert found.discover_again
    assert "more_unassigned" in found.signs


def test_over_the_api_a_contact_is_corrected_and_others_see_nothing(centre: Centre) -> None:
    with centre.runtime.database.tenant("default") as stores:
        key = stores.access.create_key("mine", "analyst").secret
    with centre.runtime.database.tenant("other") as stores:
        stores.tenants.ensure()
        theirs = stores.access.create_key("theirs", "admin").secret
    one, router = centre.contacts["card"][0], centre.reason("router")
    with TestClient(create(centre.runtime)) as client:
        mine, foreign = {"authorization": f"Bearer {key}"}, {"authorization": f"Bearer {theirs}"}
        path = f"/v1/interactions/{one}"
        answer = client.post(f"{path}/reason", json={"reason_id": router}, headers=mine)
        assert (answer.status_code, answer.json()["reason_id"]) == (200, router)
        assert client.get(path, headers=mine).json()["reason"]["id"] == router
        assert len(client.get(f"{path}/corrections", headers=mine).json()["corrections"]) == 1
        assert client.get("/v1/review?limit=3", headers=mine).json()["total"] > 3
        assert client.get("/v1/drift", headers=mine).json()["before"]["contacts"] > 0
        assert client.post(f"{path}/reason", json={"reason_id": None}, headers=foreign).status_code == 404
        assert client.get(f"{path}/corrections", headers=foreign).status_code == 404
        assert client.get("/v1/review", headers=foreign).json() == {"items": [], "total": 0, "next_cursor": None}
        assert client.get("/v1/drift", headers=foreign).json()["before"]["contacts"] == 0
        assert client.post(f"{path}/reason", json={}, headers=mine).status_code == 422
