"""One page of matches, newest or best first, with how many there are in all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from sqlalchemy import CTE, ColumnElement, Select, Subquery, cast, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, JSONB
from sqlalchemy.types import Uuid

from data.meaning import Alike
from data.search_compile import Words, uuids
from data.search_period import moment
from data.types import JSONValue

RANKED = 2_000
"""Of the newest matches so many are put in order where the best are asked for: each takes a look at its vector."""


class After(NamedTuple):
    """Where a page ended, and between which times the ranked matches began: those that come later are not ranked.

    So whatever is added while one turns the pages, nothing is shown twice.
    """

    rank: float
    started_at: dt.datetime
    id: uuid.UUID
    since: dt.datetime
    until: dt.datetime

    @classmethod
    def behind(cls, row: Any) -> Self:
        return cls(row.rank, row.started_at, row.id, row.since, row.until)


CURSOR = (float, dt.datetime, uuid.UUID, dt.datetime, dt.datetime)


def newest(matches: CTE, after: After | None) -> Select[Any]:
    """Rows ``id``, ``started_at``, ``rank`` (0), ``total``, and ``since`` and ``until`` of none."""
    columns = matches.c
    statement = _unranked(columns.id, columns.started_at, _count(matches))
    if after is not None:
        statement = statement.where(tuple_(columns.started_at, columns.id) < tuple_(*_key(after)))
    return statement


def newest_said(words: Words, after: After | None, most: int) -> Select[Any]:
    """As ``newest``, of what is asked for by its words alone: counted and cut where it is found."""
    asked = cast(words.tree, JSONB), moment(words.period.since), moment(words.period.until)
    before = (moment(None), cast(None, Uuid())) if after is None else _key(after)
    call = func.search_newest(*asked, *before, most).table_valued("interaction_id", "started_at", "total")
    columns = call.alias("found").c
    return _unranked(columns.interaction_id.label("id"), columns.started_at, columns.total)


def _unranked(key: ColumnElement[Any], started_at: ColumnElement[Any], total: Any) -> Select[Any]:
    none = moment(dt.datetime.min.replace(tzinfo=dt.UTC))
    rank = literal(0.0, DOUBLE_PRECISION).label("rank")
    chosen = select(key, started_at, rank, total.label("total"), none.label("since"), none.label("until"))
    return chosen.order_by(started_at.desc(), key.desc())


def closeness(alike: Sequence[Alike]) -> dict[uuid.UUID, float]:
    """By contact, the cosine of the turn that comes closest to any of the texts."""
    found: dict[uuid.UUID, float] = {}
    for one in alike:
        for contact in one.turns:
            found[contact] = max(one.closest(contact), found.get(contact, 0.0))
    return found


def best(
    matches: CTE, leaves: Sequence[JSONValue], closest: Mapping[uuid.UUID, float], after: After | None
) -> Select[Any]:
    """As ``newest``, and ``ranked``: how many have a rank; the others follow with 0, the newest first."""
    period = (_period(matches) if after is None else _given(after)).cte("period")
    within = matches.c.started_at.between(period.c.since, period.c.until)
    candidates = select(matches.c.id).join(period, within).cte("candidates")
    ids = select(func.coalesce(func.array_agg(candidates.c.id), cast([], ARRAY(Uuid())))).scalar_subquery()
    ranks = func.search_ranks(ids, cast(list(leaves), JSONB)).table_valued("interaction_id", "rank").alias("ranks")
    scored = _scored(matches, ranks, closest)
    columns = scored.c
    statement = select(
        *(columns.id, columns.started_at, columns.rank, period.c.since, period.c.until),
        _count(matches).label("total"),
        _count(candidates).label("ranked"),
    ).join_from(scored, period, literal(True))
    key = (columns.rank, columns.started_at, columns.id)
    if after is not None:
        statement = statement.where(tuple_(*key) < tuple_(cast(after.rank, DOUBLE_PRECISION), *_key(after)))
    return statement.order_by(*(column.desc() for column in key))


def _scored(matches: CTE, ranks: Any, closest: Mapping[uuid.UUID, float]) -> Subquery:
    cosines: ColumnElement[Any] = cast(list(closest.values()), ARRAY(DOUBLE_PRECISION()))
    close = func.unnest(uuids(closest), cosines).table_valued("id", "cosine").render_derived("close")
    rank = (func.coalesce(ranks.c.rank, 0.0) + func.coalesce(close.c.cosine, 0.0)).label("rank")
    joined = matches.outerjoin(ranks, ranks.c.interaction_id == matches.c.id).outerjoin(
        close, close.c.id == matches.c.id
    )
    return select(matches.c.id, matches.c.started_at, rank).select_from(joined).subquery("scored")


def _period(matches: CTE) -> Select[Any]:
    """When the newest matches began; several at its first moment all belong to it."""
    some = select(matches.c.started_at).order_by(matches.c.started_at.desc()).limit(RANKED).subquery()
    return select(func.min(some.c.started_at).label("since"), func.max(some.c.started_at).label("until"))


def _given(after: After) -> Select[dt.datetime, dt.datetime]:
    return select(moment(after.since).label("since"), moment(after.until).label("until"))


def _key(after: After) -> tuple[ColumnElement[Any], ...]:
    return moment(after.started_at), cast(after.id, Uuid())


def _count(rows: CTE) -> Any:
    return select(func.count()).select_from(rows).scalar_subquery()
