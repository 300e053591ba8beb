"""A tenant's choices of what becomes of personal details are its own, and last until they are taken back."""

from __future__ import annotations

from data.database import Database
from data.types import RedactionAction


def test_choices_replace_one_another_and_can_be_taken_back(database: Database) -> None:
    with database.tenant("default") as stores:
        stores.tenants.ensure()
        stores.redaction.put({"PERSON": RedactionAction.KEEP, "CREDIT_CARD": RedactionAction.LAST_FOUR})
        stores.redaction.put({"PERSON": RedactionAction.HASH})
        stores.redaction.put({})
        assert stores.redaction.all() == {"CREDIT_CARD": RedactionAction.LAST_FOUR, "PERSON": RedactionAction.HASH}
        assert stores.redaction.reset(["PERSON", "URL"]) == 1
        assert stores.redaction.reset() == 1
        assert stores.redaction.all() == {}


def test_f37_another_tenants_choices_are_not_seen(database: Database) -> None:
    with database.tenant("other") as stores:
        stores.tenants.ensure()
        stores.redaction.put({"PERSON": RedactionAction.KEEP})
    with database.tenant("default") as stores:
        assert stores.redaction.all() == {}
        assert stores.redaction.reset() == 0
