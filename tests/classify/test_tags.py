"""A tag can be explained: it names its contacts, fades with time, and depends on nothing but them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from classify.tags import HALF_LIFE_DAYS, Tag, customer_tags

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Contact:
    days_ago: float
    reason_id: str | None = "r1"
    sentiment: float | None = None
    interaction_id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def started_at(self) -> dt.datetime:
        return NOW - dt.timedelta(days=self.days_ago)

    @property
    def reason_name(self) -> str | None:
        return f"name of {self.reason_id}" if self.reason_id else None


def tags(*contacts: Contact) -> dict[str, Tag]:
    return {f"{tag.kind}:{tag.key}": tag for tag in customer_tags(contacts, now=NOW)}


def test_a_reason_tag_counts_its_contacts_and_names_them_newest_first() -> None:
    old, new = Contact(50), Contact(2)
    tag = tags(new, old)["reason:r1"]
    assert (tag.label, tag.count, tag.evidence) == ("name of r1", 2, (new.interaction_id, old.interaction_id))
    assert (tag.first_seen, tag.last_seen) == (old.started_at, new.started_at)


def test_strength_halves_its_weight_with_each_half_life() -> None:
    assert tags(Contact(0))["reason:r1"].strength == 0.5
    assert tags(Contact(HALF_LIFE_DAYS))["reason:r1"].strength == round(1 - 0.5**0.5, 4)
    assert tags(Contact(0), Contact(0))["reason:r1"].strength == 0.75


def test_the_strongest_tag_is_first() -> None:
    found = customer_tags([Contact(60, "old"), Contact(1, "new")], now=NOW)
    assert [tag.key for tag in found] == ["new", "old"]


def test_coming_back_within_a_week_is_a_repeat() -> None:
    assert tags(Contact(9), Contact(4))["repeat_contact:r1"].count == 2
    assert "repeat_contact:r1" not in tags(Contact(20), Contact(4))
    assert "repeat_contact:r1" not in tags(Contact(9, "a"), Contact(4, "b"))


def test_mood_is_that_of_the_newest_contacts_and_the_course_is_told() -> None:
    found = tags(
        Contact(40, sentiment=0.8), Contact(30, sentiment=0.6), Contact(3, sentiment=-0.7), Contact(1, sentiment=-0.9)
    )
    assert "sentiment:negative" in found
    assert found["sentiment_course:worsening"].count == 4


def test_no_reason_no_feeling_no_tag() -> None:
    assert customer_tags([Contact(1, None)], now=NOW) == []
    assert customer_tags([], now=NOW) == []


def test_contacts_after_now_do_not_count() -> None:
    assert customer_tags([Contact(-1)], now=NOW) == []


def test_the_order_of_contacts_changes_nothing() -> None:
    contacts = [Contact(n, f"r{n % 3}", sentiment=0.1 * n - 0.5) for n in range(10)]
    assert customer_tags(contacts, now=NOW) == customer_tags(contacts[::-1], now=NOW)
