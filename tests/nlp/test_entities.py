"""What is named in a contact, and the value that it has however it is written."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.types import Channel, Role, Turn, VocabularyEntry
from nlp import Known, LanguagePipeline
from nlp.entities.amounts import find_amounts
from nlp.entities.dates import find_dates
from nlp.entities.gazetteer import Gazetteer, gazetteer
from nlp.entities.order_numbers import find_order_numbers

WEDNESDAY = dt.date(2026, 10, 14)
NAMES = Gazetteer(
    (
        VocabularyEntry(phrase="T-Mobile", kind="competitor", spoken=("tmobile", "tee mobile")),
        VocabularyEntry(phrase="Gold Card", kind="product"),
        VocabularyEntry(phrase="Gold Card Plus", kind="product"),
        VocabularyEntry(phrase="Three", kind="competitor"),
        VocabularyEntry(phrase="微信支付", kind="product"),
        VocabularyEntry(phrase="Kibrex", kind="name"),
        VocabularyEntry(phrase="Hauptstelle", kind="place", language="de"),
    )
)


def dates(text: str, language: str = "en", day: dt.date | None = WEDNESDAY) -> list[tuple[str, str | None]]:
    return [(text[one.begin : one.end], one.value) for one in find_dates(text, language, day)]


@pytest.mark.parametrize(
    ("text", "said", "value"),
    [
        ("See you tomorrow.", "tomorrow", "2026-10-15"),
        ("I rang yesterday evening", "yesterday evening", "2026-10-13"),
        ("It broke on Monday and", "Monday", "2026-10-12"),
        ("I will call on Monday", "Monday", "2026-10-19"),
        ("by Friday, please", "Friday", "2026-10-16"),
        ("last Tuesday", "last Tuesday", "2026-10-13"),
        ("next Friday", "next Friday", "2026-10-23"),
        ("I ordered it on the first of October", "the first of October", "2026-10-01"),
        ("I paid on March 3rd", "March 3rd", "2026-03-03"),
        ("It will end on March 3rd", "March 3rd", "2027-03-03"),
        ("on 12 October 2025", "12 October 2025", "2025-10-12"),
        ("October 5, 2026", "October 5, 2026", "2026-10-05"),
        ("on 2026-10-05", "2026-10-05", "2026-10-05"),
        ("on 25/12/2026", "25/12/2026", "2026-12-25"),
        ("on 3/4/2026", "3/4/2026", None),
        ("on Saturday the twenty fourth", "Saturday the twenty fourth", "2026-10-24"),
        ("two weeks ago", "two weeks ago", "2026-09-30"),
        ("in 3 days", "3 days", "2026-10-17"),
        ("a month ago", "a month ago", "2026-09"),
        ("since last year", "last year", "2025"),
        ("next week", "next week", "2026-W43"),
        ("since August", "August", "2026-08"),
        ("in March 2027", "March 2027", "2027-03"),
    ],
)
def test_a_day_is_told_from_the_day_of_the_contact(text: str, said: str, value: str | None) -> None:
    assert dates(text) == [(said, value)]


@pytest.mark.parametrize(
    "text",
    [
        "You may march on.",
        "When is the last day?",
        "It takes 5 working days.",
        "One second, please.",
        "Version 1.2.2026.4",
        "at 10:30",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert dates(text) == []


@pytest.mark.parametrize(
    ("language", "text", "said", "value"),
    [
        ("de", "Guten Morgen, ich rufe morgen früh an", "morgen früh", "2026-10-15"),
        ("de", "seit letztem Montag", "letztem Montag", "2026-10-12"),
        ("de", "am 3. November 2026", "3. November 2026", "2026-11-03"),
        ("de", "vor zwei Wochen", "vor zwei Wochen", "2026-09-30"),
        ("de", "am 3.4.2026", "3.4.2026", "2026-04-03"),
        ("es", "el lunes que viene", "lunes que viene", "2026-10-19"),
        ("es", "hace dos semanas", "hace dos semanas", "2026-09-30"),
        ("es", "el 5 de mayo de 2026", "5 de mayo de 2026", "2026-05-05"),
        ("fr", "lundi prochain", "lundi prochain", "2026-10-19"),
        ("fr", "le 1er avril 2026", "le 1er avril 2026", "2026-04-01"),
        ("fr", "il y a deux jours", "il y a deux jours", "2026-10-12"),
        ("zh", "下周一可以吗", "下周一", "2026-10-19"),
        ("zh", "2026年3月5日下单", "2026年3月5日", "2026-03-05"),
        ("zh", "两周前", "两周前", "2026-09-30"),
    ],
)
def test_days_in_other_languages(language: str, text: str, said: str, value: str) -> None:
    assert dates(text, language) == [(said, value)]


def test_without_the_contacts_day_only_a_whole_date_has_a_value() -> None:
    assert dates("on 5 October 2026, not tomorrow or in May", day=None) == [
        ("5 October 2026", "2026-10-05"),
        ("tomorrow", None),
        ("May", None),
    ]


@pytest.mark.parametrize(
    ("language", "text", "said", "value"),
    [
        ("en", "I paid $49.99 for it", "$49.99", "USD 49.99"),
        ("en", "about £1,200 a year", "£1,200", "GBP 1200"),
        (
            "en",
            "It is forty nine dollars and ninety nine cents.",
            "forty nine dollars and ninety nine cents",
            "USD 49.99",
        ),
        ("en", "It says twenty four pounds ninety nine.", "twenty four pounds ninety nine", "GBP 24.99"),
        ("en", "I paid five pounds two weeks ago", "five pounds", "GBP 5"),
        ("en", "a hundred euros", "a hundred euros", "EUR 100"),
        ("en", "10 thousand dollars", "10 thousand dollars", "USD 10000"),
        ("en-AU", "$5 off", "$5", "AUD 5"),
        ("de", "1.299,00 € im Jahr", "1.299,00 €", "EUR 1299"),
        ("de", "neunundvierzig Euro", "neunundvierzig Euro", "EUR 49"),
        ("fr", "1 200,50 €", "1 200,50 €", "EUR 1200.50"),
        ("es", "treinta euros", "treinta euros", "EUR 30"),
        ("zh", "我付了2万元", "2万元", "CNY 20000"),
    ],
)
def test_an_amount_has_a_currency_and_a_number(language: str, text: str, said: str, value: str) -> None:
    assert [(text[one.begin : one.end], one.value) for one in find_amounts(text, language)] == [(said, value)]


@pytest.mark.parametrize(
    ("previous", "text", "value"),
    [
        ("", "My order number is 88213.", "88213"),
        ("", "Order #A-4471-22 has not arrived", "A447122"),
        ("", "ref 4 4 7 1 2 please", "44712"),
        ("", "Ticket INC0012345 raised", "INC0012345"),
        ("", "Bestellnummer: 4711-22", "471122"),
        ("", "订单号：20261014001", "20261014001"),
        ("", "mi número de pedido es 445566", "445566"),
        ("What's your order number?", "It is 88213.", "88213"),
        ("Can I have the booking reference?", "Sure, ABX4921.", "ABX4921"),
    ],
)
def test_an_order_number_is_told_by_its_word_or_by_the_question(previous: str, text: str, value: str) -> None:
    assert [one.value for one in find_order_numbers(text, previous)] == [value]


@pytest.mark.parametrize(
    "text", ["I ordered 2000 of them", "in case 2 of them", "order 3 pizzas", "case number [ACCOUNT_1]"]
)
def test_other_numbers_are_no_order_numbers(text: str) -> None:
    assert list(find_order_numbers(text)) == []


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "I went to t-mobile.", [("t-mobile", "competitor", "T-Mobile")]),
        ("en", "TMobile's offer", [("TMobile", "competitor", "T-Mobile")]),
        (
            "en",
            "two gold cards and a GOLD CARD PLUS",
            [("gold cards", "product", "Gold Card"), ("GOLD CARD PLUS", "product", "Gold Card Plus")],
        ),
        ("en", "Three charged me three times", [("Three", "competitor", "Three")]),
        ("zh", "我用微信支付付款", [("微信支付", "product", "微信支付")]),
        ("en", "Kibrex said golden cards", []),
        ("en", "at the Hauptstelle", []),
        ("de", "in der Hauptstelle", [("Hauptstelle", "place", "Hauptstelle")]),
    ],
)
def test_the_tenants_names_are_found_as_they_are_written(
    language: str, text: str, found: list[tuple[str, str, str]]
) -> None:
    assert [(text[one.begin : one.end], one.type, one.value) for one in NAMES.find(text, language)] == found


def test_the_same_entries_are_read_once() -> None:
    entries = (VocabularyEntry(phrase="Gold Card", kind="product"),)
    assert gazetteer(entries) is gazetteer(tuple(entries))


@pytest.mark.models
def test_a_name_of_the_vocabulary_is_no_person_and_stays_in_the_text(english: LanguagePipeline) -> None:
    names = gazetteer((VocabularyEntry(phrase="Charles Schwab", kind="competitor"),))
    turns = [
        Turn(position=0, role=Role.CUSTOMER, text="Hi, I am Helena Brown and I moved to Charles Schwab yesterday.")
    ]
    redacted = english.redact(turns, names=names)
    assert redacted.turns[0].text == "Hi, I am [PERSON_1] and I moved to Charles Schwab yesterday."
    known = Known(names=names, day=WEDNESDAY)
    found = english.annotate(redacted.turns, channel=Channel.EMAIL, known=known).entities
    assert [(one.type, one.text, one.value) for one in found] == [
        ("competitor", "Charles Schwab", "Charles Schwab"),
        ("date", "yesterday", "2026-10-13"),
    ]


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh"])
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=200), day=st.dates() | st.none())
def test_any_text_and_any_day_are_read(language: str, text: str, day: dt.date | None) -> None:
    found = [*find_dates(text, language, day), *find_amounts(text, language), *find_order_numbers(text, text)]
    assert all(0 <= one.begin < one.end <= len(text) for one in [*found, *NAMES.find(text, language)])


@pytest.mark.parametrize("text", ["dollars ", "order 1 ", "the first of ", "1,000 ", "next ", "A 1 ", "in a ", "two "])
def test_a_long_row_of_the_same_takes_no_longer_than_other_text(text: str) -> None:
    long = text * (20_000 // len(text))
    begin = time.perf_counter()
    find_dates(long, "en", WEDNESDAY)
    find_amounts(long, "en")
    list(find_order_numbers(long, long))
    list(NAMES.find(long, "en"))
    assert time.perf_counter() - begin < 5


@pytest.mark.models
def test_persons_are_named_only_where_the_policy_keeps_their_names(english: LanguagePipeline) -> None:
    turns = [Turn(position=0, role=Role.CUSTOMER, text="Yesterday I talked to Mary Johnson about it.")]
    for persons, found in ((True, [("person", "Mary Johnson")]), (False, [])):
        known = Known(persons=persons)
        entities = english.annotate(turns, channel=Channel.CHAT, known=known).entities
        assert [(one.type, one.text) for one in entities if one.type != "date"] == found
