from __future__ import annotations

import time
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.types import Channel, Role, Turn, VocabularyEntry
from nlp import Known, LanguagePipeline, shorthand
from nlp.shorthand import LANGUAGES

ENGLISH = shorthand("en")


@pytest.mark.parametrize(
    ("note", "full"),
    [
        ("cust cld re pymt decl", "customer called regarding payment declined"),
        ("CUST CLD RE PYMT DECL", "customer called regarding payment declined"),
        (
            "Cust. cld in re: pymt decl. Adv'd to try later.",
            "Customer called in regarding: payment declined. Advised to try later.",
        ),
        (
            "cx wants to cxl acct b/c of chrg, spk w/ mgr",
            "customer wants to cancel account because of charge, spoke with manager",
        ),
        ("ref#12345 rcvd, f/u tmrw", "reference 12345 received, follow up tomorrow"),
        ("w/cust re accts", "with customer regarding accounts"),
        ("cust's acct", "customer's account"),
    ],
)
def test_shorthand_is_read_in_full(note: str, full: str) -> None:
    assert ENGLISH.expand(note).text == full


@pytest.mark.parametrize(
    "note",
    [
        "The customer called regarding a custom accent in the application.",
        "Mr Re asked for the app; no problem.",
        "Re-sent the mail to john.cust@mail.example, see https://shop.example/acct?cust=1",
        "[ACCT_1] and [CUST_2] are masked",
        "cust-care pre-acct acct-based",
        "She can add an AC unit, 2 days from no 4",
        "",
    ],
)
def test_nothing_is_opened_up_in_ordinary_words_names_and_addresses(note: str) -> None:
    assert ENGLISH.expand(note).text == note


def test_german_is_read_by_its_own_entries_and_other_languages_by_none() -> None:
    note = "Kd. hat wg. Störg angerufen"
    assert shorthand("de-AT").expand(note).text == "Kunde hat wegen Störung angerufen"
    assert shorthand("zh").expand("cust cld").text == "cust cld"


def test_a_tenant_adds_its_own_for_one_language_or_all() -> None:
    entries = [
        VocabularyEntry(phrase="billing dispute", kind="shorthand", spoken=("bd", "bill dis"), language="en"),
        VocabularyEntry(phrase="Gold Card", kind="product", spoken=("gc",)),
    ]
    assert shorthand("en", entries).expand("cust re bd and gc, bill dis").text == (
        "customer regarding billing dispute and gc, billing dispute"
    )
    assert shorthand("de", entries).expand("bd").text == "bd"


@given(
    st.lists(
        st.sampled_from(["cust", "cld", "re", "pymt.", "decl", "the bank", "[CARD_1]", "ß", "w/", "\n", "acct#9"]),
        max_size=20,
    )
)
def test_every_place_in_the_full_text_has_its_own_in_the_note(words: list[str]) -> None:
    note = " ".join(words)
    found = ENGLISH.expand(note)
    at = 0
    for swap in found.swaps:
        kept = found.text[at : swap.read_begin]
        if kept:
            begin, end = found.place(at, swap.read_begin)
            assert note[begin:end] == kept
        for inside in range(swap.read_begin, swap.read_end):
            assert found.place(inside, inside + 1) == (swap.begin, swap.end)
        at = swap.read_end
    begin, end = found.place(at, len(found.text))
    assert note[begin:end] == found.text[at:]


def test_evidence_points_at_what_stands_in_the_note(english: LanguagePipeline) -> None:
    note = "Cust cld re: pymt decl on [CARD_1]. Adv'd to call bank."
    turn = Turn(position=0, role=Role.AGENT, text=note)
    found = english.annotate([turn], channel=Channel.NOTE, known=Known(shorthand=ENGLISH))
    issue = next(one for one in found.highlights if one.kind == "issue")
    assert issue.text.lower().startswith("payment declined")
    (span,) = issue.spans
    assert note[span.char_begin : span.char_end].startswith("pymt decl")
    phrase = next(one for one in found.key_phrases if "payment" in one.text)
    assert "pymt" in note[phrase.span.char_begin : phrase.span.char_end]


def test_only_notes_are_read_so(english: LanguagePipeline) -> None:
    turn = Turn(position=0, role=Role.CUSTOMER, text="My pymt was decl yesterday.")
    found = english.annotate([turn], channel=Channel.EMAIL, known=Known(shorthand=ENGLISH))
    assert "payment" not in " ".join(one.text for one in found.highlights)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_short_form_stands_for_two_things(language: str) -> None:
    table = tomllib.loads((resources.files("nlp.shorthand") / f"{language}.toml").read_text(encoding="utf-8"))
    shorts = [short for part in table.values() for some in part.values() for short in some]
    assert len(shorts) == len(set(shorts)) > 50
    assert all(short == short.lower() for short in shorts)


def test_f29_a_long_note_is_read_in_seconds() -> None:
    began = time.monotonic()
    ENGLISH.expand("cust cld re pymt decl word " * 30_000)
    assert time.monotonic() - began < 10
