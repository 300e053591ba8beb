"""Which facts a query asks for, and which marks concern it."""

from __future__ import annotations

import uuid

import pytest

from data.category_facts import facts_of, marks
from nlp.query import parse

ONE, OTHER = uuid.uuid4(), uuid.uuid4()


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        ('refund OR "my money" first:30s( hello )', set()),
        ("refund NOT queue:north", {"queue"}),
        ("(segment:gold OR customer:crm:1) date>=2026-10-01", {"customer_segment", "customer_id", "started_at"}),
        ('reason:"late parcel" channel:voice', {"reason", "channel"}),
        ("duration>5m csat<3", {"duration_s", "csat"}),
        ("aht>5m", {"duration_s", "hold_s", "after_call_s"}),
        ("silence>10s", {"metrics"}),
        ("sentiment.customer<0", {"metrics", "sentiment"}),
    ],
)
def test_a_query_rests_on_the_facts_it_names(query: str, facts: set[str]) -> None:
    assert facts_of(parse(query)) == facts


def test_a_mark_concerns_who_asks_for_what_changed() -> None:
    found = marks([(ONE, ["queue"]), (ONE, ["csat"]), (OTHER, None), (None, ["reason"])])
    assert found.touching(frozenset({"queue"})) == (ONE, OTHER)
    assert found.touching(frozenset({"agent"})) == found.touching(frozenset()) == (OTHER,)
    assert (found.touch_all(frozenset({"reason", "queue"})), found.touch_all(frozenset({"queue"}))) == (True, False)
    assert marks([(None, None)]).touch_all(frozenset())
    assert not marks([]).touch_all(frozenset())
