"""What the fourteen sample calls are about: in each, the customer says it in the second turn, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from data.samples.texts import Dialogue, dialogues
from data.types import Channel, Role, Turn
from nlp.issue import find_issues

STATED = 1
ABOUT = {
    "app_login": ("password", "log in", "app"),
    "bill_higher": ("bill",),
    "cancel": ("cancel",),
    "engineer_missed": ("engineer",),
    "moving_home": ("moving",),
    "outage": ("internet", "broadband"),
    "refund_missing": ("refund",),
    "roaming": ("roaming",),
    "router_delivery": ("router",),
}
IDENTIFIED = (
    ("agent", "Welcome. Before we start, can I take your full name and your date of birth, please?"),
    ("customer", "Hello, yes of course. It's Morgan Example, the third of May nineteen seventy nine."),
    ("agent", "And the first line of your address and the postcode?"),
    ("customer", "Twelve Harbour View, and the postcode is E M four, two B H."),
)


def issues(lines: Sequence[tuple[str, str]]) -> list[tuple[set[int], str]]:
    turns = [Turn(position=at, role=Role(role), text=text) for at, (role, text) in enumerate(lines)]
    found = find_issues(turns, channel=Channel.VOICE)
    assert isinstance(found, tuple)
    return [({span.turn for span in issue.spans}, issue.text) for issue in found]


@pytest.mark.parametrize("dialogue", dialogues(), ids=lambda one: f"{one.reason}-{one.customer}")
@pytest.mark.parametrize("before", [(), IDENTIFIED], ids=["at once", "after identification"])
def test_a_sample_call_is_about_what_the_customer_states(
    dialogue: Dialogue, before: tuple[tuple[str, str], ...]
) -> None:
    lines = [*before, *((line.role, line.text) for line in dialogue.lines)]
    ((turns, text), *further) = issues(lines)
    assert turns == {STATED + len(before)}
    assert any(word in text.lower() for word in ABOUT[dialogue.reason])
    assert further == []
