"""Discovery over what was analysed: reasons under lasting ids, and every contact with one or honestly none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import TooFewTexts
from data.samples import FORTNIGHT
from data.types import Filter
from ingest import ReadOptions
from service import discovery, intake
from service.reception import receive
from service.runtime import Runtime, open_runtime
from service.settings import Settings
from tests.service.conftest import note

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory, model_dir: Path) -> Iterator[Runtime]:
    """The sample notes, analysed."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(data_dir=home / "data", model_dir=model_dir, master_key_file=home / "key" / "k", threads=2)
    with open_runtime(settings) as runtime:
        summary = intake.take_in(runtime, "default", FORTNIGHT / "notes.csv", ReadOptions())
        assert intake.work_until_analysed(runtime, "default", summary, lambda *_: None)
        yield runtime


def _reasons(runtime: Runtime) -> dict[str, int]:
    with runtime.database.tenant("default") as stores:
        return {str(reason.id): reason.contacts for reason in stores.reasons.list()}


def test_discovering_again_keeps_the_ids_and_every_contact_has_a_place(analysed: Runtime) -> None:
    shown: list[tuple[str, int, int]] = []
    discovery.discover(analysed, "default", "medium", lambda *progress: shown.append(progress))
    first = _reasons(analysed)
    discovery.discover(analysed, "default")
    assert _reasons(analysed) == first
    assert len(first) >= 5
    with analysed.database.tenant("default") as stores:
        assert sum(first.values()) + stores.reasons.unassigned() == stores.interactions.list(Filter()).total == 150
    assert shown[-1][1] == shown[-1][2]


def test_a_contact_that_comes_later_gets_a_known_reason(analysed: Runtime) -> None:
    if not _reasons(analysed):
        discovery.discover(analysed, "default")
    late = note("Cust locked out of app after update, password reset link sent, can log in again now")
    summary = receive(analysed, "default", [late])
    assert intake.work_until_analysed(analysed, "default", summary, lambda *_: None)
    with analysed.database.tenant("default") as stores:
        [record] = stores.interactions.many(list(summary.ids)).values()
    assert record.reason is not None
    assert str(record.reason.id) in _reasons(analysed)
    assert record.reason.confidence > 0.3


def test_too_few_contacts_are_said_to_be_too_few(analysed: Runtime) -> None:
    with pytest.raises(TooFewTexts):
        discovery.discover(analysed, "nobody")
