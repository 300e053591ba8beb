"""Words that sound alike share a key; words that do not, do not."""

from __future__ import annotations

import pytest

from asr.phonetic import phonetic_keys


@pytest.mark.parametrize(
    ("said", "heard", "language"),
    [
        ("Quilter", "Kwilter", "en"),
        ("Featherstone", "feather stone", "en"),
        ("Siobhan", "SIOBHAN!", "en"),
        ("Zoë", "Zoe", "en"),
        ("Łukasz", "Lukasz", "pl"),
        ("Müller", "Mueller", "de"),
        ("Maier", "Meyer", "de"),
        ("张伟", "章威", "zh"),
        ("林", "凌", "zh"),
    ],
)
def test_what_sounds_alike_shares_a_key(said: str, heard: str, language: str) -> None:
    assert {*phonetic_keys(said, language)} & {*phonetic_keys(heard, language)}


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [("Quilter", "Kowalski", "en"), ("Müller", "Schmidt", "de"), ("张伟", "王芳", "zh")],
)
def test_what_sounds_otherwise_has_another(one: str, other: str, language: str) -> None:
    assert not {*phonetic_keys(one, language)} & {*phonetic_keys(other, language)}


@pytest.mark.parametrize(
    ("word", "language"), [("", "en"), ("1234", "en"), ("…", "de"), ("Москва", "ru"), ("東", "en")]
)
def test_what_cannot_be_keyed_has_no_key(word: str, language: str) -> None:
    assert phonetic_keys(word, language) == ()


def test_a_latin_word_among_chinese_is_keyed_as_it_sounds_in_english() -> None:
    assert phonetic_keys("Reasonance", "zh") == phonetic_keys("Reasonance", "en")


MISHEARD = """
brightloop/bright loop, niamh/niam, poughkeepsie/pickipsy, metoprolol/metaprolol, allianz/alliance, telvanta/tel vanta,
netgear/net gear, nimbora/nimbura, revolut/revolet, humalog/humolog, klarna/klerna, lisinopril/listen up roll,
kissimmee/kasimi, wilkes-barre/wilkes bar, paywise/pay wise, natchitoches/nachitoches, sipho/sifo, vantiq/vantic,
venkatesh/venkatish, kaspersky/caspersky, reykjavik/reykjivik, zolvanta/zulvanta, atorvastatin/adore vastatin,
llewellyn/luelin, ocampo/acampo, kavanagh/kavanaugh, hydrafix/hydrophics, roomba/rumba, leclerc/lecklerk,
yilmaz/yilmez, sequim/cyclum, xfinity/exclusivity, wroclaw/rock la, saoirse/stair, huang/wang, beauchamp/bochamp
"""
"""Names as Whisper base wrote them down from a telephone, spoken by a synthetic voice."""


def test_most_misheard_names_share_a_key_with_what_was_heard() -> None:
    pairs = [pair.strip().split("/") for pair in MISHEARD.replace("\n", " ").split(",")]
    found = [said for said, heard in pairs if {*phonetic_keys(said)} & {*phonetic_keys(heard)}]
    assert len(found) >= 0.6 * len(pairs)
