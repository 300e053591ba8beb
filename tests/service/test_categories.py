"""A category is previewed, published and applied; what it says of a contact is what its query says, by a version."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from data.categories import Bound, CategoryRecord
from data.errors import CategoryInvalid, Conflict, FieldInvalid, NotFound, QueryInvalid
from data.types import Channel, Filter, Metadata, ReasonAssignment, Role, State
from service import categories, demo
from service.category_files import exported, take_in
from service.cli.categories import categories as command
from service.runtime import Runtime
from tests.data.conversations import MONDAY, talk
from tests.data.test_episodes import reason

SAID = (
    "I want a refund for my broken kettle",
    "Please refund me, the parcel never arrived",
    "My router never arrived",
    "Good morning, what are your opening hours",
)


@pytest.fixture
def contacts(runtime: Runtime) -> list[uuid.UUID]:
    """Four analysed calls, the newest last, and one that waits."""
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        found = [talk(stores, said, started_at=MONDAY + dt.timedelta(hours=at)) for at, said in enumerate(SAID)]
        return [*found, talk(stores, SAID[0], state=State.PENDING)]


Make = Callable[..., CategoryRecord]


@pytest.fixture
def published(runtime: Runtime) -> Make:
    """Saves, publishes and applies a category: ``published("refund", "refund")``."""

    def make(name: str, query: str) -> CategoryRecord:
        with runtime.database.tenant("default") as stores:
            stores.tenants.ensure()
            made = stores.categories.create(name, query, author="test")
        categories.publish(runtime, "default", made.id, actor="test")
        assert categories.settle(runtime, "default")
        return known(runtime, made.id)

    return make


def known(runtime: Runtime, category: uuid.UUID) -> CategoryRecord:
    with runtime.database.tenant("default") as stores:
        return stores.categories.get(category)


def matched(runtime: Runtime, category: str) -> set[uuid.UUID]:
    with runtime.database.tenant("default") as stores:
        return {one.id for one in stores.interactions.list(Filter(category=category)).items}


def states(runtime: Runtime, contact: uuid.UUID) -> dict[str, tuple[str, int]]:
    with runtime.database.tenant("default") as stores:
        return {one.name: (one.state, one.version) for one in stores.category_matches.of_interaction(contact)}


def test_a_published_category_has_exactly_what_its_query_finds(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    made = published("refund", "refund")
    assert (made.state, made.published, made.applied, made.waits) == ("published", 1, 1, False)
    assert (made.newest.matched, made.newest.not_matched, made.newest.not_evaluated) == (2, 2, 0)
    assert matched(runtime, "refund") == matched(runtime, str(made.id)) == set(contacts[:2])
    with runtime.database.tenant("default") as stores:
        counts = stores.category_counts.matched()[made.id]
    assert (counts.matched, counts.share) == (2, 0.5)


def test_each_contact_has_one_of_three_states(runtime: Runtime, contacts: list[uuid.UUID], published: Make) -> None:
    published("refund", "refund")
    assert [states(runtime, one)["refund"][0] for one in contacts] == [
        *("matched", "matched", "not_matched", "not_matched", "not_evaluated"),
    ]
    with runtime.database.tenant("default") as stores:
        (waiting,) = stores.category_matches.of_interaction(contacts[-1])
    assert waiting.reason_code == "contact.pending"


def test_what_is_not_published_changes_nothing(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    with runtime.database.tenant("default") as stores:
        stores.categories.create("refund", "refund", author="test")
    assert categories.settle(runtime, "default")
    assert states(runtime, contacts[0]) == {}


def test_f45_old_results_stay_until_the_new_version_is_applied(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    made = published("lost", '"never arrived"')
    with runtime.database.tenant("default") as stores:
        revised = stores.categories.revise(made.id, '"never arrived" router', author="test")
    assert (revised.newest.version, revised.published) == (2, 1)
    categories.publish(runtime, "default", made.id, actor="test")
    assert known(runtime, made.id).waits
    assert matched(runtime, "lost") == set(contacts[1:3])
    assert states(runtime, contacts[1])["lost"] == ("matched", 1)
    assert categories.settle(runtime, "default")
    assert matched(runtime, "lost") == {contacts[2]}
    assert states(runtime, contacts[1])["lost"] == ("not_matched", 2)
    assert [one.matched for one in known(runtime, made.id).versions] == [1, 2]


def test_a_publication_waits_for_who_writes_contacts_already(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    with runtime.database.tenant("default") as stores:
        made = stores.categories.create("refund", "refund", author="test")
    with runtime.database.tenant("default") as writer:
        late = talk(writer, "refund, please")
        categories.evaluate(writer, [late], fresh=[late])
        categories.publish(runtime, "default", made.id, actor="test")
        assert not categories.settle(runtime, "default", patience_s=0)
        assert known(runtime, made.id).waits
    assert categories.settle(runtime, "default")
    assert matched(runtime, "refund") == {*contacts[:2], late}


def test_what_is_analysed_between_publication_and_application_is_in_both_versions(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    made = published("refund", "refund")
    with runtime.database.tenant("default") as stores:
        stores.categories.revise(made.id, "refund kettle", author="test")
    categories.publish(runtime, "default", made.id, actor="test")
    with runtime.database.tenant("default") as stores:
        late = talk(stores, "a refund for the kettle")
        categories.evaluate(stores, [late], fresh=[late])
    assert states(runtime, late)["refund"] == ("matched", 1)
    assert categories.settle(runtime, "default")
    assert matched(runtime, "refund") == {contacts[0], late}


def test_a_contact_that_changes_later_is_held_against_categories_again(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    published("north", "queue:north refund")
    with runtime.database.tenant("default") as stores:
        stores.interactions.update_metadata(contacts[0], Metadata(queue="north"))
    categories.settle_all(runtime)
    assert matched(runtime, "north") == {contacts[0]}
    with runtime.database.tenant("default") as stores:
        stores.interactions.set_state(contacts[0], State.QUARANTINED, "audio.unreadable")
    categories.settle_all(runtime)
    assert matched(runtime, "north") == set()
    assert states(runtime, contacts[0])["north"][0] == "not_evaluated"


def test_the_sweeper_sets_contacts_aside_and_categories_follow(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    published("refund", "refund")
    with runtime.database.sweeper() as sweeper:
        aside = "UPDATE interaction SET state = 'quarantined' WHERE id = %s"
        sweeper.driver_connection.execute(aside, (contacts[0],))
    categories.settle_all(runtime)
    assert matched(runtime, "refund") == {contacts[1]}


def looked_at(runtime: Runtime, category: CategoryRecord) -> set[dt.datetime]:
    """When each of its matches was found."""
    with runtime.database.tenant("default") as stores:
        held = text("SELECT DISTINCT evaluated_at FROM category_match WHERE category_id = :id")
        return set(stores.session.scalars(held, {"id": category.id}))


def test_f34_late_metadata_is_held_only_against_categories_that_ask_for_it(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    words, queue = published("refund", "refund"), published("not north", "NOT queue:north")
    before = looked_at(runtime, words), looked_at(runtime, queue)
    with runtime.database.tenant("default") as stores:
        stores.interactions.update_metadata(contacts[0], Metadata(queue="south", agent="Kim"))
    categories.settle_all(runtime)
    assert looked_at(runtime, words) == before[0]
    assert len(looked_at(runtime, queue) - before[1]) == 1
    assert looked_at(runtime, queue) > before[1]


def test_another_name_of_a_reason_concerns_only_categories_that_ask_for_reasons(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    with runtime.database.tenant("default") as stores:
        why = reason(stores, "late parcel")
        given = ReasonAssignment(reason_id=str(why), confidence=1, nearest_id=None, distance=None)
        stores.reasons.assign(contacts[1], given)
    words, late = published("refund", "refund"), published("late", 'reason:"late parcel"')
    before = looked_at(runtime, words)
    assert matched(runtime, "late") == {contacts[1]}
    with runtime.database.tenant("default") as stores:
        stores.registry.rename(why, "lost parcel", actor="test")
    categories.settle_all(runtime)
    assert matched(runtime, str(late.id)) == set()
    assert looked_at(runtime, words) == before


def test_nothing_is_marked_where_no_category_is_published(runtime: Runtime, contacts: list[uuid.UUID]) -> None:
    with runtime.database.tenant("default") as stores:
        stores.interactions.update_metadata(contacts[0], Metadata(queue="north"))
        assert stores.category_matches.take_marks() == stores.category_matches.take_marks([])
    with runtime.database.sweeper() as sweeper:
        assert sweeper.tenants_with_categories_to_apply() == ()


@pytest.mark.parametrize(
    "query",
    [
        "refund",
        "never arriv*",
        '"never arrived" OR kettle',
        "NOT refund",
        "customer:( refund ) NOT kettle",
        "agent:( refund )",
        "channel:voice hours",
        "queue:nowhere OR router",
        "date>=2026-10-05 refund",
    ],
)
def test_history_and_one_by_one_give_the_same(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make, query: str
) -> None:
    published("it", query)
    at_once = [states(runtime, one) for one in contacts]
    for one in contacts:
        with runtime.database.tenant("default") as stores:
            rules = list(categories._rules(stores.categories.list()))
            stores.category_matches.evaluate(rules, [one])
    assert [states(runtime, one) for one in contacts] == at_once


def test_a_preview_counts_shows_and_changes_nothing(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    made = published("lost", '"never arrived"')
    published("refund", "refund")
    with runtime.database.tenant("default") as stores:
        seen = categories.preview(stores, "router OR kettle", stores.categories.get(made.id))
    assert (seen.counts.matched, seen.counts.not_matched) == (2, 2)
    assert [hit.interaction.id for hit in seen.samples] == [contacts[2], contacts[0]]
    assert [span.char_begin for hit in seen.samples for turn in hit.turns for span in turn.spans] == [3, 30]
    assert [(one.name, one.both, one.its) for one in seen.overlaps] == [("refund", 1, 2)]
    assert seen.change is not None
    assert (seen.change.gained, seen.change.lost) == (1, 1)
    assert matched(runtime, "lost") == set(contacts[1:3])


def test_a_category_is_a_filter_and_part_of_a_search(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    from nlp.query import parse

    published("money back", "refund")
    with runtime.database.tenant("default") as stores:
        found = stores.search.run(parse('category:"Money Back" parcel'))
        assert [hit.interaction.id for hit in found.hits] == [contacts[1]]
        assert stores.search.run(parse('NOT category:"money back"')).total == 3


def test_one_category_cannot_ask_for_another(runtime: Runtime) -> None:
    with pytest.raises(QueryInvalid) as told:
        categories.read_rule('refund (parcel OR category:"lost")')
    assert told.value.position == 18
    with pytest.raises(QueryInvalid):
        categories.read_rule("  ")
    with pytest.raises(QueryInvalid, match="by meaning"):
        categories.read_rule('refund ~like:"money back"')


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ('"which category:" OR category:lost', "category:lost"),
        ("category OR (parcel -Category:lost)", "Category:lost"),
        ('"~like:this" OR kettle ~like:refund', "~like:refund"),
    ],
)
def test_what_a_category_cannot_ask_is_refused_where_it_stands(query: str, refused: str) -> None:
    with pytest.raises(QueryInvalid) as told:
        categories.read_rule(query)
    assert told.value.position == query.index(refused)


def test_a_retired_category_is_gone_from_results_and_can_live_again(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    made = published("refund", "refund")
    with runtime.database.tenant("default") as stores:
        assert stores.categories.retire(made.id).state == "retired"
        assert stores.categories.list() == ()
        assert [one.name for one in stores.categories.list(retired=True)] == ["refund"]
    assert matched(runtime, "refund") == set()
    categories.publish(runtime, "default", made.id, actor="test")
    categories.settle_all(runtime)
    assert matched(runtime, "refund") == set(contacts[:2])


def test_names_are_unique_in_any_case_and_printable(runtime: Runtime) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        made = stores.categories.create("Refund ", "refund", author="test")
        assert made.name == "Refund"
        assert stores.categories.find("rEFUND").id == stores.categories.find(str(made.id)).id == made.id
        with pytest.raises(Conflict):
            stores.categories.create("refund", "x", author="test")
        for bad in ("", "  ", "x" * 201, "a\x1bb"):
            with pytest.raises(FieldInvalid):
                stores.categories.create(bad, "x", author="test")
        with pytest.raises(FieldInvalid):
            stores.categories.set_bound(made.id, Bound(share=1.5))
        with pytest.raises(NotFound):
            stores.categories.get("nonsense")


def test_the_same_query_saved_again_is_no_new_version(runtime: Runtime) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        made = stores.categories.create("refund", "refund", author="test")
        assert stores.categories.revise(made.id, "refund", author="test").newest.version == 1


def test_another_tenants_categories_are_not_seen(runtime: Runtime, contacts: list[uuid.UUID], published: Make) -> None:
    made = published("refund", "refund")
    with runtime.database.tenant("other") as stores:
        stores.tenants.ensure()
        assert stores.categories.list() == ()
        assert stores.category_counts.matched() == {}
        assert stores.interactions.list(Filter(category=str(made.id))).total == 0
        with pytest.raises(NotFound):
            stores.categories.get(made.id)


def test_shares_by_week_and_period_count_what_lists_show(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    made = published("refund", "refund")
    with runtime.database.tenant("default") as stores:
        late = [talk(stores, said, started_at=MONDAY + dt.timedelta(days=8)) for said in ("refund", "hello")]
    categories.settle_all(runtime)
    first = MONDAY.date()
    with runtime.database.tenant("default") as stores:
        weeks = stores.category_counts.weeks(first, first + dt.timedelta(days=14))[made.id]
        (day,) = stores.category_counts.period(first, first + dt.timedelta(days=1)).values()
        assert [one.begin for one in weeks] == [first + dt.timedelta(days=7 * at) for at in range(3)]
        assert [(one.counts.matched, one.counts.not_matched) for one in weeks] == [(2, 2), (1, 1), (0, 0)]
        assert [one.coverage.accepted for one in weeks] == [5, 2, 0]
        assert (day.counts.matched, day.coverage.complete) == (2, False)
    assert late[0] in matched(runtime, "refund")


def test_what_an_erased_contact_matched_goes_with_it(
    runtime: Runtime, contacts: list[uuid.UUID], published: Make
) -> None:
    made = published("refund", "refund")
    with runtime.database.tenant("default") as stores:
        stores.session.execute(text("DELETE FROM interaction WHERE id = :id"), {"id": contacts[0]})
        assert stores.category_counts.matched()[made.id].matched == 1


def test_spoken_roles_count_in_categories(runtime: Runtime, published: Make) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        by_agent = talk(stores, (Role.AGENT, "we can refund that"), (Role.CUSTOMER, "thanks"))
        talk(stores, "refund")
    published("offered", "agent:( refund )")
    assert matched(runtime, "offered") == {by_agent}


def test_a_file_goes_out_and_comes_in_as_drafts(runtime: Runtime, published: Make) -> None:
    made = published("refund", "refund")
    with runtime.database.tenant("default") as stores:
        stores.categories.set_bound(made.id, Bound(share=0.1, side="below", days=3))
        document = json.dumps(exported(stores.categories.list())).encode()
    with runtime.database.tenant("other") as stores:
        stores.tenants.ensure()
        (taken,) = take_in(stores, document, author="test")
        assert (taken.category.state, taken.category.newest.query) == ("draft", "refund")
        assert taken.category.bound == Bound(share=0.1, side="below", days=3)
        for bad in (b"", b"[" * 100_000, b"{}", b'{"categories": [{"name": "a"}]}', b"x" * 1_000_001, b"3"):
            with pytest.raises(CategoryInvalid):
                take_in(stores, bad, author="test")


def test_the_command_line_goes_from_a_query_to_its_results(
    runtime: Runtime, contacts: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("service.cli.categories._runtime", lambda: nullcontext(runtime))
    run = partial(CliRunner().invoke, command, catch_exceptions=False)
    assert "2 matched (50.0 %), 2 not matched" in run(["preview", "refund"]).output
    assert "saved version 1" in run(["save", "money", "refund"]).output
    assert "money: version 1, 2 matched" in run(["publish", "money"]).output
    assert "saved version 2" in run(["save", "money", "refund kettle", "--note", "narrower"]).output
    listed = run(["list"]).output
    assert "version 1" in listed
    assert "50.0 %" in listed
    assert "0 more and 1 fewer" in run(["preview", "--category", "money"]).output
    assert run(["bound", "money", "--above", "0.2"]).exit_code == 0
    shown = run(["show", "money"]).output
    assert "narrower" in shown
    assert "alert above 20 % over 7 days" in shown
    file = tmp_path / "categories.json"
    run(["export", "--to", str(file)])
    assert "saved as version 3" in run(["import", str(file)]).output
    assert "money: version 1" in run(["apply"]).output
    assert "retired" in run(["retire", "money"]).output
    assert json.loads(run(["list", "--json"]).output) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sentiment<0", ["matched", "not_matched", "not_evaluated"]),
        ("NOT sentiment<0", ["not_matched", "matched", "not_evaluated"]),
        ("sentiment<0 OR refund", ["matched", "matched", "matched"]),
        ("refund sentiment<0", ["matched", "not_matched", "not_evaluated"]),
        ("parcel sentiment<0", ["not_matched", "not_matched", "not_matched"]),
        ("first:5s(refund)", ["matched", "not_evaluated", "matched"]),
        ("first:50%(refund)", ["matched", "matched", "matched"]),
        ("NOT first:5s(refund)", ["not_matched", "not_evaluated", "not_matched"]),
    ],
)
def test_what_cannot_be_told_is_not_evaluated(
    runtime: Runtime, published: Make, query: str, expected: list[str]
) -> None:
    with runtime.database.tenant("default") as stores:
        stores.tenants.ensure()
        found = [
            talk(stores, "a refund please", sentiment=-0.5, duration_s=20.0, word_s=0.5),
            talk(stores, "a refund please", sentiment=0.5, channel=Channel.EMAIL),
            talk(stores, "a refund please", duration_s=20.0, word_s=0.5),
        ]
    made = published("it", query)
    assert [states(runtime, one)["it"][0] for one in found] == expected
    counts = [expected.count(state) for state in ("matched", "not_matched", "not_evaluated")]
    assert [made.newest.matched, made.newest.not_matched, made.newest.not_evaluated] == counts
    with runtime.database.tenant("default") as stores:
        would_be = stores.category_counts.would_be(categories.read_rule(query))
        rules = list(categories._rules(stores.categories.list()))
        stores.category_matches.evaluate(rules, found)
    assert [would_be.matched, would_be.not_matched, would_be.not_evaluated] == counts
    assert [states(runtime, one)["it"][0] for one in found] == expected


def test_the_demos_categories_are_made_once(
    runtime: Runtime, contacts: list[uuid.UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        demo._show_categories(runtime)
        assert "asks for money back" in capsys.readouterr().out
    with runtime.database.tenant("default") as stores:
        made = {one.name: one.newest.matched for one in stores.categories.list()}
    assert made["asks for money back"] == 2
    assert set(made) == set(demo.CATEGORIES)
