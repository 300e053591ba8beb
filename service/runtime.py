"""Everything a process needs, built once from the settings and passed on as a value."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from data.database import Database
from data.errors import ModelMissing
from data.inbox import Inbox
from data.keys import MasterKey, load_or_create
from service.child import Child
from service.learned import Assigners
from service.settings import Settings

if TYPE_CHECKING:
    from classify import Embedder
    from nlp import LanguagePipeline


VOICES = "resemblyzer"
"""The bundled model that tells voices apart."""


class Models:
    """The models of this process: each is loaded at first use, once, however many threads ask for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._languages: dict[str, LanguagePipeline] = {}

    @cached_property
    def _embedder(self) -> Embedder:
        from service.embedders import open_embedder
        from service.remembering import RememberingEmbedder

        settings = self._settings
        return RememberingEmbedder(open_embedder(settings.embedder, settings.model_dir, threads=settings.threads))

    @property
    def embedder(self) -> Embedder:
        """Raises ModelMissing, ModelCorrupt (retry)."""
        with self._lock:
            return self._embedder

    @property
    def embedder_name(self) -> str:
        """For who only reads what was stored: it takes no model."""
        from service.embedders import embedder_name

        return embedder_name(self._settings.embedder)

    @contextmanager
    def language(self, code: str) -> Iterator[LanguagePipeline]:
        """The pipeline of a language, by its BCP-47 code, to one thread at a time; the trained model is English only.

        Raises ModelMissing, ModelCorrupt (retry).
        """
        from nlp import load_language

        base = code.partition("-")[0].lower()
        with self._lock:
            if base not in self._languages:
                model = self._resolve(self._settings.spacy_model) if base == "en" else None
                self._languages[base] = load_language(base, model)
            yield self._languages[base]

    def transcriber(self) -> str:
        """The folder or name of the speech model; it is loaded in the child process. Raises as ``embedder``."""
        from service.model_choice import speech_model

        return str(self._resolve(speech_model(self._settings)))

    def voices(self) -> str | None:
        """The folder of the speaker encoder, None where it was not assembled. Raises ModelCorrupt (retry)."""
        try:
            return str(self._resolve(VOICES))
        except ModelMissing:
            return None

    def _resolve(self, name: str) -> Path | str:
        from data.models import resolve

        return resolve(name, self._settings.model_dir)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """One process's settings, database, inbox and models. Thread-safe."""

    settings: Settings
    database: Database
    master_key: MasterKey = field(repr=False)
    inbox: Inbox
    models: Models
    child: Child
    """Decodes and transcribes; it starts when it is first needed."""
    assigners: Assigners = field(default_factory=Assigners)
    """What this process has learned from corrections, by tenant."""


@contextmanager
def open_runtime(settings: Settings) -> Iterator[Runtime]:
    """A runtime whose database answers and has this version's schema; an embedded one is started and upgraded.

    Raises DatabaseUnavailable (retry), DatabaseOutdated (permanent until an upgrade), MasterKeyMissing (permanent).
    """
    master_key = load_or_create(settings.master_key_file, data_dir=settings.data_dir)
    database = Database(database_url(settings), master_key=master_key)
    child = Child(memory_bytes=settings.child_memory_bytes)
    try:
        if settings.database_url is None and not database.status().ready:
            database.upgrade()
        database.require_ready()
        yield Runtime(
            settings=settings,
            database=database,
            master_key=master_key,
            inbox=Inbox(settings.data_dir / "inbox", master_key),
            models=Models(settings),
            child=child,
        )
    finally:
        child.close()
        database.dispose()


def database_url(settings: Settings) -> str:
    """The URL that is set, or that of the embedded server, which is started if it does not run."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    from data.embedded import start

    return start(settings.data_dir)
