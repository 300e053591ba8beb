"""What the recognisers find that a model does not: addresses of many countries, names, organisations, dates."""

from __future__ import annotations

import time

import pytest

from nlp import LanguagePipeline
from nlp.redaction.addresses import find_addresses
from nlp.redaction.dates import find_dates
from nlp.redaction.detection import Detection, merged
from nlp.redaction.names import find_addressees, find_full_names
from nlp.redaction.organisations import find_organisations
from nlp.redaction.phrases import find_phrases
from nlp.redaction.policy import ALL, DEFAULT
from nlp.redaction.spelled import find_spelled
from nlp.redaction.titles import find_titles


def parts(text: str, found: list[Detection]) -> list[str]:
    return [text[one.begin : one.end] for one in merged(found)]


@pytest.mark.parametrize(
    "address",
    [
        "22 Old Oak Street, Apt 4, Springfield, IL 62704",
        "1600 N Elm Ave\nSuite 200\nAustin, TX 78701",
        "Flat 2, 14 Rose Lane, Leeds LS1 4AP",
        "Hauptstraße 12a, 53111 Bonn",
        "Lange Gasse 7, 1080 Wien, Austria",
        "12 bis rue de la Paix, 75002 Paris",
        "Calle de Alcalá 45, 28014 Madrid, Spain",
        "Via Garibaldi 8, 20121 Milano",
        "Rua Augusta 1200, São Paulo",
        "Kalverstraat 92, 1012 PH Amsterdam",
        "Drottninggatan 5, 111 51 Stockholm",
        "Uusi katu 3, 00100 Helsinki, Finland",
        "ul. Piękna 24, 00-549 Warszawa, Poland",
        "Kossuth Lajos utca 9., Budapest",
        "P.O. Box 1234, Denver, CO 80201",
        "Postfach 4711, 10115 Berlin",
        "PSC 812, Box 44\nAPO AE 09608",
        "Mowbray 17 Apt. 6\nCork\nIreland",
        "朝阳区建国路88号",
    ],
)
def test_addresses_of_many_countries_are_found_whole(address: str) -> None:
    text = f"My new address is {address}. Please note it"
    assert parts(text, list(find_addresses(text)))[0].rstrip(".") == address


@pytest.mark.parametrize(
    "text",
    [
        "I ordered 2 Galaxy Watch 5 and waited 20 minutes on the road",
        "Version 10 of the app, from 2024, has 3 bugs",
        "Call me at 5 pm, or in 2 days if 3 is too early",
        "my order 4471 was 12 euros",
        "there were 4 people in line 3",
        "the drive failed 2 times",
    ],
)
def test_numbers_among_words_are_no_address(text: str) -> None:
    assert list(find_addresses(text)) == []


def test_a_postcode_that_was_asked_for_is_one() -> None:
    text = "sure, it's 62704"
    assert parts(text, list(find_addresses(text, "And your zip code?"))) == ["62704"]
    assert list(find_addresses(text, "How many points?")) == []


def test_who_an_address_belongs_to_stands_above_it() -> None:
    text = "Ilsabetha Krohn\nKrohn Velos\n14 Rose Lane\nLeeds LS1 4AP\nThanks for your help"
    found = list(find_addressees(text, list(find_addresses(text))))
    assert [(one.type, text[one.begin : one.end]) for one in found] == [
        ("PERSON", "Ilsabetha Krohn"),
        ("ORGANIZATION", "Krohn Velos"),
    ]
    sentence = "I have moved to\n14 Rose Lane"
    assert list(find_addressees(sentence, list(find_addresses(sentence)))) == []


@pytest.mark.parametrize(
    ("previous", "text", "name"),
    [
        ("May I have your full name please?", "sure it's jo hartnoll", "jo hartnoll"),
        ("and your name?", "Jo Hartnoll.", "Jo Hartnoll"),
        ("Wie ist Ihr Name?", "ja, Anke Vogt", "Anke Vogt"),
    ],
)
def test_a_short_answer_to_a_question_for_a_name_is_a_name(previous: str, text: str, name: str) -> None:
    assert parts(text, list(find_phrases(text, previous))) == [name]


