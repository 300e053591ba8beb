"""``POST /v1/interactions``: one file as a raw body, kept in memory until it lies encrypted in the inbox.

A form would be spooled to disk in the clear by its parser, so there is none; the metadata is in the address.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from data import errors
from data.errors import FieldInvalid, InputRefused, InputTooLarge, TooBusy
from data.types import Channel, CustomerRef, Direction, Metadata, Refusal, Role
from ingest import ColumnMap, Raw, ReadOptions, read_bytes
from service.api.access import Administrator, TheRuntime
from service.api.schemas import Receipt, receipt
from service.reception import Summary, receive
from service.runtime import Runtime
from service.settings import vcon_keys

router = APIRouter(tags=["interactions"])
AT_ONCE = 8
"""Bodies in memory at one time; who comes later is asked to come again (F43)."""


async def _room(request: Request) -> AsyncIterator[None]:
    """Raises TooBusy (retry)."""
    under_way: asyncio.Semaphore = request.app.state.uploads
    if under_way.locked():
        raise TooBusy()
    async with under_way:
        yield


class UploadParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=255, description="The file's name, as in `call-0042.ogg`.")
    external_id: str | None = Field(None, max_length=255)
    channel: Channel | None = Field(None, description="Of mails, notes and rows; a recording is always `voice`.")
    customer: list[str] = Field([], max_length=8, description="`scheme:value`; all name the same customer.")
    customer_segment: str | None = Field(None, max_length=100)
    agent: str | None = Field(None, max_length=200)
    queue: str | None = Field(None, max_length=200)
    team: str | None = Field(None, max_length=200)
    direction: Direction | None = None
    started_at: dt.datetime | None = None
    language: str | None = Field(None, max_length=35, pattern="^[A-Za-z0-9-]+$")
    channel_map: str | None = Field(None, max_length=200, description="A role for each channel: `agent,customer`.")
    wrap_up_code: str | None = Field(None, max_length=200)
    raw: str | None = Field(None, max_length=40, description="Of a recording without a header: `pcm_mulaw,8000,2`.")
    columns: str | None = Field(None, max_length=2000, description="For tables: `text=body,customer=crm_id`.")

    def options(self, runtime: Runtime) -> ReadOptions:
        """Raises FieldInvalid, CustomerRefInvalid, MetadataInvalid, TableColumnMissing (permanent)."""
        return ReadOptions(
            metadata=self._metadata(),
            columns=ColumnMap.parse(self.columns) if self.columns else None,
            channel=self.channel,
            raw=Raw.parse(self.raw) if self.raw else None,
            audio_max_s=runtime.settings.audio_max_s,
            vcon_keys=vcon_keys(runtime.settings),
            max_bytes=runtime.settings.upload_max_bytes,
        )

    def _metadata(self) -> Metadata:
        started_at = self.started_at
        return Metadata(
            external_id=self.external_id,
            channel=self.channel,
            customers=tuple(map(CustomerRef.parse, self.customer)),
            customer_segment=self.customer_segment,
            agent=self.agent,
            queue=self.queue,
            team=self.team,
            direction=self.direction,
            started_at=started_at.replace(tzinfo=started_at.tzinfo or dt.UTC) if started_at else None,
            language=self.language,
            channel_map=_roles(self.channel_map) if self.channel_map else None,
            wrap_up_code=self.wrap_up_code,
        )


@router.post("/interactions", status_code=202, summary="Hand in one file")
async def upload(
    request: Request,
    principal: Administrator,
    runtime: TheRuntime,
    parameters: Annotated[UploadParameters, Query()],
    _: Annotated[None, Depends(_room)],
) -> Receipt:
    """The file is the body: audio, mail, text, CSV, XLSX, JSONL or vCon, told apart by content.

    When the answer comes, what it accepted is durable; the analysis follows. The same bytes again are the same
    interaction.
    """
    options = await to_thread.run_sync(parameters.options, runtime)
    async with _body_in_memory(request, runtime.settings.upload_max_bytes) as path:
        summary = await to_thread.run_sync(_take, runtime, principal.tenant, parameters.name, path, options)
    if not summary.ids and summary.refusals:
        raise _as_error(summary.refusals[0])
    return receipt(summary)


def _take(runtime: Runtime, tenant: str, name: str, path: Path, options: ReadOptions) -> Summary:
    return receive(runtime, tenant, read_bytes(name, path, options), source="api")


@asynccontextmanager
async def _body_in_memory(request: Request, max_bytes: int) -> AsyncIterator[Path]:
    """The body as a file that has no place on a disk. Raises InputTooLarge (permanent) before or while it is read."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise InputTooLarge()
    descriptor = os.memfd_create("upload", os.MFD_CLOEXEC)
    try:
        received = 0
        async for piece in request.stream():
            received += len(piece)
            if received > max_bytes:
                raise InputTooLarge()
            os.write(descriptor, piece)
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _roles(text: str) -> tuple[Role, ...]:
    try:
        return tuple(Role(part.strip()) for part in text.split(","))
    except ValueError:
        raise FieldInvalid(f"channel_map: {text!r}; roles are {', '.join(Role)}") from None


def _as_error(refusal: Refusal) -> InputRefused:
    kinds = {kind.code: kind for kind in errors.all_errors() if issubclass(kind, InputRefused)}
    return kinds.get(refusal.code, InputRefused)(refusal.name)
