"""The whole sample fortnight through the product: reasons are found, the riser rises, calls keep their roles.

Its notes and some mails alone are in ``test_discovery``, and the roles of one call in ``test_end_to_end``.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from data.records import InteractionRecord
from data.samples import DIALOGUES, FORTNIGHT, OTHER_LANGUAGES, OTHER_TRUTH, TRUTH
from data.stores import Stores
from data.turns import StoredTurn
from data.types import Channel, Filter, State
from ingest import ReadOptions
from service import discovery, intake
from service.runtime import Runtime
from service.trends import comparison

pytestmark = pytest.mark.models
TENANT = "default"
NOTHING = "none"
"""The reason, in the truth, of an answer that says nothing."""


def analyse(runtime: Runtime, folder: Path) -> None:
    summary = intake.take_in(runtime, TENANT, folder, ReadOptions())
    assert not summary.refusals
    assert intake.work_until_analysed(runtime, TENANT, summary, lambda *_: None)
    assert set(intake.result(runtime, TENANT, summary).states) == {State.ANALYSED}
    discovery.discover(runtime, TENANT)


def records(stores: Stores) -> list[InteractionRecord]:
    found: list[InteractionRecord] = []
    cursor: str | None = None
    while page := stores.interactions.list(Filter(), limit=200, cursor=cursor):
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def together(found: Sequence[InteractionRecord]) -> float:
    """The share of contacts with an underlying reason that are in the discovered reason most of its kind are in."""
    with TRUTH.open(newline="") as file:
        truth = {row["external_id"]: row["reason"] for row in csv.DictReader(file)}
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for record in found:
        discovered = str(record.reason.id) if record.reason and record.reason.id else "unassigned"
        groups[truth[str(record.external_id)]][discovered] += 1
    groups.pop(NOTHING, None)
    shared = sum(max((n for name, n in group.items() if name != "unassigned"), default=0) for group in groups.values())
    return shared / sum(group.total() for group in groups.values())


def rightly_told(turns: Sequence[StoredTurn], file: str) -> float:
    """The share of our turns' time that lies in turns of the same role, among time that lies in any."""
    lines = [json.loads(line) for line in DIALOGUES.read_text().splitlines()]
    spoken = next(line["turns"] for line in lines if line["file"] == file)
    right = told = 0.0
    for turn in turns:
        assert turn.begin_ms is not None
        assert turn.end_ms is not None
        for said in spoken:
            seconds = min(turn.end_ms / 1000, said["end_s"]) - max(turn.begin_ms / 1000, said["begin_s"])
            told += max(0.0, seconds)
            right += max(0.0, seconds) * (turn.role == said["role"])
    return right / told


def assert_roles_and_redaction(stores: Stores, found: Sequence[InteractionRecord]) -> None:
    calls = [record for record in found if record.channel is Channel.VOICE]
    assert calls
    for call in calls:
        turns = stores.turns.of(call.id)
        assert {turn.role for turn in turns} == {"agent", "customer"}, call.name
        assert rightly_told(turns, call.name) > 0.95, call.name


def assert_riser(stores: Stores, reason_of_riser: str) -> None:
    compared = comparison(stores)
    assert compared is not None
    first = next(iter(compared.changes))
    assert first.rises
    assert first.key == (reason_of_riser,)
    assert first.current > 3 * first.expected


def reason_of(found: Sequence[InteractionRecord], truth_reason: str) -> str:
    with TRUTH.open(newline="") as file:
        wanted = {row["external_id"] for row in csv.DictReader(file) if row["reason"] == truth_reason}
    counted = Counter(str(one.reason.id) for one in found if one.external_id in wanted and one.reason and one.reason.id)
    return counted.most_common(1)[0][0]


@pytest.mark.slow
def test_every_sample_call_has_its_roles_right_and_nine_in_ten_contacts_their_reason(runtime: Runtime) -> None:
    analyse(runtime, FORTNIGHT)
    with runtime.database.tenant(TENANT) as stores:
        found = records(stores)
        assert len(found) == 474
        assert together(found) >= 0.9
        assert_riser(stores, reason_of(found, "app_login"))
        assert_roles_and_redaction(stores, found)


@pytest.mark.slow
def test_german_and_chinese_contacts_come_to_the_reasons_of_the_english_ones(runtime: Runtime, tmp_path: Path) -> None:
    shutil.copytree(FORTNIGHT, tmp_path / "both", ignore=shutil.ignore_patterns("call-*"))
    shutil.copytree(OTHER_LANGUAGES, tmp_path / "both" / "others")
    analyse(runtime, tmp_path / "both")
    with OTHER_TRUTH.open(newline="") as file:
        truth = {row["external_id"]: row["reason"] for row in csv.DictReader(file)}
    with runtime.database.tenant(TENANT) as stores:
        found = records(stores)
    homes = {reason: reason_of(found, reason) for reason in set(truth.values())}
    others = [record for record in found if record.external_id in truth]
    assert len(others) == len(truth) == 60
    joined = sum(str(one.reason.id) == homes[truth[str(one.external_id)]] for one in others if one.reason)
    print(f"joined their reason: {joined} of 60")  # noqa: T201
    assert joined >= 0.75 * 60
