"""``reasonance reasons``: every edit from the command line, and starter sets that are fit to use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.reason_records import ReasonChange
from service import registry
from service.runtime import Runtime
from tests.data.registry_world import contacts, discovered, found
from tests.service.test_cli import Run, run

__all__ = ["run"]


def test_each_edit_can_be_made_and_read(runtime: Runtime, run: Run) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        one, two, three = contacts(stores, 0, 90, 180)
        card, refund = found("card", [one, two], 45), found("refund", [three], 180)
        told = [ReasonChange(kind="created", reason_id=reason.id) for reason in (card, refund)]
        discovered(stores, [(card, [one, two]), (refund, [three])], *told)
    for arguments in (
        ("rename", str(card.id), "Card"),
        ("move", str(card.id), "--group", "Money"),
        ("pin", str(card.id)),
        ("unpin", str(card.id)),
        ("split", str(card.id), "--part", f"card lost={one}"),
        ("merge", str(refund.id), str(card.id)),
        ("restore", str(refund.id)),
        ("retire", str(refund.id)),
    ):
        assert run("reasons", *arguments)[0] == 0, arguments
    code, shown, _ = run("reasons", "history", str(card.id), "--json")
    assert [change["kind"] for change in json.loads(shown)] == [
        "created", "renamed", "moved", "pinned", "unpinned", "split", "merged", "restored",
    ]  # fmt: skip
    assert {change["actor"] for change in json.loads(shown)[1:]} == {"cli"}
    listed = {reason["name"]: reason["contacts"] for reason in json.loads(run("reasons", "list", "--json")[1])}
    assert listed.keys() == {"Card", "card lost"}
    assert run("reasons", "list", "--as-of", "2026-01-01")[0] == 0
    code, shown, _ = run("reasons", "show", str(card.id))
    assert code == 0
    assert "in Money" in shown
    assert "Card" in run("reasons", "history", str(card.id))[1]
    code, _, said = run("reasons", "merge", str(card.id), str(card.id))
    assert (code, said.split(":")[0]) == (1, "conflict")


def test_nothing_to_seed_is_a_usage_error(run: Run) -> None:
    assert run("reasons", "seed")[0] == 2


@pytest.mark.models
def test_reasons_are_seeded_from_names_and_files(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text('[[reason]]\nname = "late parcel"\nexamples = ["Where is my parcel?"]\ngroup = "Delivery"\n')
    code, shown, _ = run("reasons", "seed", "broken phone", "--from", str(file), "--json")
    assert code == 0
    assert [reason["name"] for reason in json.loads(shown)] == ["broken phone", "late parcel"]
    file.write_text("nonsense")
    assert run("reasons", "seed", "--from", str(file))[2].startswith("request.field_invalid")


@pytest.mark.parametrize("name", registry.STARTERS)
def test_a_starter_set_has_distinct_reasons_with_examples_in_groups(name: str) -> None:
    reasons = registry.starter(name)
    assert 15 <= len(reasons) <= 25
    assert len({reason.name.lower() for reason in reasons}) == len(reasons)
    assert all(3 <= len(reason.examples) <= 6 and reason.group for reason in reasons)
    examples = [example for reason in reasons for example in reason.examples]
    assert len(set(examples)) == len(examples)
    assert all(1 <= len(reason.name.split()) <= 5 for reason in reasons)
