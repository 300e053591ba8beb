"""Sentiment on its way through the annotate stage: vectors once for a job, the tenant's lexicon, and its origin."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from data.records import InteractionRecord
from data.types import Channel, Delivery, LexiconEntry, Metadata, Skipped, Stage
from nlp.sentiment_model import load_model
from service import pipeline
from service.jobs import Job
from service.reception import receive
from service.runtime import Models, Runtime

Queue = Callable[[], list[dict[str, Any]]]
pytestmark = pytest.mark.models


class NotingEmbedder:
    """Notes what it was asked at once; it says it is the embedder whose vectors the sentiment model reads."""

    name = "noting"
    dimensions = 384

    def __init__(self, sha256: str, languages: frozenset[str] | None = None) -> None:
        self.asked: list[list[str]] = []
        self.languages = languages
        self.provenance = type("Made", (), {"model_sha256": sha256})()

    def encode(self, texts: Sequence[str]) -> Any:
        self.asked.append(list(texts))
        return np.full((len(texts), 384), 384**-0.5, dtype=np.float32)


def survey(text: str, number: int, language: str | None = "en") -> Delivery:
    return Delivery(
        name=f"answer-{number}.txt",
        channel=Channel.SURVEY,
        media_type="text/plain",
        payload=text.encode(),
        metadata=Metadata(
            external_id=str(number), language=language, started_at=dt.datetime(2026, 10, 5, 9, number, tzinfo=dt.UTC)
        ),
    )


@pytest.fixture
def analysed(
    runtime: Runtime, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[NotingEmbedder, dict[str, InteractionRecord]]]:
    def run(
        *answers: tuple[str, str], sha256: str | None = None, languages: frozenset[str] | None = None
    ) -> tuple[NotingEmbedder, dict[str, InteractionRecord]]:
        embedder = NotingEmbedder(load_model().embedder if sha256 is None else sha256, languages)
        monkeypatch.setattr(Models, "embedder", property(lambda self: embedder))
        given = [survey(text, number, language) for number, (text, language) in enumerate(answers)]
        ids = list(receive(runtime, "default", given).ids)
        (job,) = [one for one in queue() if one["stage"] == Stage.ANNOTATE]
        pipeline.run(runtime, Job.read(job), job_id=job["id"], keep_going=lambda: True)
        return embedder, _records(runtime, ids, [text for text, _ in answers])

    return run


def _records(runtime: Runtime, ids: list[uuid.UUID], texts: list[str]) -> dict[str, InteractionRecord]:
    with runtime.database.tenant("default") as stores:
        return {texts[int(record.external_id or 0)]: record for record in stores.interactions.many(ids).values()}


def test_what_several_contacts_say_is_embedded_at_once_and_redacted(analysed: Any) -> None:
    embedder, records = analysed(("My card 4111 1111 1111 1111 is not working.", "en"), ("Great service.", "en"))
    (asked,) = embedder.asked
    assert sorted(asked) == ["Great service.", "My card [CARD_1] is not working."]
    made_by = records["Great service."].provenance["sentiment"]
    assert (made_by.component, made_by.model) == ("nlp.sentiment", "both")
    assert made_by.model_sha256 == load_model().sha256
    assert records["Great service."].sentiment > 0


def test_with_another_embedders_vectors_words_alone_decide_and_the_origin_says_so(analysed: Any) -> None:
    _, records = analysed(("It is terrible.", "en"), sha256="another")
    assert records["It is terrible."].provenance["sentiment"].model == "words"
    assert records["It is terrible."].sentiment < 0


def test_a_language_that_no_model_reads_says_so(analysed: Any) -> None:
    text = "Palvelu oli huonoa ja hidasta, en ole tyytyväinen."
    _, records = analysed((text, "fi"))
    assert records[text].sentiment is None
    assert Skipped(feature="sentiment", reason_code="language.no_model") in records[text].skipped


def test_german_is_read_where_the_embedder_reads_it(analysed: Any) -> None:
    text = "Der Techniker ist nicht gekommen."
    _, records = analysed((text, "de"), languages=frozenset({"de", "en"}))
    assert records[text].sentiment is not None
    assert records[text].provenance["sentiment"].model == "meaning"


def test_a_tenants_lexicon_counts_from_the_next_contact_on(analysed: Any, runtime: Runtime) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        stores.lexicon.put([LexiconEntry(phrase="data cap", valence=-4)])
    with_it = analysed(("There it was, the data cap.", "en"), ("There it was, the summer.", "en"))[1]
    assert with_it["There it was, the data cap."].sentiment < -0.4
    assert with_it["There it was, the summer."].sentiment > -0.4
