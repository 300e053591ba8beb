"""An outcome that comes twice is one; a correction takes its place; nobody is made twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from data.database import Database
from data.outcomes import Stored
from data.types import CustomerRef, NewOutcome, OutcomeKind
from tests.data.conversations import MONDAY, talk

ANN = CustomerRef(scheme="crm", value="Ann")
BOUGHT = NewOutcome(
    customer=ANN, kind=OutcomeKind.BOUGHT, at=MONDAY, value=99.5, campaign="spring", source="shop", external_id="o-1"
)


def test_the_same_external_id_is_one_outcome_and_other_content_changes_it(database: Database) -> None:
    with database.tenant("default") as stores:
        assert stores.outcomes.put([BOUGHT]) == Stored(new=1, changed=0, repeated=0)
        assert stores.outcomes.put([BOUGHT, BOUGHT]) == Stored(new=0, changed=0, repeated=2)
        assert stores.outcomes.put([replace(BOUGHT, value=80)]) == Stored(new=0, changed=1, repeated=0)
        assert stores.outcomes.put([replace(BOUGHT, source="crm")]) == Stored(new=1, changed=0, repeated=0)
        talk(stores, "hello", customer=CustomerRef(scheme="crm", value="Ann"))
        customer = stores.customers.find(ANN)
        kept = stores.outcomes.of_many([customer.id])[customer.id]
        assert sorted((one.source, one.value) for one in kept) == [("crm", 99.5), ("shop", 80.0)]


def test_without_an_id_the_content_tells_them_apart(database: Database) -> None:
    bare = replace(BOUGHT, external_id=None)
    with database.tenant("default") as stores:
        twice = [bare, bare, replace(bare, at=MONDAY + dt.timedelta(days=1))]
        assert stores.outcomes.put(twice) == Stored(new=2, changed=0, repeated=1)
        assert stores.outcomes.put(twice).repeated == 3


def test_the_first_of_a_kind_counts(database: Database) -> None:
    later = replace(BOUGHT, external_id="o-2", at=MONDAY + dt.timedelta(days=3), campaign="summer")
    with database.tenant("default") as stores:
        stores.outcomes.put([later, BOUGHT])
        assert list(stores.outcomes.firsts(OutcomeKind.BOUGHT).values()) == [MONDAY]
        assert list(stores.outcomes.firsts(OutcomeKind.BOUGHT, "summer").values()) == [later.at]
        assert stores.outcomes.firsts(OutcomeKind.CHURNED) == {}


def test_f37_another_tenants_outcomes_are_not_seen(database: Database) -> None:
    with database.tenant("other") as stores:
        stores.outcomes.put([BOUGHT])
    with database.tenant("default") as stores:
        assert stores.outcomes.firsts(OutcomeKind.BOUGHT) == {}
        assert stores.outcomes.put([BOUGHT]).new == 1
