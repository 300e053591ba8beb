"""Search: which interactions match a query, how many, and where in their turns."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from sqlalchemy import CTE, ColumnElement, Select, except_, func, select
from sqlalchemy.orm import Session

from data.cursors import seal, unseal
from data.filters import matching
from data.interactions import InteractionStore
from data.keys import TenantKeys
from data.meaning import Alike, Meaning, MeaningStore, without_vectors
from data.records import InteractionRecord
from data.search_compile import (
    Bound,
    Scope,
    Words,
    is_plain,
    is_said_when,
    leaves_of,
    likes_of,
    search_function,
    sounds_of,
    speakers,
    split,
    without_likes,
)
from data.search_locate import FoundTurn, Located, locate
from data.search_page import CURSOR, After, best, closeness, newest, newest_said
from data.search_period import Period, asks_date
from data.sounds import SoundStore
from data.tables import InteractionRow
from data.tenants import TenantStore
from data.types import Filter, Query, QueryNode, Role

Order: TypeAlias = Literal["newest", "best"]
TURNS = 5
"""A page of hits shows so many of each; a contact by itself shows all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """``turns`` holds the first ``TURNS`` in which something searched for stands, of ``turn_count`` in all.

    None where it stands in the subject only.
    """

    interaction: InteractionRecord
    turns: tuple[FoundTurn, ...]
    turn_count: int
    rank: float
    """How well the words fit, comparable within one search only; 0 where it was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    hits: tuple[SearchHit, ...]
    total: int
    """Of all pages."""
    count_kind: Literal["exact", "at_least"]
    ranked: int | None
    """How many, the newest, are in the order of how well they fit; the others follow them. None: newest first."""
    not_evaluated: int
    """Contacts of which it cannot be told whether they match: not analysed yet, or what is asked was not measured."""
    next_cursor: str | None


class SearchStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def run(
        self,
        query: Query,
        wanted: Filter | None = None,
        *,
        role: Role | None = None,
        limit: int = 20,
        cursor: str | None = None,
        order: Order = "newest",
        meanings: Mapping[str, Meaning] | None = None,
    ) -> SearchPage:
        """A page of what matches both query and filter; words count where ``role`` said them (None: anyone).

        Words need not stand in one turn, phrases must. ``best`` puts those first that the words which must hold fit
        best. ``meanings``: by text, what each ``~like:`` of the query means. Pages neither repeat nor leave out an
        interaction while others are added. Raises CursorInvalid, MasterKeyMissing (permanent).
        """
        wanted = wanted or Filter()
        question = (query.root, wanted, role, order)
        after = After(*unseal(question, cursor, CURSOR)) if cursor is not None else None
        scope = self._scope(query, role, meanings or {})
        leaves = leaves_of(query.root, speakers(role))
        alike = [scope.alike[text] for text in likes_of(query.root)]
        said = self._said_alone(query, wanted, scope)
        if said is not None and order == "newest":
            statement = newest_said(said, after, limit + 1)
        elif order == "newest":
            statement = newest(self._matches(query, wanted, scope).cte("matches"), after)
        else:
            matches = self._matches(query, wanted, scope).cte("matches")
            statement = best(matches, leaves, closeness(alike), after)
        rows = self._session.execute(statement.limit(limit + 1)).all()
        last = rows[limit - 1] if len(rows) > limit else None
        return SearchPage(
            hits=self._hits(query, rows[:limit], leaves, alike),
            total=rows[0].total if rows else self._count(self._matches(query, wanted, scope).cte("matches")),
            count_kind="exact" if all(found.exact for found in scope.alike.values()) else "at_least",
            ranked=(rows[0].ranked if rows else 0) if order == "best" else None,
            not_evaluated=self._not_evaluated(query, wanted, scope),
            next_cursor=seal(question, After.behind(last)) if last else None,
        )

    def places(self, query: Query, interactions: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, tuple[FoundTurn, ...]]:
        """Where in these the query's words stand, whether or not one matches as a whole; none in those left out."""
        located = self._located(query, interactions, leaves_of(query.root, speakers(None)))
        return {interaction: found.turns for interaction, found in located.items()}

    def _located(
        self,
        query: Query,
        interactions: Sequence[uuid.UUID],
        leaves: Sequence[Any],
        alike: Sequence[Alike] = (),
        most: int | None = None,
    ) -> dict[uuid.UUID, Located]:
        known: dict[tuple[uuid.UUID, int], list[tuple[int, int]]] = {}
        for asked in sounds_of(query.root):
            for key, spans in SoundStore(self._session, self._tenant).places(interactions, asked).items():
                known.setdefault(key, []).extend(spans)
        meant = [
            (contact, position)
            for one in alike
            for contact in interactions
            for position, _ in one.turns.get(contact, ())
        ]
        return locate(self._session, self._tenant, interactions, leaves, known, meant, most)

    def _scope(self, query: Query, role: Role | None, meanings: Mapping[str, Meaning]) -> Scope:
        zone = TenantStore(self._session, self._tenant).get().time_zone if asks_date(query.root) else "UTC"
        store = MeaningStore(self._session, self._tenant)
        return Scope(
            tenant=self._tenant,
            keys=self._keys,
            time_zone=zone,
            speakers=speakers(role),
            alike={text: store.alike(meaning) for text, meaning in meanings.items()},
            embedder=next((meaning.embedder for meaning in meanings.values()), ""),
        )

    def _matches(self, query: Query, wanted: Filter, scope: Scope, bound: Bound = "surely") -> Select[Any]:
        said = self._said_alone(query, wanted, scope, bound)
        if said is not None:
            return _by_words(said)
        words, facts = split(query.root, scope, bound)
        conditions = [*matching(wanted, self._keys), *(() if facts is None else (facts,))]
        return self._by_facts(conditions) if words is None else self._by_both(words, conditions)

    def _said_alone(self, query: Query, wanted: Filter, scope: Scope, bound: Bound = "surely") -> Words | None:
        """The words, where nothing is asked for but them and a period."""
        if wanted != Filter(since=wanted.since, until=wanted.until) or not is_said_when(query.root):
            return None
        words, _ = split(query.root, scope, bound)
        period = Period(since=wanted.since, until=wanted.until)
        return replace(words, period=words.period & period) if words is not None else None

    def _by_facts(self, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        found: Select[Any] = _begun().where(InteractionRow.tenant == self._tenant, *conditions)
        return found

    def _by_both(self, words: Words, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        found = search_function(words)
        joined = _begun().join(found, InteractionRow.id == found.c.interaction_id)
        both: Select[Any] = joined.where(InteractionRow.tenant == self._tenant, *conditions)
        return both

    def _not_evaluated(self, query: Query, wanted: Filter, scope: Scope) -> int:
        words, facts = split(query.root, scope, "possibly")
        count = self._waiting(wanted, facts) if words is not None else 0
        others, asks_meaning = without_likes(query.root)
        if is_plain(others):
            return count + (self._without_meaning(others, wanted, scope) if asks_meaning else 0)
        possibly = self._matches(query, wanted, scope, "possibly").subquery()
        surely = self._matches(query, wanted, scope).subquery()
        return count + self._count(except_(select(possibly.c.id), select(surely.c.id)).cte("open"))

    def _without_meaning(self, others: QueryNode | None, wanted: Filter, scope: Scope) -> int:
        """Those that would match but for what they mean, which nobody can tell."""
        words, facts = split(others, scope)
        known = () if facts is None else (facts,)
        conditions = [*matching(wanted, self._keys), *known, without_vectors(scope.embedder)]
        found = self._by_facts(conditions) if words is None else self._by_both(words, conditions)
        return self._count(found.cte("unknown"))

    def _waiting(self, wanted: Filter, facts: ColumnElement[bool] | None) -> int:
        """Those that are not analysed, so that nobody can tell what they say."""
        conditions = [InteractionRow.text_config.is_(None), *matching(wanted, self._keys)]
        return self._count(self._by_facts([*conditions, *(() if facts is None else (facts,))]).cte("waiting"))

    def _count(self, matches: CTE) -> int:
        return self._session.scalar(select(func.count()).select_from(matches)) or 0

    def _hits(
        self, query: Query, rows: Sequence[Any], leaves: Sequence[Any], alike: Sequence[Alike]
    ) -> tuple[SearchHit, ...]:
        ids = [row.id for row in rows]
        records = InteractionStore(self._session, self._tenant, self._keys).many(ids)
        located = self._located(query, ids, leaves, alike, TURNS)
        return tuple(_hit(records[row.id], located.get(row.id, Located()), row.rank) for row in rows)


def _hit(interaction: InteractionRecord, located: Located, rank: float) -> SearchHit:
    return SearchHit(interaction=interaction, turns=located.turns, turn_count=located.count, rank=rank)


def _begun() -> Any:
    return select(InteractionRow.id, InteractionRow.started_at)


def _by_words(words: Words) -> Select[Any]:
    """From the function alone: it has looked at tenant and version already, and a join costs most of a search."""
    found = search_function(words)
    return select(found.c.interaction_id.label("id"), found.c.started_at)
