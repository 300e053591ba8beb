"""The audit of wrap-up codes: what agents say a contact was about, against what the customer said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from classify.dispositions import Agreement, Alignment, agreement, align
from data.dispositions import Agreed, PairCount, Who
from data.paging import Page
from data.records import InteractionRecord
from data.stores import Stores
from data.types import Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    code: str
    reason_id: str
    contacts: int
    agrees: bool | None
    """None where code or reason has too few contacts to be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    alignment: Alignment
    agreement: Agreement
    by: Mapping[str, Agreement]
    """Of each agent or team, the one with the most contacts first."""
    confusion: tuple[Cell, ...]
    unassigned: int
    """Contacts with a code that no reason fits."""
    too_few: int
    """Contacts whose code or reason is too rare to be compared."""
    reason_names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A contact whose code says something else than its reason; ``expected_codes`` would have fitted."""

    interaction: InteractionRecord
    expected_codes: tuple[str, ...]


def audit(stores: Stores, who: Who = "agent", wanted: Filter | None = None) -> Audit:
    """Raises MasterKeyMissing (permanent)."""
    wanted = wanted or Filter()
    alignment, counts = _alignment(stores, wanted), stores.dispositions.pairs(wanted)
    pairs = _pairs(counts)
    overall = agreement(pairs, alignment)
    return Audit(
        alignment=alignment,
        agreement=overall,
        by=_by(who, counts, alignment),
        confusion=tuple(
            Cell(code=code, reason_id=reason, contacts=contacts, agrees=alignment.agrees(code, reason))
            for (code, reason), contacts in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
        unassigned=sum(count.contacts for count in counts if count.reason_id is None),
        too_few=sum(pairs.values()) - overall.contacts,
        reason_names=stores.dispositions.reason_names({reason for _, reason in pairs}),
    )


def differences(
    stores: Stores, wanted: Filter | None = None, *, limit: int = 50, cursor: str | None = None
) -> Page[Difference]:
    """The contacts behind the disagreement, the newest first. Raises CursorInvalid, MasterKeyMissing (permanent)."""
    wanted = wanted or Filter()
    alignment = _alignment(stores, wanted)
    agreed = Agreed(
        codes=alignment.of_code,
        reasons=alignment.of_reason,
        pairs=[(code, reason) for matter in alignment.matters for code in matter.codes for reason in matter.reasons],
    )
    page = stores.dispositions.differing(agreed, wanted, limit=limit, cursor=cursor)
    records = stores.interactions.many(page.items)
    items = tuple(_difference(records[item], alignment) for item in page.items)
    return Page(items=items, total=page.total, next_cursor=page.next_cursor)


def _difference(record: InteractionRecord, alignment: Alignment) -> Difference:
    reason = str(record.reason.id) if record.reason else ""
    return Difference(interaction=record, expected_codes=alignment.codes_for(reason))


def _alignment(stores: Stores, wanted: Filter) -> Alignment:
    """What a code means is the whole house's usage: asking for one agent does not change what is right."""
    house = replace(wanted, agent=None, team=None, customer=None, reason=None)
    return align(_pairs(stores.dispositions.pairs(house)))


def _pairs(counts: Iterable[PairCount]) -> Counter[tuple[str, str]]:
    pairs: Counter[tuple[str, str]] = Counter()
    for count in counts:
        if count.reason_id is not None:
            pairs[count.code, count.reason_id] += count.contacts
    return pairs


def _by(who: Who, counts: Iterable[PairCount], alignment: Alignment) -> dict[str, Agreement]:
    grouped: dict[str, list[PairCount]] = {}
    for count in counts:
        grouped.setdefault(getattr(count, who), []).append(count)
    found = {name: agreement(_pairs(group), alignment) for name, group in grouped.items()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].contacts, pair[0])))
