"""Which tags came before an outcome: lift with its interval, held against chance over all tags at once.

Nothing of what happened at or after an outcome may count as having told of it. A customer with the outcome is looked
at right before it. One without is looked at right before a moment at which some other customer had it, as incidence
density sampling draws its controls (Prentice and Breslow 1978): so both sides are seen at alike times, and
every customer counts once. On either side only who had a contact in the window before it counts.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
FALSE_SHARE = 0.05
"""Of the tags that are said to predict, this share at most is expected to be chance."""
SUPPORT = 5
"""Customers that must have a tag, and that must not have it."""

TagName = tuple[str, str, str]
"""Kind, key and label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One customer at one moment: the tags of then, and whether the outcome followed."""

    tags: frozenset[TagName]
    happened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """A tag, and how often the outcome followed it. ``lift`` is the rate with the tag by the rate of all.

    Its interval comes from Katz's of the ratio of both rates (Katz et al. 1978), with half a customer added to each
    cell (Walter 1975) so that nothing is divided by zero, and the numbers of customers with and without the tag held.
    """

    kind: str
    key: str
    label: str
    customers: int
    """Who had the tag."""
    followed: int
    """Those of them whom the outcome followed."""
    rate_with: float
    rate_without: float | None
    """None where everybody had the tag."""
    lift: float
    lift_low: float
    lift_high: float
    p_value: float | None
    """Fisher's exact test, two-sided; None without support."""
    q_value: float | None
    """Benjamini–Hochberg over all tags with support."""

    @property
    def predicts(self) -> bool:
        return self.q_value is not None and self.q_value <= FALSE_SHARE and self.lift > 1

    @property
    def protects(self) -> bool:
        return self.q_value is not None and self.q_value <= FALSE_SHARE and self.lift < 1


def looked_at(customer_id: uuid.UUID, moments: Sequence[dt.datetime]) -> dt.datetime | None:
    """Before which of these moments a customer without the outcome is looked at; None where there are none.

    Drawn from all of them whatever the customer's contacts are, as an outcome that has nothing to do with contacts
    would fall; only the id decides, so that the same data give the same report.
    """
    return moments[customer_id.int % len(moments)] if moments else None


def within(contacts: Sequence[dt.datetime], moment: dt.datetime, window: dt.timedelta) -> slice:
    """Which of these, in order of time, lie within the window before the moment; what begins at it does not."""
    return slice(bisect_left(contacts, moment - window), bisect_left(contacts, moment))


def predictors(observations: Iterable[Observation], *, support: int = SUPPORT) -> list[Predictor]:
    """Every tag that anybody had: the surest that raises the rate first, the surest that lowers it last."""
    had: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    labels: dict[tuple[str, str], str] = {}
    total = happened = 0
    for one in observations:
        total, happened = total + 1, happened + one.happened
        for kind, key, label in one.tags:
            had[kind, key].append(one.happened)
            labels[kind, key] = max(label, labels.get((kind, key), ""))
    if not happened:
        return []
    counts = {name: (sum(followed), len(followed)) for name, followed in sorted(had.items())}
    tested = [name for name, (_, size) in counts.items() if min(size, total - size) >= support]
    p_values = {name: _fisher(*counts[name], happened, total) for name in tested}
    q_values = _adjusted(p_values)
    found = [
        _predictor(name, labels[name], *counts[name], happened, total, p_values.get(name), q_values.get(name))
        for name in counts
    ]
    return sorted(found, key=_sureness)


def _predictor(
    name: tuple[str, str],
    label: str,
    followed: int,
    size: int,
    happened: int,
    total: int,
    p_value: float | None,
    q_value: float | None,
) -> Predictor:
    rate_with = followed / size
    low, high = _lift_interval(followed, size, happened, total)
    return Predictor(
        kind=name[0],
        key=name[1],
        label=label,
        customers=size,
        followed=followed,
        rate_with=rate_with,
        rate_without=(happened - followed) / (total - size) if total > size else None,
        lift=rate_with / (happened / total),
        lift_low=low,
        lift_high=high,
        p_value=p_value,
        q_value=q_value,
    )


def _lift_interval(followed: int, size: int, happened: int, total: int) -> tuple[float, float]:
    """The rate of all is the mean of both rates, so lift rises with their ratio: its bounds are those of the ratio."""
    others = total - size
    if not others:
        return 1.0, 1.0
    a, n, c, m = followed + 0.5, size + 0.5, happened - followed + 0.5, others + 0.5
    error = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * math.sqrt(1 / a - 1 / n + 1 / c - 1 / m)
    ratio = math.log(a / n) - math.log(c / m)
    share = size / total
    low, high = (1 / (share + (1 - share) * math.exp(-bound)) for bound in (ratio - error, ratio + error))
    return low, high


def _fisher(followed: int, size: int, happened: int, total: int) -> float:
    from scipy.stats import fisher_exact

    others = total - size
    table = [[followed, size - followed], [happened - followed, others - (happened - followed)]]
    return float(fisher_exact(table).pvalue)


def _adjusted(p_values: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    from scipy.stats import false_discovery_control

    if not p_values:
        return {}
    return dict(zip(p_values, map(float, false_discovery_control(list(p_values.values()))), strict=True))


def _sureness(one: Predictor) -> tuple[float, float, str, str]:
    p_value = one.p_value if one.p_value is not None else 1.0
    return (p_value if one.lift >= 1 else 2.0 - p_value), -one.lift, one.kind, one.key
