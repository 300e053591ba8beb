"""A tag can be explained: it names its contacts, fades with time, and depends on nothing but them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from classify.customer_value import segment
from classify.tags import HALF_LIFE_DAYS, Evidence, Sighting, Tag, customer_tags

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Contact:
    days_ago: float
    reason_id: str | None = "r1"
    sentiment: float | None = None
    page: str | None = None
    dwell_s: float | None = None
    interaction_id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def started_at(self) -> dt.datetime:
        return NOW - dt.timedelta(days=self.days_ago)

    @property
    def reason_name(self) -> str | None:
        return f"name of {self.reason_id}" if self.reason_id else None


@dataclass(frozen=True)
class Words:
    text: str
    days_ago: float = 1
    interaction_id: uuid.UUID = field(default_factory=uuid.uuid4)
    turn: int = 2
    begin_ms: int | None = 4000
    end_ms: int | None = 9000

    @property
    def at(self) -> dt.datetime:
        return NOW - dt.timedelta(days=self.days_ago)


@dataclass(frozen=True)
class Bought:
    days_ago: float
    value: float | None
    external_id: str = "o-1"

    @property
    def at(self) -> dt.datetime:
        return NOW - dt.timedelta(days=self.days_ago)


def tags(*contacts: Contact, said: tuple[Words, ...] = ()) -> dict[str, Tag]:
    return {f"{tag.kind}:{tag.key}": tag for tag in customer_tags(contacts, now=NOW, said=said)}


def test_a_reason_tag_counts_its_contacts_and_names_them_newest_first() -> None:
    old, new = Contact(50), Contact(2)
    tag = tags(new, old)["reason:r1"]
    assert (tag.label, tag.count) == ("name of r1", 2)
    assert [one.interaction_id for one in tag.evidence] == [new.interaction_id, old.interaction_id]
    assert (tag.first_seen, tag.last_seen) == (old.started_at, new.started_at)


def test_strength_halves_its_weight_with_each_half_life() -> None:
    assert tags(Contact(0))["reason:r1"].strength == 0.5
    assert tags(Contact(HALF_LIFE_DAYS))["reason:r1"].strength == round(1 - 0.5**0.5, 4)
    assert tags(Contact(0), Contact(0))["reason:r1"].strength == 0.75


def test_the_strongest_tag_is_first() -> None:
    found = customer_tags([Contact(60, "old"), Contact(1, "new")], now=NOW)
    assert [tag.key for tag in found if tag.kind == "reason"] == ["new", "old"]


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
    assert [tag.kind for tag in customer_tags([Contact(1, None)], now=NOW)] == ["rfv"]
    assert customer_tags([], now=NOW) == []


def test_contacts_after_now_do_not_count() -> None:
    assert customer_tags([Contact(-1)], now=NOW) == []


def test_the_order_of_contacts_changes_nothing() -> None:
    contacts = [Contact(n, f"r{n % 3}", sentiment=0.1 * n - 0.5) for n in range(10)]
    assert customer_tags(contacts, now=NOW) == customer_tags(contacts[::-1], now=NOW)


def test_words_of_leaving_are_a_churn_signal_with_their_place() -> None:
    words = Words("Hello. Well, I want to close my account. " + "Do you hear? " * 30)
    tag = tags(Contact(1), said=(words,))["churn_signal:cancellation"]
    (evidence,) = tag.evidence
    assert (evidence.quote, evidence.turn, evidence.begin_ms) == ("Well, I want to close my account.", 2, 4000)
    assert words.text[evidence.char_begin : evidence.char_end] == evidence.quote


def test_coming_back_twice_is_a_churn_signal_and_once_is_not() -> None:
    assert tags(Contact(9), Contact(5), Contact(1))["churn_signal:unresolved_repeats"].count == 3
    assert "churn_signal:unresolved_repeats" not in tags(Contact(40), Contact(5), Contact(1))


def test_falling_sentiment_is_a_churn_signal_where_it_was_better_before() -> None:
    felt = [0.5, 0.4, -0.2, -0.3, -0.4]
    fallen = tags(*(Contact(50 - day, None, sentiment) for day, sentiment in enumerate(felt)))
    assert fallen["churn_signal:falling_sentiment"].count == 3
    always_bad = tags(*(Contact(50 - day, None, -0.3) for day in range(5)))
    assert "churn_signal:falling_sentiment" not in always_bad


def test_pages_that_were_looked_at_are_interests_and_nothing_else() -> None:
    found = tags(
        Contact(1, None, None, "/loans", 45), Contact(1, None, None, "/home", 2), Contact(2, None, None, "/faq")
    )
    assert sorted(found) == ["interest:/faq", "interest:/loans"]


def test_recency_frequency_and_value_have_fixed_bounds_and_unknown_value_is_said() -> None:
    contacts = [NOW - dt.timedelta(days=days) for days in (1, 50, 100, 360, 400)]
    unknown = segment(contacts, [Bought(3, None)], NOW)
    assert unknown is not None
    assert (unknown.key, unknown.value, unknown.contacts_in_year) == ("recent-frequent-unknown", None, 4)
    known = segment(contacts[3:], [Bought(3, 150.0), Bought(400, 9000.0, "old"), Bought(-1, 9000.0, "later")], NOW)
    assert known is not None
    assert (known.key, known.value, known.outcomes) == ("dormant-rare-medium", 150.0, ("o-1",))
    assert segment([], [], NOW) is None


def test_kinds_that_are_found_elsewhere_join_with_the_same_strength_and_evidence() -> None:
    seen = [
        Sighting(
            kind="competitor",
            key="acme",
            label="Acme",
            evidence=Evidence(interaction_id=uuid.uuid4(), at=NOW - dt.timedelta(days=days)),
        )
        for days in (0, HALF_LIFE_DAYS, -1)
    ]
    (tag,) = [tag for tag in customer_tags([], now=NOW, further=seen) if tag.kind == "competitor"]
    assert (tag.count, tag.strength) == (2, round(1 - 0.5**1.5, 4))
