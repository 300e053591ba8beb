from __future__ import annotations

import datetime as dt

import pytest

from data.errors import CustomerRefInvalid, InputRefused, MetadataInvalid
from data.types import Channel, CustomerRef, Direction, Metadata, Role
from ingest import ReadOptions, by_field, combine, read_metadata
from ingest.fields import SYNONYMS
from ingest.name_pattern import match

WHEN = dt.datetime(2026, 10, 5, 12, 30, tzinfo=dt.UTC)


def test_every_field_is_read() -> None:
    found = read_metadata(
        {
            "external_id": 4711.0,
            "channel": "Chat",
            "customer": ["crm:17", "email:a@b.example"],
            "agent": "  Kim   L. ",
            "direction": "outgoing",
            "started_at": "2026-10-05T14:30:00+02:00",
            "language": "de_AT",
            "channel_map": "agent, customer",
            "csat": "4",
            "nps": 10.0,
            "hold_s": "12.5",
            "queue": "",
            "team": None,
        }
    )
    assert found == Metadata(
        external_id="4711",
        channel=Channel.CHAT,
        customers=(CustomerRef(scheme="crm", value="17"), CustomerRef(scheme="email", value="a@b.example")),
        agent="Kim L.",
        direction=Direction.OUTBOUND,
        started_at=WHEN,
        language="de-AT",
        channel_map=(Role.AGENT, Role.CUSTOMER),
        csat=4,
        nps=10,
        hold_s=12.5,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("started_at", "05.10.2026"),
        ("started_at", "0001-01-01T00:00:00+23:59"),
        ("started_at", True),
        ("csat", 6),
        ("csat", "4.5"),
        ("nps", -1),
        ("ces", "good"),
        ("ces", True),
        ("hold_s", "-1"),
        ("hold_s", "nan"),
        ("channel", "fax"),
        ("direction", "sideways"),
        ("language", "English!"),
        ("channel_map", ["agent", "robot"]),
        ("channel_map", {"0": "agent"}),
        ("agent", "x" * 201),
        ("agent", ["Kim"]),
        ("queue", False),
        ("customer", "crm:"),
        ("customer", [f"crm:{number}" for number in range(11)]),
    ],
)
def test_a_wrong_value_names_its_field_and_not_itself(field: str, value: object) -> None:
    with pytest.raises((MetadataInvalid, CustomerRefInvalid)) as refused:
        read_metadata({field: value})
    if isinstance(refused.value, MetadataInvalid):
        assert refused.value.detail.startswith(f"{field}: ")
        assert str(value) not in refused.value.detail


def test_a_withheld_number_is_no_customer() -> None:
    assert read_metadata({"customer_phone": "anonymous"}).customers == ()
    assert read_metadata({"customer_phone": "tel:+4930123;ext=4"}).customers == (CustomerRef.parse("phone:+4930123"),)


def test_a_value_without_a_scheme_is_one_of_the_crm() -> None:
    assert read_metadata({"customer": "4711"}).customers == (CustomerRef.parse("crm:4711"),)


def test_times_without_an_offset_are_of_the_zone_in_the_options() -> None:
    berlin = ReadOptions(time_zone="Europe/Berlin").zone()
    assert read_metadata({"started_at": "2026-10-05 14:30"}, berlin).started_at == WHEN
    assert read_metadata({"started_at": dt.datetime(2026, 10, 5, 12, 30)}).started_at == WHEN  # noqa: DTZ001
    assert read_metadata({"started_at": dt.date(2026, 10, 5)}).started_at == WHEN.replace(hour=0, minute=0)


def test_an_unknown_zone_is_refused_at_once() -> None:
    with pytest.raises(MetadataInvalid):
        ReadOptions(time_zone="Mars/Olympus")


@pytest.mark.parametrize("key", ["startedAt", "Start Time", "started_at", "TIMESTAMP"])
def test_keys_of_other_programs_are_understood(key: str) -> None:
    assert by_field({key: "2026-10-05", "whatever": 1}) == {"started_at": "2026-10-05"}


def test_no_name_stands_for_two_fields() -> None:
    names = [alias.replace("_", "") for field, aliases in SYNONYMS.items() for alias in (field, *aliases)]
    assert len(names) == len(set(names))


def test_the_first_source_that_says_something_wins() -> None:
    mail = read_metadata({"customer_email": "a@b.example", "agent": "Kim"})
    beside = read_metadata({"customer": "17"})
    both = combine(beside, mail)
    assert both.customers == beside.customers
    assert both.agent == "Kim"


PATTERN = "{external_id}_{agent}_{started_at:%Y-%m-%dT%H-%M-%S}"


def test_a_file_name_gives_fields() -> None:
    found = read_metadata(match(PATTERN, "4711_Kim_2026-10-05T12-30-00"))
    assert (found.external_id, found.agent, found.started_at) == ("4711", "Kim", WHEN)


def test_parts_that_say_nothing_are_passed_over() -> None:
    name = "Auto0_GUID_000_AGENT_ChrisL_DT_2025-02-19T06-01-22_Mono"
    found = match("{_}_GUID_{external_id}_AGENT_{agent}_DT_{started_at:%Y-%m-%dT%H-%M-%S}_{_}", name)
    assert (found["external_id"], found["agent"]) == ("000", "ChrisL")


@pytest.mark.parametrize(
    "stem", ["4711", "4711_Kim_yesterday", "_Kim_2026-10-05T12-30-00", "4711_Kim_2026-10-05T12-30-00x", ""]
)
def test_a_name_that_does_not_follow_the_pattern_is_refused(stem: str) -> None:
    with pytest.raises(MetadataInvalid):
        match(PATTERN, stem)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "call",
        "{",
        "{nobody}",
        "{text}",
        "{agent}{queue}",
        "{agent}_{agent}",
        "{agent:%Y}",
        "{started_at:%A}",
        "{agent!r}",
        "{}",
    ],
)
def test_a_pattern_that_cannot_work_is_refused_before_anything_is_read(pattern: str) -> None:
    with pytest.raises(InputRefused):
        ReadOptions(name_pattern=pattern)


def test_a_hostile_name_costs_one_pass() -> None:
    pattern = "_".join(
        f"{{{field}}}" for field in ("external_id", "agent", "queue", "team", "customer", "wrap_up_code")
    )
    with pytest.raises(MetadataInvalid):
        match(pattern, "_" * 100_000)
