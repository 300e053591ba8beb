"""Amazon Call Analytics categories become queries, and what cannot be said of them is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import CategoryInvalid, CategoryNotExpressible
from nlp.amazon_categories import amazon_categories, is_amazon
from nlp.query import parse


def words(*targets: str, **more: Any) -> dict[str, Any]:
    return {"TranscriptFilter": {"TranscriptFilterType": "EXACT", "Targets": list(targets), **more}}


def category(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"CategoryName": "test", "Rules": list(rules)}


@pytest.mark.parametrize(
    ("rules", "query"),
    [
        ([words("refund")], '("refund")'),
        ([words("refund", "money back")], '("refund" OR "money back")'),
        ([words("sorry", ParticipantRole="AGENT")], 'agent:("sorry")'),
        ([words("thank you", ParticipantRole="CUSTOMER", Negate=True)], 'NOT customer:("thank you")'),
        ([words("a"), words("b", Negate=True)], '("a") NOT ("b")'),
        ([words('say "hello"  now', Negate=False)], '("say hello now")'),
    ],
)
def test_rules_become_one_query_that_can_be_read(rules: list[dict[str, Any]], query: str) -> None:
    (found,) = amazon_categories(category(*rules))
    assert (found.name, found.query, found.complete) == ("test", query, True)
    assert [rule.how for rule in found.rules] == ["approximated"] * len(rules)
    assert parse(found.query).root is not None


ROLE = {"ParticipantRole": "CUSTOMER"}


@pytest.mark.parametrize(
    ("rule", "query", "how"),
    [
        (words("hello", AbsoluteTimeRange={"First": 15_000}), 'first:15s("hello")', "approximated"),
        (words("hello", "hi", RelativeTimeRange={"First": 10}), 'first:10%("hello" OR "hi")', "approximated"),
        (words("bye", AbsoluteTimeRange={"Last": 1500}, **ROLE), 'last:1.5s(customer:("bye"))', "approximated"),
        (words("hello", AbsoluteTimeRange={"StartTime": 0, "EndTime": 9000}), 'first:9s("hello")', "approximated"),
        (
            words("bye", RelativeTimeRange={"StartPercentage": 80, "EndPercentage": 100}, Negate=True),
            'NOT last:20%("bye")',
            "approximated",
        ),
        ({"NonTalkTimeFilter": {"Threshold": 30_000}}, "silence>=30s", "expressed"),
        ({"NonTalkTimeFilter": {"Threshold": 30_000, "Negate": True}}, "NOT silence>=30s", "expressed"),
        ({"NonTalkTimeFilter": {}}, "silence>=3s", "approximated"),
        ({"InterruptionFilter": {"Threshold": 10_000}}, "overtalk>10s", "expressed"),
        ({"InterruptionFilter": {"ParticipantRole": "AGENT"}}, "interruptions.agent>=1", "expressed"),
        (
            {"InterruptionFilter": {"Threshold": 10_000, "ParticipantRole": "AGENT", "Negate": True}},
            "NOT (overtalk>10s interruptions.agent>=1)",
            "approximated",
        ),
        ({"SentimentFilter": {"Sentiments": ["NEGATIVE"], **ROLE}}, "sentiment.customer<=-0.05", "approximated"),
        (
            {"SentimentFilter": {"Sentiments": ["NEGATIVE", "MIXED"], **ROLE}},
            "sentiment.customer<=-0.05",
            "approximated",
        ),
        (
            {"SentimentFilter": {"Sentiments": ["POSITIVE", "NEUTRAL"], "ParticipantRole": "AGENT"}},
            "(sentiment.agent>=0.05 OR (sentiment.agent>-0.05 sentiment.agent<0.05))",
            "approximated",
        ),
        (
            {"SentimentFilter": {"Sentiments": ["POSITIVE"]}},
            "(sentiment.agent>=0.05 OR sentiment.customer>=0.05)",
            "approximated",
        ),
    ],
)
def test_parts_silence_interruptions_and_sentiment_are_said(rule: dict[str, Any], query: str, how: str) -> None:
    (found,) = amazon_categories(category(rule))
    assert (found.query, found.rules[0].how) == (query, how)
    assert parse(found.query).root is not None


@pytest.mark.parametrize(
    "rule",
    [
        {"NonTalkTimeFilter": {"Threshold": 5000, "AbsoluteTimeRange": {"First": 60_000}}},
        {"SentimentFilter": {"Sentiments": ["NEGATIVE"], "RelativeTimeRange": {"Last": 20}}},
        words("late", AbsoluteTimeRange={"StartTime": 10_000, "EndTime": 20_000}),
        words("late", RelativeTimeRange={"StartPercentage": 20, "EndPercentage": 40}),
        {"SentimentFilter": {"Sentiments": ["MIXED"]}},
        words("?!"),
    ],
)
def test_what_cannot_be_said_is_left_out_and_named(rule: dict[str, Any]) -> None:
    (found,) = amazon_categories(category(words("refund"), rule))
    assert (found.query, found.complete) == ('("refund")', False)
    assert (found.rules[1].how, found.rules[1].query) == ("left_out", "")
    assert found.rules[1].notes
    with pytest.raises(CategoryNotExpressible):
        amazon_categories(category(rule))


@pytest.mark.parametrize("shape", [lambda one: one, lambda one: {"CategoryProperties": one}, lambda one: [one]])
def test_requests_and_answers_are_read_alike(shape: Any) -> None:
    document = shape(category(words("refund")))
    assert is_amazon(document)
    assert [one.query for one in amazon_categories(document)] == ['("refund")']


def test_a_list_of_them_comes_in_together() -> None:
    both = {"Categories": [category(words("a")), category(words("b"))]}
    assert [one.query for one in amazon_categories(both)] == ['("a")', '("b")']


@pytest.mark.parametrize(
    "document",
    [
        category(),
        {"Rules": [words("a")]},
        category({}),
        category({**words("a"), "NonTalkTimeFilter": {}}),
        category(words()),
        category(words(*["a"] * 101)),
        category({"TranscriptFilter": []}),
        category(words("a", ParticipantRole="SUPERVISOR")),
        category(words("a", AbsoluteTimeRange={"First": -1})),
        category(words("a", AbsoluteTimeRange={"First": True})),
        category(words("a", AbsoluteTimeRange={"StartTime": 5})),
        category(words("a", AbsoluteTimeRange={"First": 5}, RelativeTimeRange={"First": 5})),
        category(*[words("a")] * 21),
        {"CategoryName": 1, "Rules": [words("a")]},
    ],
)
def test_what_is_no_category_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(CategoryInvalid):
        amazon_categories(document)


def test_our_own_files_are_not_taken_for_amazons() -> None:
    assert not any(map(is_amazon, ({"categories": []}, [], {}, None, "x", 3)))


NAMES = st.sampled_from(
    ["CategoryName", "Rules", "TranscriptFilter", "Targets", "Negate", "AbsoluteTimeRange", "First", "Sentiments"]
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS)
def test_whatever_it_is_it_is_read_or_refused(document: Any) -> None:
    json.dumps(document)
    try:
        found = amazon_categories(document)
    except (CategoryInvalid, CategoryNotExpressible):
        return
    assert all(parse(one.query) for one in found)
