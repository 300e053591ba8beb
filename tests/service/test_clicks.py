"""Clicks go through the pipeline without words: they become interests and nothing else."""

from __future__ import annotations

from pathlib import Path

from data.trends import TrendQuery
from data.types import CustomerRef, Filter, State
from ingest import ReadOptions
from service import customers, intake
from service.runtime import Runtime

ANN = CustomerRef(scheme="crm", value="Ann")


def test_a_click_becomes_an_interest_and_has_no_reason_and_no_mood(runtime: Runtime, tmp_path: Path) -> None:
    table = tmp_path / "clicks.csv"
    table.write_text("customer,page,dwell_s,started_at\ncrm:Ann,/loans?x=1,40,2026-10-05T10:00:00Z\n")
    summary = intake.take_in(runtime, "default", table, ReadOptions())
    assert intake.work_until_analysed(runtime, "default", summary, lambda *_: None)
    with runtime.database.tenant("default") as stores:
        (click,) = stores.interactions.list(Filter()).items
        assert (click.state, click.channel, click.page, click.dwell_s) == (State.ANALYSED, "web", "/loans", 40)
        assert (click.issue, click.sentiment, click.reason, click.turn_count) == (None, None, None, 0)
        assert {(part.feature, part.reason_code) for part in click.skipped} == {
            ("highlights.issue", "web.click"),
            ("sentiment", "web.click"),
        }
        assert stores.reasons.unassigned() == 0
        assert stores.trends.series(TrendQuery(by=("reason",))).points == ()
        known = customers.profile(stores, stores.customers.find(ANN))
        assert [(tag.kind, tag.key) for tag in known.tags] == [("interest", "/loans")]
        assert known.segment is None
    assert list(runtime.inbox.paths()) == []
