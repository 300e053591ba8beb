"""What categories were found in: three states for each contact, by the version that was applied.

Only what matched and what cannot be told has a row; an analysed contact without one does not match. Nobody who writes
contacts waits for a category that is applied: before history is read, all who began before the publication have
ended (``horizon``), and who began later holds the contact against the new version too. What changes in a contact
afterwards leaves a mark (triggers of the migration), which ``take_marks`` takes up.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, delete, func, literal, select, text, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from data.category_decide import Decided, analysed, decide
from data.category_facts import Marks, marks
from data.keys import TenantKeys
from data.tables import CategoryMarkRow, CategoryMatchRow, CategoryRow, CategoryVersionRow, InteractionRow
from data.types import Query, State

MatchState: TypeAlias = Literal["matched", "not_matched", "not_evaluated"]
COLUMNS = ("tenant", "category_id", "version", "interaction_id", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a category's version asks for."""

    category_id: uuid.UUID
    version: int
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of analysed contacts; those that are not analysed are not evaluated either, and are in no count."""

    matched: int
    not_matched: int
    not_evaluated: int

    @property
    def evaluated(self) -> int:
        return self.matched + self.not_matched

    @property
    def share(self) -> float | None:
        """Of what was evaluated, 0–1; None of nothing."""
        return self.matched / self.evaluated if self.evaluated else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryResult:
    """What became of one contact. ``reason_code`` says why it is not evaluated."""

    category_id: uuid.UUID
    name: str
    version: int
    state: MatchState
    reason_code: str | None = None


class CategoryMatchStore:
    """A tenant's results."""

    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def apply(self, rule: Rule) -> Counts:
        """Holds all history against the version, in one statement; from the end of the transaction on its results
        are the category's, and those of other versions are gone.
        """
        self._drop(rule.category_id, CategoryMatchRow.version == rule.version)
        self._session.execute(self._found(rule, None))
        counts = self.counts(rule)
        self._note(rule, counts)
        self._drop(rule.category_id, CategoryMatchRow.version != rule.version)
        return counts

    def evaluate(self, rules: Sequence[Rule], interactions: Collection[uuid.UUID]) -> None:
        """Holds these contacts against each of the rules, in place of what was known of them."""
        if not interactions:
            return
        for rule in rules:
            among = CategoryMatchRow.interaction_id.in_(interactions)
            self._drop(rule.category_id, and_(CategoryMatchRow.version == rule.version, among))
            self._session.execute(self._found(rule, interactions))

    def verdicts(self, rule: Rule, interactions: Collection[uuid.UUID]) -> Mapping[uuid.UUID, MatchState]:
        """What the rule says of these contacts, asked anew; what is stored stays as it is."""
        decided = decide(self._session, self._tenant, self._keys, rule.query, interactions)
        found: dict[uuid.UUID, MatchState] = {}
        for row in self._session.execute(self._rows(rule, decided)):
            found[row[3]] = row[4]
        return {one: found.get(one, "not_matched") for one in interactions}

    def counts(self, rule: Rule) -> Counts:
        """As they are now."""
        mine = (self._of(rule.category_id), CategoryMatchRow.version == rule.version)
        counted = select(CategoryMatchRow.state, func.count()).where(*mine).group_by(CategoryMatchRow.state)
        held = {row[0]: row[1] for row in self._session.execute(counted)}
        every = self._session.scalar(select(func.count(InteractionRow.id)).where(*analysed(self._tenant))) or 0
        matched, unknown = held.get("matched", 0), held.get("not_evaluated", 0)
        return Counts(matched=matched, not_matched=every - matched - unknown, not_evaluated=unknown)

    def of_interaction(self, interaction_id: uuid.UUID) -> tuple[CategoryResult, ...]:
        """By category, in the order of their names; of those that are applied."""
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.id == interaction_id)
        contact = self._session.execute(
            select(InteractionRow.state, InteractionRow.is_current).where(*wanted)
        ).one_or_none()
        if contact is None:
            return ()
        missing = _missing(contact.state, contact.is_current)
        return tuple(self._results(interaction_id, missing))

    def _results(self, interaction_id: uuid.UUID, missing: str | None) -> Iterator[CategoryResult]:
        category, match = CategoryRow, CategoryMatchRow
        joined = and_(
            match.tenant == category.tenant,
            match.category_id == category.id,
            match.version == category.applied_version,
            match.interaction_id == interaction_id,
        )
        statement = select(category.id, category.name, category.applied_version, match.state).outerjoin(match, joined)
        mine = (category.tenant == self._tenant, category.applied_version.is_not(None))
        for row in self._session.execute(statement.where(*mine).order_by(func.lower(category.name))):
            state: MatchState = "not_evaluated" if missing else row.state or "not_matched"
            code = missing or ("query.undecided" if state == "not_evaluated" else None)
            yield CategoryResult(
                category_id=row.id, name=row.name, version=row.applied_version, state=state, reason_code=code
            )

    # In step with those who write contacts

    def horizon(self) -> int:
        """Where transactions stand; to be asked in another transaction than the one that published."""
        return self._number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")

    def passed(self, horizon: int) -> bool:
        """Whether every transaction that wrote before ``horizon`` has ended."""
        return self._number("SELECT pg_snapshot_xmin(pg_current_snapshot())::text") >= horizon

    def alone(self) -> bool:
        """Whether nobody else applies this tenant's categories; until the transaction ends nobody else will."""
        statement = text("SELECT pg_try_advisory_xact_lock(hashtextextended('categories:' || :tenant, 0))")
        return bool(self._session.scalar(statement, {"tenant": self._tenant}))

    def mark(self, interactions: Collection[uuid.UUID]) -> None:
        """Has these looked at once more."""
        rows = [{"tenant": self._tenant, "interaction_id": one} for one in interactions]
        if rows:
            self._session.execute(insert(CategoryMarkRow).values(rows))

    def take_marks(self, among: Collection[uuid.UUID] | None = None) -> Marks:
        """Takes all marks away, or those of some contacts; what they stand for is to be evaluated after it."""
        statement = delete(CategoryMarkRow).where(CategoryMarkRow.tenant == self._tenant)
        if among is not None:
            statement = statement.where(CategoryMarkRow.interaction_id.in_(among))
        taken = self._session.execute(statement.returning(CategoryMarkRow.interaction_id, CategoryMarkRow.facts))
        return marks([(row.interaction_id, row.facts) for row in taken])

    # Statements

    def _found(self, rule: Rule, among: Collection[uuid.UUID] | None) -> Any:
        """The one statement that holds contacts against a rule and stores what comes of it."""
        decided = decide(self._session, self._tenant, self._keys, rule.query, among)
        statement = insert(CategoryMatchRow).from_select(list(COLUMNS), self._rows(rule, decided))
        key = [getattr(CategoryMatchRow, name) for name in COLUMNS[:-1]]
        return statement.on_conflict_do_update(
            index_elements=key, set_={"state": statement.excluded.state, "evaluated_at": func.now()}
        )

    def _rows(self, rule: Rule, decided: Decided) -> Any:
        def rows(state: MatchState, which: ColumnElement[bool]) -> Select[Any]:
            fixed: list[Any] = [literal(self._tenant), literal(rule.category_id, Uuid()), literal(rule.version)]
            return select(*fixed, InteractionRow.id, literal(state)).where(which)

        matched = rows("matched", decided.matched)
        # In the order of the indexes that the rows go into, which is a quarter quicker.
        if decided.undecided is None:
            return matched.order_by(InteractionRow.id)
        return union_all(matched, rows("not_evaluated", decided.undecided)).order_by(text("4"))

    def _note(self, rule: Rule, counts: Counts) -> None:
        version = (CategoryVersionRow.category_id == rule.category_id, CategoryVersionRow.version == rule.version)
        values = {name: getattr(counts, name) for name in ("matched", "not_matched", "not_evaluated")}
        self._session.execute(
            update(CategoryVersionRow)
            .where(CategoryVersionRow.tenant == self._tenant, *version)
            .values(applied_at=func.now(), **values)
        )
        current = (CategoryRow.id == rule.category_id, CategoryRow.published_version == rule.version)
        self._session.execute(
            update(CategoryRow).where(CategoryRow.tenant == self._tenant, *current).values(applied_version=rule.version)
        )

    def _drop(self, category_id: uuid.UUID, which: ColumnElement[bool]) -> None:
        self._session.execute(delete(CategoryMatchRow).where(self._of(category_id), which))

    def _of(self, category_id: uuid.UUID) -> ColumnElement[bool]:
        return and_(CategoryMatchRow.tenant == self._tenant, CategoryMatchRow.category_id == category_id)

    def _number(self, statement: str) -> int:
        return int(self._session.scalar(text(statement)) or 0)


def _missing(state: str, is_current: bool) -> str | None:
    """Why a contact is not evaluated at all."""
    if not is_current:
        return "contact.superseded"
    return None if state == State.ANALYSED.value else f"contact.{state}"
