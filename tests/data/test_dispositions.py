"""The contacts listed as differing are exactly those that the counts call so."""

from __future__ import annotations

from data.database import Database
from data.dispositions import Agreed
from data.types import Filter
from service.dispositions import audit, differences
from tests.data.test_episodes import contact, reason


def test_counts_and_the_contacts_behind_them_agree(database: Database) -> None:
    with database.tenant("default") as stores:
        lost, bill = reason(stores, "card lost"), reason(stores, "bill too high")
        for day in range(6):
            contact(stores, day, lost, wrap_up_code="LOST", agent="Kim")
            contact(stores, day, bill, wrap_up_code="BILL", agent="Lee", team="north")
        wrong = [contact(stores, day, lost, wrap_up_code="BILL", agent="Lee") for day in (7, 8)]
        contact(stores, 9, None, wrap_up_code="BILL")
        contact(stores, 9, lost, wrap_up_code="RARE")
        found = audit(stores)
        assert (found.agreement.contacts, found.agreement.agreed, found.unassigned, found.too_few) == (14, 12, 1, 1)
        assert {name: (one.contacts, one.agreed) for name, one in found.by.items()} == {
            "Lee": (8, 6),
            "Kim": (6, 6),
            "(none)": (0, 0),
        }
        assert list(audit(stores, "team").by) == ["(none)", "north"]
        page = differences(stores, limit=1)
        second = differences(stores, limit=1, cursor=page.next_cursor)
        listed = [one.interaction.id for one in (*page.items, *second.items)]
        assert listed == wrong[::-1]
        assert (page.total, second.next_cursor, page.items[0].expected_codes) == (2, None, ("LOST",))
        assert differences(stores, Filter(agent="Kim")).total == 0
        assert audit(stores, wanted=Filter(agent="Lee")).alignment == found.alignment


def test_f37_another_tenants_codes_are_not_seen(database: Database) -> None:
    with database.tenant("other") as stores:
        contact(stores, 0, reason(stores), wrap_up_code="LOST")
    with database.tenant("default") as stores:
        assert stores.dispositions.pairs() == ()
        assert stores.dispositions.differing(Agreed(codes=["LOST"], reasons=[], pairs=[])).total == 0
