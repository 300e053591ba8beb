"""``/v1/vocabulary``: the names that calls are about."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from data.types import VocabularyEntry
from ingest.vocabulary import MAX_CHARS, MAX_SPOKEN, Kind, vocabulary_entry
from service.api.access import Administrator, Reader, TheRuntime
from service.api.schemas import Answer

router = APIRouter(tags=["vocabulary"])
AT_ONCE = 10_000


class EntryIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phrase: str = Field(max_length=MAX_CHARS, description="The name as it is to be written.")
    kind: Kind = "other"
    spoken: list[str] = Field(default_factory=list, max_length=MAX_SPOKEN, description="Other ways it is said.")
    language: str | None = Field(None, max_length=35, description="BCP-47; null for any.")

    def entry(self) -> VocabularyEntry:
        """Raises VocabularyInvalid (permanent)."""
        return vocabulary_entry(self.phrase, self.kind, tuple(self.spoken), self.language)


class EntriesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entries: list[EntryIn] = Field(min_length=1, max_length=AT_ONCE)


class EntryOut(Answer):
    phrase: str
    kind: Kind
    spoken: list[str]
    language: str | None


class VocabularyOut(BaseModel):
    entries: list[EntryOut]


class StoredOut(Answer):
    new: int
    changed: int
    repeated: int


class RemovedOut(BaseModel):
    removed: int


@router.get("/vocabulary", summary="The names that calls are about")
def vocabulary(principal: Reader, runtime: TheRuntime) -> VocabularyOut:
    """All entries, by name."""
    with runtime.database.tenant(principal.tenant) as stores:
        entries = stores.vocabulary.all()
    return VocabularyOut(entries=[EntryOut.model_validate(entry) for entry in entries])


@router.post("/vocabulary", status_code=200, summary="Add names, or replace them")
def put_vocabulary(body: EntriesIn, principal: Administrator, runtime: TheRuntime) -> StoredOut:
    """All or none are stored. Transcripts made from now on are put right by them."""
    entries = [one.entry() for one in body.entries]
    with runtime.database.tenant(principal.tenant) as stores:
        stored = stores.vocabulary.put(entries)
        stores.audit.write(principal.actor, "vocabulary.write", "vocabulary", {"count": len(entries)})
    return StoredOut.model_validate(stored)


@router.delete("/vocabulary", summary="Remove names")
def remove_vocabulary(
    principal: Administrator,
    runtime: TheRuntime,
    phrase: Annotated[list[str], Query(min_length=1, max_length=AT_ONCE, description="May be given again.")],
) -> RemovedOut:
    """Transcripts that are there stay as they are."""
    with runtime.database.tenant(principal.tenant) as stores:
        removed = stores.vocabulary.remove(phrase)
        if removed:
            stores.audit.write(principal.actor, "vocabulary.remove", "vocabulary", {"count": removed})
    return RemovedOut(removed=removed)
