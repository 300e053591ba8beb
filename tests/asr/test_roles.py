"""Roles by content: the check of the channel map, voices of one channel, and what a machine says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from asr import Cast, ChannelCheck, cast
from asr.roles import CORRECTED, SWAPPED, UNCLEAR
from asr.roles_cues import cues
from data.types import Role, Segment, Word

STEREO = ChannelCheck(channels=2)
MONO = ChannelCheck(channels=1)

AGENT = "Thank you for calling Northgate Gas, how can I help you today?"
CUSTOMER = "Hi, I'm calling about my bill, I was charged twice and I never received a refund."
MENU = "For billing, press one. For anything else, stay on the line."


def segment(text: str, at_s: float, *, channel: int = 0, speaker: int | None = None, language: str = "en") -> Segment:
    """Spoken at three words a second, its words one after the other."""
    words, place = [], 0
    for number, said in enumerate(text.split()):
        begin_ms = round(1000 * at_s + number * 300)
        words.append(
            Word(
                text=said,
                begin_ms=begin_ms,
                end_ms=begin_ms + 280,
                confidence=0.9,
                char_begin=place,
                char_end=place + len(said),
            )
        )
        place += len(said) + 1
    return Segment(
        text=text,
        begin_ms=words[0].begin_ms,
        end_ms=words[-1].end_ms,
        channel=channel,
        role=Role.UNKNOWN,
        confidence=0.9,
        words=tuple(words),
        language=language,
        speaker=speaker,
    )


def stereo(first: str, second: str, *, swapped: bool = False, language: str = "en") -> list[Segment]:
    return [
        segment(first, 0, channel=int(swapped), language=language),
        segment(second, 8, channel=int(not swapped), language=language),
    ]


def roles(found: Cast) -> list[Role]:
    return [one.role for one in found.segments]


def test_content_that_agrees_with_the_channels_changes_nothing() -> None:
    found = cast(stereo(AGENT, CUSTOMER), STEREO)
    assert (roles(found), found.flags) == ([Role.AGENT, Role.CUSTOMER], ())


def test_swapped_channels_without_a_map_are_corrected_by_content() -> None:
    found = cast(stereo(AGENT, CUSTOMER, swapped=True), STEREO)
    assert (roles(found), found.flags) == ([Role.AGENT, Role.CUSTOMER], (SWAPPED, CORRECTED))


def test_a_sources_own_map_is_flagged_and_stays_unless_the_content_is_overwhelming() -> None:
    wrong = (Role.AGENT, Role.CUSTOMER)
    weak = cast(stereo("How can I help?", "I have a question about my phone.", swapped=True), STEREO, wrong)
    assert (roles(weak), weak.flags) == ([Role.CUSTOMER, Role.AGENT], (SWAPPED,))
    strong = cast(stereo(AGENT, CUSTOMER, swapped=True), STEREO, wrong)
    assert (roles(strong), strong.flags) == ([Role.AGENT, Role.CUSTOMER], (SWAPPED, CORRECTED))


def test_small_talk_says_nothing_of_the_channels() -> None:
    found = cast(stereo("Nice weather we are having.", "Yes, isn't it.", swapped=True), STEREO)
    assert (roles(found), found.flags) == ([Role.CUSTOMER, Role.AGENT], ())


@pytest.mark.parametrize(
    ("language", "agent", "customer"),
    [
        ("de", "Guten Tag, was kann ich für Sie tun?", "Ich rufe an, weil meine Rechnung falsch ist."),
        ("es", "Gracias por llamar, ¿en qué le puedo ayudar?", "Llamo porque mi factura no es correcta."),
        ("fr", "Bonjour, comment puis-je vous aider ?", "J'appelle parce que ma facture est fausse."),
        ("zh-Hans", "您好，请问有什么可以帮您？", "我想问一下我的账单。"),
        ("zh", "您好，請問有什麼可以幫您？", "我想問一下我的帳單。"),
    ],
)
def test_content_is_read_in_other_languages(language: str, agent: str, customer: str) -> None:
    found = cast(stereo(agent, customer, swapped=True, language=language), STEREO)
    assert (roles(found), found.flags) == ([Role.AGENT, Role.CUSTOMER], (SWAPPED, CORRECTED))


def test_voices_of_one_channel_get_their_roles_from_what_they_say() -> None:
    said = [segment(CUSTOMER, 8, speaker=1), segment(AGENT, 0, speaker=0)]
    found = cast(said, MONO)
    assert {one.speaker: one.role for one in found.segments} == {0: Role.AGENT, 1: Role.CUSTOMER}
    assert found.flags == ()


def test_voices_that_say_nothing_telling_stay_unknown_and_are_flagged() -> None:
    found = cast([segment("Nice day.", 0, speaker=1), segment("Yes it is.", 4, speaker=0)], MONO)
    assert (set(roles(found)), found.flags) == ({Role.UNKNOWN}, (UNCLEAR,))


def test_f24_identical_and_silent_legs_get_no_role_from_the_usual_order() -> None:
    said = [segment("Nice day.", 0)]
    for check in (ChannelCheck(channels=2, identical=True), ChannelCheck(channels=2, silent=(1,))):
        assert roles(cast(said, check)) == [Role.UNKNOWN]


def test_channels_with_a_role_have_one_speaker() -> None:
    """A leg that was silent in one window and not in another: its windows agree in the end."""
    found = cast([segment(AGENT, 0, speaker=0), segment(CUSTOMER, 8, channel=1)], STEREO)
    assert [(one.role, one.speaker) for one in found.segments] == [(Role.AGENT, None), (Role.CUSTOMER, None)]


def test_a_map_of_three_channels_is_kept() -> None:
    said = [segment(AGENT, 0, channel=1), segment(CUSTOMER, 8), segment("Right.", 20, channel=2)]
    found = cast(said, ChannelCheck(channels=3), (Role.CUSTOMER, Role.AGENT, Role.SUPERVISOR))
    assert roles(found) == [Role.AGENT, Role.CUSTOMER, Role.SUPERVISOR]


def said_by(found: Cast, role: Role) -> str:
    return " ".join(one.text for one in found.segments if one.role is role)


def test_a_menu_before_the_agent_is_the_machines() -> None:
    greeting = "Welcome to Northgate Gas. This call may be recorded. " + MENU
    found = cast([segment(greeting, 0), segment(AGENT, 20), segment(CUSTOMER, 26, channel=1)], STEREO)
    assert said_by(found, Role.SYSTEM) == greeting
    assert said_by(found, Role.AGENT) == AGENT


def test_a_machine_is_cut_out_of_a_segment_that_goes_on_with_a_person() -> None:
    found = cast([segment(f"{MENU} {AGENT}", 0), segment(CUSTOMER, 20, channel=1)], STEREO)
    assert said_by(found, Role.SYSTEM) == MENU
    assert said_by(found, Role.AGENT) == AGENT


def test_an_agent_who_says_that_calls_are_recorded_is_no_machine() -> None:
    found = cast([segment(AGENT + " This call is recorded.", 0), segment(CUSTOMER, 8, channel=1)], STEREO)
    assert said_by(found, Role.SYSTEM) == ""


def test_a_voice_that_is_mostly_a_machines_is_wholly_so() -> None:
    announcement = "All of our agents are busy. Your call is important to us. Have you tried our new app?"
    said = [segment(announcement, 0, speaker=0), segment(AGENT, 20, speaker=1), segment(CUSTOMER, 30, speaker=2)]
    found = cast(said, MONO)
    assert said_by(found, Role.SYSTEM) == announcement.replace(". ", ". ")
    assert (said_by(found, Role.AGENT), said_by(found, Role.CUSTOMER)) == (AGENT, CUSTOMER)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I can't take your call right now. Please leave a message after the tone."),
        ("de", "Ihr Anruf ist uns wichtig. Bitte bleiben Sie in der Leitung."),
        ("es", "Para facturación, oprima dos."),
        ("fr", "Tous nos conseillers sont occupés, veuillez patienter."),
        ("zh", "请在提示音后留言。"),
    ],
)
def test_machines_are_known_in_other_languages(language: str, text: str) -> None:
    assert set(roles(cast([segment(text, 0, language=language)], MONO))) == {Role.SYSTEM}


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh"])
def test_every_language_has_cues_of_every_kind(language: str) -> None:
    sections: Sequence[str] = ("agent", "customer", "system", "system_too")
    assert all(cues(language, section) for section in sections)  # type: ignore[arg-type]  # each is one
    assert not cues("xx", "agent")
