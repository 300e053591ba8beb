"""The query language reads what a supervisor types, and refuses the rest with a position."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import QueryInvalid
from data.types import AllOf, AnyOf, Condition, Like, Measure, Near, Not, Phrase, QueryNode, Role, SaidBy, Term, Within
from nlp.query import MAX_CHARACTERS, MAX_DEPTH, parse
from nlp.query_explain import explain
from tests.nlp.query_cases import cases
from tests.nlp.query_sketch import sketch


def a(text: str, *, prefix: bool = False) -> Term:
    return Term(text=text, prefix=prefix)


READINGS: list[tuple[str, QueryNode]] = [
    ("refund", a("refund")),
    ("refund card", AllOf(nodes=(a("refund"), a("card")))),
    ("refund AND card", AllOf(nodes=(a("refund"), a("card")))),
    ("a b OR c d", AnyOf(nodes=(AllOf(nodes=(a("a"), a("b"))), AllOf(nodes=(a("c"), a("d")))))),
    ("a (b OR c)", AllOf(nodes=(a("a"), AnyOf(nodes=(a("b"), a("c")))))),
    ("NOT a b", AllOf(nodes=(Not(node=a("a")), a("b")))),
    ("a -b", AllOf(nodes=(a("a"), Not(node=a("b"))))),
    ('-"a b"', Not(node=Phrase(text="a b"))),
    ("-(a OR b)", Not(node=AnyOf(nodes=(a("a"), a("b"))))),
    ("NOT NOT a", a("a")),
    ('"card declined"', Phrase(text="card declined")),
    ("“card declined”", Phrase(text="card declined")),
    ("cancel*", a("cancel", prefix=True)),
    ("or and not", AllOf(nodes=(a("or"), a("and"), a("not")))),
    ("ORDER", a("ORDER")),
    ("e-mail it's 1,234.56", AllOf(nodes=(a("e-mail"), a("it's"), a("1,234.56")))),
    ("退款 10:30", AllOf(nodes=(a("退款"), a("10:30")))),
    ("customer:( refund )", SaidBy(role=Role.CUSTOMER, node=a("refund"))),
    ('agent:("one moment" OR hold)', SaidBy(role=Role.AGENT, node=AnyOf(nodes=(Phrase(text="one moment"), a("hold"))))),
    ("channel:VOICE", Condition(field="channel", operator="=", value="voice")),
    ('queue:"tier 2"', Condition(field="queue", operator="=", value="tier 2")),
    ("agent:Bell", Condition(field="agent", operator="=", value="Bell")),
    ("agent=Bell", Condition(field="agent", operator="=", value="Bell")),
    ('reason:"card declined"', Condition(field="reason", operator="=", value="card declined")),
    ("segment:gold", Condition(field="segment", operator="=", value="gold")),
    ("customer:phone:+4930123", Condition(field="customer", operator="=", value="phone:+4930123")),
    ("date>=2026-10-01", Condition(field="date", operator=">=", value="2026-10-01")),
    ("date<2026-10-01", Condition(field="date", operator="<", value="2026-10-01")),
    ("date:2026-10-01", Condition(field="date", operator="=", value="2026-10-01")),
    ('~like:"money back"', Like(text="money back")),
    ("~like:refund -b", AllOf(nodes=(Like(text="refund"), Not(node=a("b"))))),
    ("a NEAR/5 b", Near(left=(a("a"),), right=(a("b"),), distance=5)),
    ("a NEAR b", Near(left=(a("a"),), right=(a("b"),), distance=5)),
    ("a near b", AllOf(nodes=(a("a"), a("near"), a("b")))),
    ("a BEFORE/16 b", Near(left=(a("a"),), right=(a("b"),), distance=16, in_order=True)),
    (
        '(cancel* OR "give notice") NEAR/3 (contract)',
        Near(left=(a("cancel", prefix=True), Phrase(text="give notice")), right=(a("contract"),), distance=3),
    ),
    ("NOT a NEAR/2 b", Not(node=Near(left=(a("a"),), right=(a("b"),), distance=2))),
    ("a b NEAR/2 c d", AllOf(nodes=(a("a"), Near(left=(a("b"),), right=(a("c"),), distance=2), a("d")))),
    ("customer:(a NEAR/2 b)", SaidBy(role=Role.CUSTOMER, node=Near(left=(a("a"),), right=(a("b"),), distance=2))),
    ("supervisor:( refund )", SaidBy(role=Role.SUPERVISOR, node=a("refund"))),
    ("first:30s( a )", Within(edge="first", amount=30, unit="seconds", node=a("a"))),
    ("last:1.5m(a)", Within(edge="last", amount=90, unit="seconds", node=a("a"))),
    ("last:10%( a )", Within(edge="last", amount=10, unit="percent", node=a("a"))),
    (
        "customer:( first:1h( a ) )",
        SaidBy(role=Role.CUSTOMER, node=Within(edge="first", amount=3600, unit="seconds", node=a("a"))),
    ),
    ("sentiment<-0.3", Measure(metric="sentiment", operator="<", value=-0.3)),
    ("sentiment.agent>=0", Measure(metric="sentiment", role=Role.AGENT, operator=">=", value=0)),
    ("silence>10s", Measure(metric="longest_silence_s", operator=">", value=10)),
    ("longest_silence_s>10", Measure(metric="longest_silence_s", operator=">", value=10)),
    ("overtalk>2", Measure(metric="overtalk_s", operator=">", value=2)),
    ("duration>5m", Measure(metric="duration_s", operator=">", value=300)),
    ("duration<=1.5h", Measure(metric="duration_s", operator="<=", value=5400)),
    ("AHT>90s", Measure(metric="handle_time_s", operator=">", value=90)),
    ("talk_share.Agent>60%", Measure(metric="talk_share", role=Role.AGENT, operator=">", value=0.6)),
    ("interruptions>=3", Measure(metric="interruptions", operator=">=", value=3)),
    ("monologue.agent>60", Measure(metric="longest_monologue_s", role=Role.AGENT, operator=">", value=60)),
    ("csat:5", Measure(metric="csat", operator="=", value=5)),
    ("-channel:email", Not(node=Condition(field="channel", operator="=", value="email"))),
]


@pytest.mark.parametrize(("text", "root"), READINGS, ids=[text for text, _ in READINGS])
def test_it_reads(text: str, root: QueryNode) -> None:
    assert parse(text).root == root


def test_each_case_of_the_table_reads_as_it_says(subtests: pytest.Subtests) -> None:
    table = cases()
    assert len({case.query for case in table}) == len(table) >= 150
    for case in table:
        with subtests.test(case.query):
            asked = parse(case.query)
            assert (sketch(asked.root), explain(asked)) == (case.tree, case.words)


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_nothing_asks_for_everything(text: str) -> None:
    assert parse(text).root is None


REFUSALS = [
    ("a NEAR/0 b", 2, "from 1 to 16 words"),
    ("a NEAR/17 b", 2, "from 1 to 16 words"),
    ("~like:", 6, "a value"),
    ("~like:?", 6, "at least one letter"),
    ("customer:(~like:a)", 0, "only words and phrases"),
    ("a NEAR ~like:b", 2, "beside NEAR"),
    ("a NEAR/x b", 2, "as in NEAR/5"),
    ("a BEFORE/ b", 2, "as in BEFORE/5"),
    ("a NEAR/5", 8, "a word"),
    ("NEAR/5 a", 0, "a word"),
    ("(a b) NEAR/5 c", 6, "beside NEAR"),
    ("a NEAR/5 -b", 9, "a word"),
    ("a NEAR/5 customer:(b)", 2, "beside NEAR"),
    ("a NEAR/5 b NEAR/5 c", 11, "the end"),
    ("(a OR b OR c OR d OR e OR f OR g OR h OR i) NEAR/2 (a OR b OR c OR d OR e OR f OR g OR h)", 44, "64 pairs"),
    ("silence>long", 8, "10s, 5m or 1h"),
    ("sentiment<-30%", 10, "-0.3"),
    ("talk_share>0.5", 0, "talk_share.agent"),
    ("duration.agent>5m", 0, "without .agent"),
    ("talk_share.boss>5%", 0, "one of agent"),
    ("queue.agent:x", 0, "no field queue.agent"),
    ("customer:( silence>3 )", 0, "only words and phrases"),
    ("first:30( a )", 0, "first:30s"),
    ("first:0s( a )", 0, "above 0"),
    ("last:101%( a )", 0, "at most 100 %"),
    ("b first:10s( silence>3 )", 2, "can stand in first:10s( … )"),
    ("first:10s( last:10s( a ) )", 0, "only words and phrases"),
    ("customer:( first:3s( agent:( a ) ) )", 0, "only words and phrases"),
    ("first:10s a", 0, "first:30s"),
    ('say "card declined', 4, "never closed"),
    ("refund AND", 10, "a word"),
    ("a OR OR b", 5, "a word"),
    ("*", 0, "a word"),
    ("a*b", 1, "the end"),
    ("a )", 2, "the end"),
    ("( a", 3, ")"),
    ("()", 1, "a word"),
    ("a - b", 2, "a word"),
    ('a ""', 2, "letter or digit"),
    ("a ?!", 2, "letter or digit"),
    ("colour:red", 0, "no field colour"),
    ("nobody:( a )", 7, "a value"),
    ("channel:fax", 8, "one of voice"),
    ("queue>billing", 0, "only be equal"),
    ("date>=yesterday", 6, "2026-10-01"),
    ("a\0b", 1, "in no text"),
    ("ab \ud800", 3, "in no text"),
    ("customer:42", 9, "scheme:value"),
    ("customer:( channel:voice )", 0, "only words and phrases"),
    ("customer:( agent:( a ) )", 0, "only words and phrases"),
    ("queue:", 6, "a value"),
    ('queue:" "', 6, "a value"),
    ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), MAX_DEPTH, "at most"),
    ("a" * (MAX_CHARACTERS + 1), MAX_CHARACTERS, "at most 2000"),
]


@pytest.mark.parametrize(("text", "position", "words"), REFUSALS, ids=[ascii(text)[:30] for text, _, _ in REFUSALS])
def test_f44_a_refusal_says_where_and_what_was_expected(text: str, position: int, words: str) -> None:
    with pytest.raises(QueryInvalid) as refused:
        parse(text)
    assert refused.value.position == position
    assert words in refused.value.message


PIECES = [
    "a",
    "OR",
    "AND",
    "NOT",
    "-",
    "(",
    ")",
    '"',
    "“",
    "*",
    "queue:",
    "customer:(",
    "date>=",
    "2026-10-01",
    " ",
    "\0",
    "\\",
    "'",
]


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
def test_f44_no_text_brings_anything_but_a_query_or_a_refusal(text: str) -> None:
    position: int | None = 0
    try:
        parse(text)
    except QueryInvalid as refused:
        position = refused.position
    assert position is not None
    assert 0 <= position <= len(text)


@pytest.mark.parametrize("piece", ["(", "NOT ", "-", '"', "a* ", "a OR ", "((a", "a:", "\\", '"a" '])
def test_f44_the_longest_query_is_read_at_once(piece: str) -> None:
    begun = time.perf_counter()
    with contextlib.suppress(QueryInvalid):
        parse(piece * (MAX_CHARACTERS // len(piece)))
    assert time.perf_counter() - begun < 1


def test_meaning_is_said_back_as_meaning() -> None:
    asked = parse('refund channel:voice ~like:"give it back" -~like:thanks')
    assert explain(asked) == (
        "Contacts in which someone says “refund”, by phone, in which something like “give it back” is said, in whatever"
        " words, not in which something like “thanks” is said, in whatever words"
    )
