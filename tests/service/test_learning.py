"""Corrections at work: they hold, new contacts follow, harm is held back, and everyone sees only their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from data.embeddings import NewEmbedding
from data.stores import Stores
from service import discovery, learning
from service.runtime import Runtime, open_runtime
from service.settings import Settings
from tests.classify.conftest import ENDINGS, WORDINGS
from tests.data.conversations import talk
from tests.fixtures_database import database_server, database_url

__all__ = ["database_server", "database_url"]
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
    rows = zip(ids, embedder.encode(texts), strict=True)
    stores.embeddings.put_many(
        embedder.name,
        [NewEmbedding(interaction_id=one, vector=np.asarray(vector), text_hash=str(one)) for one, vector in rows],
    )
    return ids


@pytest.fixture
def centre(settings: Settings, model_dir: Path) -> Iterator[Centre]:
    with open_runtime(settings.model_copy(update={"model_dir": model_dir})) as runtime:
        with runtime.database.tenant("default") as stores:
            stores.tenants.ensure()
            contacts = {
                label: put(runtime, stores, [wording + end for wording in wordings for end in ENDINGS])
                for label, wordings in WORDINGS.items()
            }
        discovery.discover(runtime, "default")
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
