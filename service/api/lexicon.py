"""``/v1/lexicon``: words and phrases that feel good or bad in a tenant's trade."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from data.types import LexiconEntry
from ingest.lexicon import MAX_CHARS, MOST, lexicon_entry
from service.api.access import Administrator, Reader, TheRuntime
from service.api.schemas import Answer
from service.api.vocabulary import RemovedOut, StoredOut

router = APIRouter(tags=["lexicon"])
AT_ONCE = 5_000


class TermIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phrase: str = Field(max_length=MAX_CHARS, description="In any case; it is kept in lower case.")
    valence: float = Field(ge=-MOST, le=MOST, description="−4, as bad as can be, to +4; 0: no feeling at all.")
    language: str | None = Field(None, max_length=35, description="BCP-47; null for any.")

    def entry(self) -> LexiconEntry:
        """Raises LexiconInvalid (permanent)."""
        return lexicon_entry(self.phrase, self.valence, self.language)


class TermsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entries: list[TermIn] = Field(min_length=1, max_length=AT_ONCE)


class TermOut(Answer):
    phrase: str
    valence: float
    language: str | None


class LexiconOut(BaseModel):
    entries: list[TermOut]


@router.get("/lexicon", summary="Words and phrases that feel good or bad in this trade")
def lexicon(principal: Reader, runtime: TheRuntime) -> LexiconOut:
    """All entries, by phrase."""
    with runtime.database.tenant(principal.tenant) as stores:
        entries = stores.lexicon.all()
    return LexiconOut(entries=[TermOut.model_validate(entry) for entry in entries])


@router.post("/lexicon", status_code=200, summary="Add phrases, or replace them")
def put_lexicon(body: TermsIn, principal: Administrator, runtime: TheRuntime) -> StoredOut:
    """All or none are stored. They count in the sentiment of contacts that are analysed from now on."""
    entries = [one.entry() for one in body.entries]
    with runtime.database.tenant(principal.tenant) as stores:
        stored = stores.lexicon.put(entries)
        stores.audit.write(principal.actor, "lexicon.write", "lexicon", {"count": len(entries)})
    return StoredOut.model_validate(stored)


@router.delete("/lexicon", summary="Remove phrases")
def remove_lexicon(
    principal: Administrator,
    runtime: TheRuntime,
    phrase: Annotated[list[str], Query(min_length=1, max_length=AT_ONCE, description="May be given again.")],
) -> RemovedOut:
    """The sentiment of contacts that are there stays as it is."""
    with runtime.database.tenant(principal.tenant) as stores:
        removed = stores.lexicon.remove([one.lower() for one in phrase])
        if removed:
            stores.audit.write(principal.actor, "lexicon.remove", "lexicon", {"count": removed})
    return RemovedOut(removed=removed)