def test_a_long_answer_to_a_question_for_a_name_is_no_name() -> None:
    text = "why do you need that when I only want to know where my parcel is"
    assert list(find_phrases(text, "may I have your name?")) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the invoice came from Bramble & Sons Ltd. again", "Bramble & Sons Ltd."),
        ("wir sind die Nordlicht Reisen GmbH in Kiel", "Nordlicht Reisen GmbH"),
        ("she works at Alder Insurance now", "Alder Insurance"),
        ("my firm, alder llc, pays", "alder llc"),
    ],
)
def test_organisations_are_told_by_their_form(text: str, name: str) -> None:
    assert any(name in part for part in parts(text, list(find_organisations(text))))


@pytest.mark.parametrize(
    ("text", "previous", "expected"),
    [
        ("it came on 2026-03-04 at noon", "", ("DATE_TIME", "2026-03-04")),
        ("due 4 March 2026", "", ("DATE_TIME", "4 March 2026")),
        ("I was born on 4/3/1971", "", ("DATE_OF_BIRTH", "4/3/1971")),
        ("4.3.1971", "Wie ist Ihr Geburtsdatum?", ("DATE_OF_BIRTH", "4.3.1971")),
        ("my mother is 82 years old", "", ("AGE", "82 years old")),
        ("我的生日是1971年3月4日", "", ("DATE_OF_BIRTH", "1971年3月4日")),
    ],
)
def test_dates_of_the_calendar_ages_and_births_are_told_apart(
    text: str, previous: str, expected: tuple[str, str]
) -> None:
    assert expected in [(one.type, text[one.begin : one.end]) for one in find_dates(text, previous)]


def test_titles_are_found_beside_names() -> None:
    text = "Dr. Okafor\nBenefits manager\nthe line manager was rude"
    assert parts(text, list(find_titles(text))) == ["Dr.", "Benefits manager"]


def test_full_names_are_known_without_a_model() -> None:
    text = "Guten Tag, hier spricht Sabine Vogt. Die Rechnung von Frank"
    assert parts(text, list(find_full_names(text))) == ["Sabine Vogt"]


@pytest.mark.parametrize(
    "text",
    [
        "Thank you Deborah for your help",
        "deborah krohn has an account here",
        "They are Deborah, Okwudili and Stephanie.",
        "Deborah: can you see it?",
        "please speak to Ximena's husband",
    ],
)
def test_names_are_found_by_what_stands_around_them(english: LanguagePipeline, text: str) -> None:
    masked = english.masks([text], policy=DEFAULT)[0]
    names = {name for name in ("Deborah", "deborah krohn", "Okwudili", "Stephanie", "Ximena") if name in text}
    assert names == {text[one.begin : one.end] for one in masked if one.type == "PERSON"}


@pytest.mark.parametrize(
    "text",
    [
        "Will my card be accepted in May?",
        "Mark it as paid, the bill is wrong and I hope for a grant",
        "My Mastercard was declined by the Amazon store",
        "is there a summer price or any joy in this",
        "two weeks ago I waited the whole month",
    ],
)
def test_words_of_every_day_stay_under_the_default_policy(english: LanguagePipeline, text: str) -> None:
    assert english.masks([text], policy=DEFAULT)[0] == []


@pytest.mark.parametrize(
    "piece",
    [
        "a-",
        " ",
        "a, ",
        "A ",
        "1 ",
        "\n",
        "at dot ",
        "name ",
        "Anna\n",
        "12 Main\n",
        "Mr. A. ",
        "my name is ",
        "a.b@",
        "apt 1 ",
    ],
)
def test_f30_hostile_repetition_takes_no_longer_than_other_text(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    begin = time.process_time()
    addresses = list(find_addresses(text))
    for found in (find_dates(text, text), find_phrases(text, text), find_spelled(text, text), find_titles(text)):
        list(found)
    for found in (find_addressees(text, addresses), find_full_names(text), find_organisations(text)):
        list(found)
    assert time.process_time() - begin < 2


def test_vague_times_tell_nothing_under_any_policy(english: LanguagePipeline) -> None:
    assert english.masks(["it has been like this for two weeks, since last month"], policy=ALL)[0] == []
