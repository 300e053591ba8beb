"""Discovery over what was analysed: reasons under lasting ids, and every contact with one or honestly none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import TooFewTexts
from data.samples import FORTNIGHT
from data.types import Filter
from service import discovery, intake
from service.reception import receive
from service.runtime import Runtime, open_runtime
from tests.fixtures_database import Emptied
from tests.service.conftest import note, settings_in
from tests.service.test_samples import analyse, assert_riser, reason_of, records, together

pytestmark = pytest.mark.models


CONTACTS = 150 + 12


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory, emptied: Emptied, model_dir: Path) -> Iterator[Runtime]:
    """The sample notes and a fifth of the mails, analysed, and their reasons found."""
    home = tmp_path_factory.mktemp("home")
    written = shutil.copytree(
        FORTNIGHT, home / "written", ignore=shutil.ignore_patterns("calls", "survey.*", "mail-??[!05].eml")
    )
    with emptied.one() as url, open_runtime(settings_in(home, url)) as runtime:
        analyse(runtime, written)
        yield runtime


def _reasons(runtime: Runtime) -> dict[str, int]:
    with runtime.database.tenant("default") as stores:
        return {str(reason.id): reason.contacts for reason in stores.reasons.list()}


def test_written_contacts_have_the_reasons_they_were_written_for_and_the_riser_rises(analysed: Runtime) -> None:
    with analysed.database.tenant("default") as stores:
        found = records(stores)
        assert len(found) == CONTACTS
        assert together(found) >= 0.85
        assert_riser(stores, reason_of(found, "app_login"))


def test_discovering_again_keeps_the_ids_and_every_contact_has_a_place(analysed: Runtime) -> None:
    shown: list[tuple[str, int, int]] = []
    first = _reasons(analysed)
    discovery.discover(analysed, "default", "medium", lambda *progress: shown.append(progress))
    assert _reasons(analysed) == first
    assert len(first) >= 5
    with analysed.database.tenant("default") as stores:
        assert sum(first.values()) + stores.reasons.unassigned() == stores.interactions.list(Filter()).total == CONTACTS
    assert shown[-1][1] == shown[-1][2]


def test_a_contact_that_comes_later_gets_a_known_reason(analysed: Runtime) -> None:
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
