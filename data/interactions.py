"""Interactions: accepted once however often they come, described by their metadata, listed by a filter."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Tuple, and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from data import codec
from data.cursors import seal, unseal
from data.errors import MasterKeyMissing, NotFound
from data.filters import matching
from data.further import further_reasons
from data.identifiers import link
from data.ids import new_id, parse_id
from data.inbox import InboxItem, InboxStore
from data.keys import TenantKeys
from data.metadata import MetadataStore, combine, lock_names, names_of
from data.paging import Page, cut
from data.records import InteractionRecord, record
from data.tables import AssignmentRow, InteractionRow, ReasonRow
from data.turns import save_turns
from data.types import (
    Annotations,
    Channel,
    Filter,
    Metadata,
    Provenance,
    Redaction,
    Role,
    SetAside,
    Skipped,
    State,
    Turn,
)

START_ASSUMED = "start_assumed"
CUSTOMER_CONFLICT = "customer_conflict"
PLAIN = (
    *("customer_segment", "agent", "queue", "team", "started_at", "language", "wrap_up_code"),
    *("csat", "nps", "ces", "hold_s", "after_call_s", "page", "dwell_s"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInteraction:
    """A contact whose original is durable in the inbox already."""

    content_id: bytes
    channel: Channel
    name: str
    media_type: str
    metadata: Metadata
    original: InboxItem
    source: str | None = None
    """Which adapter brought it; None: the command line or the API."""
    joined: bool = False
    """Whether a side-car gave part of the metadata already."""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """``repeated``: the same bytes were here before, and the new inbox item is not needed.

    ``joined``: a side-car's metadata is part of it. ``changed``: fields of a repeated one that have new values.
    """

    id: uuid.UUID
    repeated: bool
    joined: bool
    changed: frozenset[str] = frozenset()


class InteractionStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def add(self, new: NewInteraction) -> Added:
        """Accepts a contact, joined with what waited for it. The same bytes are the same interaction (F33, F34).

        Raises MasterKeyMissing (permanent).
        """
        names = names_of(new.name, new.metadata.external_id)
        lock_names(self._session, self._tenant, names)
        waiting = MetadataStore(self._session, self._tenant, self._required_keys()).take(names)
        metadata = combine(new.metadata, waiting) if waiting else new.metadata
        joined = new.joined or waiting is not None
        added_id = self._insert(new)
        if added_id is None:
            return self._again(new, metadata, joined=joined)
        InboxStore(self._session, self._tenant).add(new.original, added_id)
        self.update_metadata(added_id, metadata)
        return Added(id=added_id, repeated=False, joined=joined)

    def get(self, interaction_id: uuid.UUID | str) -> InteractionRecord:
        """Raises NotFound (permanent)."""
        found = self._session.execute(
            _with_reason().where(InteractionRow.tenant == self._tenant, InteractionRow.id == parse_id(interaction_id))
        ).one_or_none()
        if found is None:
            raise NotFound(f"interaction {interaction_id}")
        return self._records([found])[0]

    def many(self, interaction_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, InteractionRecord]:
        """Those of these ids that there are."""
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.id.in_(interaction_ids))
        return {found.id: found for found in self._records(self._session.execute(_with_reason().where(*wanted)).all())}

    def ids(self) -> frozenset[uuid.UUID]:
        """Of all current ones."""
        mine = (InteractionRow.tenant == self._tenant, InteractionRow.is_current)
        return frozenset(self._session.scalars(select(InteractionRow.id).where(*mine)))

    def list(self, wanted: Filter, *, limit: int = 50, cursor: str | None = None) -> Page[InteractionRecord]:
        """The newest first. Raises CursorInvalid, MasterKeyMissing (permanent)."""
        conditions = [InteractionRow.tenant == self._tenant, *matching(wanted, self._keys)]
        total = self._session.scalar(select(func.count()).select_from(InteractionRow).where(*conditions)) or 0
        order = (InteractionRow.started_at.desc(), InteractionRow.id.desc())
        statement = _with_reason().where(*conditions).order_by(*order).limit(limit + 1)
        if cursor is not None:
            statement = statement.where(tuple_(InteractionRow.started_at, InteractionRow.id) < _after(wanted, cursor))
        items, last = cut(self._records(self._session.execute(statement).all()), limit)
        following = seal(wanted, (last.started_at.isoformat(), last.id.hex)) if last else None
        return Page(items=items, total=total, next_cursor=following)

    def update_metadata(self, interaction_id: uuid.UUID, metadata: Metadata) -> frozenset[str]:
        """Takes every field that ``metadata`` has a value for; returns the names of those that changed.

        Raises NotFound, MasterKeyMissing (permanent).
        """
        row = self._row(interaction_id)
        before = {name: getattr(row, name) for name in (*PLAIN, "direction", "channel_map", "customer_id")}
        for name in PLAIN:
            if (value := getattr(metadata, name)) is not None:
                setattr(row, name, value)
        self._take_shapes(row, metadata)
        self._take_customers(row, metadata)
        versioned = self._take_external_id(row, metadata.external_id)
        self._session.flush()
        changed = {name for name, value in before.items() if getattr(row, name) != value}
        return frozenset(changed | {"external_id"} if versioned else changed)

    def save_transcript_meta(
        self,
        interaction_id: uuid.UUID,
        *,
        duration_s: float | None,
        language: str | None,
        flags: Sequence[str] = (),
        provenance: Provenance | None = None,
    ) -> None:
        """What is known of a recording besides its words; flags are added to those that are there."""
        row = self._row(interaction_id)
        row.duration_s = duration_s
        row.language = language or row.language
        row.flags = _with(row.flags, *flags)
        if provenance:
            row.provenance = {**row.provenance, "transcribe": codec.plain(provenance)}
        self._session.flush()

    def save_turns(
        self,
        interaction_id: uuid.UUID,
        turns: Sequence[Turn],
        redactions: Sequence[Redaction],
        annotations: Annotations,
        subject: str | None = None,
    ) -> None:
        """Stores redacted turns and what was found in them, in place of those before, searchable at once."""
        save_turns(self._session, self._row(interaction_id), turns, redactions, annotations, subject)

    def save_sound(
        self, interaction_id: uuid.UUID, set_aside: Sequence[SetAside], loudness: Mapping[Role, Sequence[int | None]]
    ) -> None:
        """Stores, redacted, what of a recording could not be believed, and each role's dBFS by second."""
        row = self._row(interaction_id)
        row.set_aside = [codec.plain(one) for one in set_aside]
        row.loudness = {role.value: codec.levels(by_second) for role, by_second in loudness.items()}
        self._session.flush()

    def add_flags(self, interaction_id: uuid.UUID, *flags: str) -> None:
        row = self._row(interaction_id)
        row.flags = _with(row.flags, *flags)
        self._session.flush()

    def set_state(self, interaction_id: uuid.UUID, state: State, error_code: str | None = None) -> None:
        row = self._row(interaction_id)
        row.state, row.error_code = state.value, error_code
        self._session.flush()

    def set_states(self, interaction_ids: Collection[uuid.UUID], state: State) -> None:
        """Of many at once; whatever error they had is over."""
        mine = (InteractionRow.tenant == self._tenant, InteractionRow.id.in_(interaction_ids))
        self._session.execute(update(InteractionRow).where(*mine).values(state=state.value, error_code=None))

    def set_skipped(self, interaction_id: uuid.UUID, skipped: Iterable[Skipped]) -> None:
        """What was not computed of an interaction, all of it."""
        mine = (InteractionRow.tenant == self._tenant, InteractionRow.id == interaction_id)
        values = [codec.plain(one) for one in skipped]
        self._session.execute(update(InteractionRow).where(*mine).values(skipped=values))

    def counts(self) -> Mapping[State, int]:
        """How many interactions are in each state; superseded versions count too, for they are work as well."""
        statement = select(InteractionRow.state, func.count()).where(InteractionRow.tenant == self._tenant)
        found = dict.fromkeys(State, 0)
        for state, count in self._session.execute(statement.group_by(InteractionRow.state)):
            found[State(state)] = count
        return found

    def _records(self, rows: Sequence[Row[Any, Any, Any]]) -> tuple[InteractionRecord, ...]:
        further = further_reasons(self._session, self._tenant, [row[0].id for row in rows])
        return tuple(record(*row, further.get(row[0].id, ())) for row in rows)

    def _insert(self, new: NewInteraction) -> uuid.UUID | None:
        """The id of the new row; None where the content is here. Who comes second at once waits for the first."""
        statement = insert(InteractionRow).values(
            tenant=self._tenant,
            id=new_id(),
            content_id=new.content_id,
            channel=new.channel.value,
            source=new.source,
            name=new.name,
            media_type=new.media_type,
            size_bytes=new.original.size_bytes,
            started_at=func.now(),
            flags=[START_ASSUMED, *new.flags],
        )
        constraint = [InteractionRow.tenant, InteractionRow.content_id]
        return self._session.scalar(
            statement.on_conflict_do_nothing(index_elements=constraint).returning(InteractionRow.id)
        )

    def _again(self, new: NewInteraction, metadata: Metadata, *, joined: bool) -> Added:
        """What is known already. Its original may be this very item: of a commit whose answer was lost (F08)."""
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.content_id == new.content_id)
        known = self._session.execute(select(InteractionRow.id).where(*wanted)).scalar_one()
        own = InboxStore(self._session, self._tenant).has(new.original.id)
        changed = self.update_metadata(known, metadata)
        return Added(id=known, repeated=not own, joined=joined, changed=changed)

    def _take_shapes(self, row: InteractionRow, metadata: Metadata) -> None:
        if metadata.direction is not None:
            row.direction = metadata.direction.value
        if metadata.channel_map is not None:
            row.channel_map = [role.value for role in metadata.channel_map]
        if metadata.started_at is not None:
            row.flags = [flag for flag in row.flags if flag != START_ASSUMED]

    def _take_customers(self, row: InteractionRow, metadata: Metadata) -> None:
        if not metadata.customers:
            return
        linked = link(self._session, self._tenant, self._required_keys(), metadata.customers, row.customer_id)
        row.customer_id = linked.customer_id
        if linked.conflict:
            row.flags = _with(row.flags, CUSTOMER_CONFLICT)

    def _take_external_id(self, row: InteractionRow, external_id: str | None) -> bool:
        """Another content under a known external id is its next version, and the one that counts from now on."""
        if external_id is None or external_id == row.external_id:
            return False
        lock_names(self._session, self._tenant, [external_id])
        known = (InteractionRow.tenant == self._tenant, InteractionRow.external_id == external_id)
        older = self._session.scalars(select(InteractionRow).where(*known)).all()
        for other in older:
            other.is_current = False
        row.external_id = external_id
        row.version = 1 + max((other.version for other in older), default=0)
        return True

    def _row(self, interaction_id: uuid.UUID) -> InteractionRow:
        row = self._session.get(InteractionRow, (self._tenant, interaction_id))
        if row is None:
            raise NotFound(f"interaction {interaction_id}")
        return row

    def _required_keys(self) -> TenantKeys:
        if self._keys is None:
            raise MasterKeyMissing()
        return self._keys


def _after(wanted: Filter, cursor: str) -> Tuple:
    """Where the page before ended. Raises CursorInvalid (permanent)."""
    started_at, row_id = unseal(wanted, cursor, (str, str))
    return tuple_(dt.datetime.fromisoformat(str(started_at)), uuid.UUID(str(row_id)))


@cache
def _with_reason() -> Select[Any, Any, Any]:
    """The tables of the reason are named apart from those that a filter on reasons looks into."""
    given, reason = aliased(AssignmentRow), aliased(ReasonRow)
    current = and_(
        given.tenant == InteractionRow.tenant,
        given.interaction_id == InteractionRow.id,
        given.is_current,
        given.is_primary,
    )
    named = and_(reason.tenant == given.tenant, reason.id == given.reason_id)
    return select(InteractionRow, given, reason).outerjoin(given, current).outerjoin(reason, named)


def _with(flags: Sequence[str], *more: str) -> list[str]:
    return list(dict.fromkeys((*flags, *more)))
