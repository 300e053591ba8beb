"""Do agents' wrap-up codes say why customers called? Codes against detected reasons, agreement and Cohen's kappa.

Codes and reasons are two vocabularies, and either may be the finer one. A code and a reason mean the same where one
of them is mostly seen with the other; what hangs together so is one *matter*. Both then name a matter for each
contact, which is what agreement and kappa compare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95
SUPPORT = 5
"""Contacts that a code, and a reason, must have: with fewer any pair seems to belong together."""
MOSTLY = 0.5

Pairs = Mapping[tuple[str, str], int]
"""Contacts by code and reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Codes and reasons that mean the same. One of the two is empty where nothing on the other side fits."""

    codes: tuple[str, ...]
    reasons: tuple[str, ...]
    contacts: int
    """Contacts that code and reason agree to be of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Which codes mean which reasons; the matter with the most contacts first."""

    matters: tuple[Matter, ...]
    of_code: Mapping[str, int]
    """The matter of each code that has support, as its place among the matters."""
    of_reason: Mapping[str, int]

    def agrees(self, code: str, reason: str) -> bool | None:
        """None where one of them has too few contacts to be compared."""
        if code not in self.of_code or reason not in self.of_reason:
            return None
        return self.of_code[code] == self.of_reason[reason]

    def codes_for(self, reason: str) -> tuple[str, ...]:
        """The codes that fit a reason; none where none does."""
        return self.matters[self.of_reason[reason]].codes if reason in self.of_reason else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """``kappa`` is agreement beyond chance, 1 at best; None where all contacts are of one matter.

    ``low`` and ``high`` hold it with 95 % confidence: Wilson's interval of the agreement, chance taken as it is
    (Cohen 1960), which unlike the asymptotic one does not shrink to a point where a few contacts all agree.
    """

    contacts: int
    agreed: int
    share: float | None
    kappa: float | None
    low: float | None
    high: float | None


def align(pairs: Pairs, *, support: int = SUPPORT) -> Alignment:
    """Puts codes and reasons together by where they are mostly seen."""
    codes, reasons = _margins(pairs)
    seen = [name for name, contacts in codes.items() if contacts >= support]
    found = [name for name, contacts in reasons.items() if contacts >= support]
    place: dict[tuple[str, str], int] = {("code", code): at for at, code in enumerate(sorted(seen))}
    place |= {("reason", reason): len(seen) + at for at, reason in enumerate(sorted(found))}
    edges = [
        (place["code", code], place["reason", reason])
        for (code, reason), contacts in pairs.items()
        if ("code", code) in place
        and ("reason", reason) in place
        and (contacts > MOSTLY * codes[code] or contacts > MOSTLY * reasons[reason])
    ]
    return _alignment(place, _connected(len(place), edges), pairs)


def agreement(pairs: Pairs, alignment: Alignment) -> Agreement:
    """Of the contacts whose code and reason can be compared."""
    held = [
        (alignment.of_code[code], alignment.of_reason[reason], contacts)
        for (code, reason), contacts in sorted(pairs.items())
        if alignment.agrees(code, reason) is not None
    ]
    total = sum(contacts for _, _, contacts in held)
    agreed = sum(contacts for said, found, contacts in held if said == found)
    if not total:
        return Agreement(contacts=0, agreed=0, share=None, kappa=None, low=None, high=None)
    kappa, low, high = _kappa(held, agreed, total)
    return Agreement(contacts=total, agreed=agreed, share=agreed / total, kappa=kappa, low=low, high=high)


def _margins(pairs: Pairs) -> tuple[Counter[str], Counter[str]]:
    codes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for (code, reason), contacts in pairs.items():
        codes[code] += contacts
        reasons[reason] += contacts
    return codes, reasons


def _connected(size: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The component of each node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    begins, ends = [begin for begin, _ in edges], [end for _, end in edges]
    graph = coo_array(([1] * len(edges), (begins, ends)), shape=(size, size))
    return [int(label) for label in connected_components(graph, directed=False)[1]] if size else []


def _alignment(place: Mapping[tuple[str, str], int], components: Sequence[int], pairs: Pairs) -> Alignment:
    members: dict[int, list[tuple[str, str]]] = {}
    for node, at in place.items():
        members.setdefault(components[at], []).append(node)
    matters = sorted((_matter(nodes, pairs) for nodes in members.values()), key=_weight)
    return Alignment(
        matters=tuple(matters),
        of_code={code: at for at, matter in enumerate(matters) for code in matter.codes},
        of_reason={reason: at for at, matter in enumerate(matters) for reason in matter.reasons},
    )


def _matter(nodes: Iterable[tuple[str, str]], pairs: Pairs) -> Matter:
    nodes = sorted(nodes)
    codes = tuple(name for side, name in nodes if side == "code")
    reasons = tuple(name for side, name in nodes if side == "reason")
    return Matter(
        codes=codes,
        reasons=reasons,
        contacts=sum(pairs.get((code, reason), 0) for code in codes for reason in reasons),
    )


def _weight(matter: Matter) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    return -matter.contacts, matter.codes, matter.reasons


def _kappa(held: Sequence[tuple[int, int, int]], agreed: int, total: int) -> tuple[float | None, ...]:
    said, found, weights = zip(*held, strict=True)
    if len({*said, *found}) < 2:
        return None, None, None
    from scipy.stats import binomtest
    from sklearn.metrics import cohen_kappa_score

    kappa = float(cohen_kappa_score(said, found, sample_weight=weights))
    by_chance = _chance(held, total)
    held_by = binomtest(agreed, total).proportion_ci(CONFIDENCE, method="wilson")
    low, high = ((bound - by_chance) / (1 - by_chance) for bound in (float(held_by.low), float(held_by.high)))
    return kappa, max(low, -1.0), min(high, 1.0)


def _chance(held: Sequence[tuple[int, int, int]], total: int) -> float:
    """Agreement of two who name matters as often as these, at random."""
    said: Counter[int] = Counter()
    found: Counter[int] = Counter()
    for code, reason, contacts in held:
        said[code] += contacts
        found[reason] += contacts
    return sum(said[matter] * found[matter] for matter in said) / total**2
