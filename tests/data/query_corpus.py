"""Ten contacts with names, for the table of query cases."""

from __future__ import annotations

import datetime as dt
import uuid

from data.stores import Stores
from data.types import Channel, CustomerRef, Role, State
from tests.data.conversations import MONDAY, talk, waiting

AGENT, SUPERVISOR, SYSTEM = Role.AGENT, Role.SUPERVISOR, Role.SYSTEM
TUESDAY, WEDNESDAY = MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=2)


def fill(stores: Stores) -> dict[str, uuid.UUID]:
    """Their ids by name. In calls each word lasts a second."""
    return {
        "ann": talk(
            stores,
            (AGENT, "good morning how can I help you"),
            "I want to cancel my contract",
            (AGENT, "may I ask why"),
            "the router never arrived and nobody called me back",
            (AGENT, "I am sorry to hear that"),
            "please cancel it today thank you",
            word_s=1,
            duration_s=60,
            queue="billing",
            team="north",
            agent="Jo Bell",
            customer_segment="gold",
            customer=CustomerRef(scheme="crm", value="C-1"),
            sentiment=-0.6,
            by_role={Role.CUSTOMER: -0.6, AGENT: 0.1},
            csat=2,
            hold_s=30.0,
            metrics={
                "longest_silence_s": 4.0,
                "non_talk_s": 9.0,
                "overtalk_s": 2.5,
                "interruptions.agent": 1.0,
                "interruptions.customer": 2.0,
                "talk_share.agent": 0.4,
                "talk_share.customer": 0.6,
                "talk_s.agent": 17.0,
                "talk_s.customer": 20.0,
                "longest_monologue_s.agent": 7.0,
                "longest_monologue_s.customer": 9.0,
                "talk_speed_wpm.agent": 150.0,
                "response_time_s.agent": 1.5,
                "first_speech_s.agent": 0.0,
            },
        ),
        "bob": talk(
            stores,
            "hello I would like a refund for my card",
            (AGENT, "your refund will arrive on Monday"),
            "thank you goodbye",
            word_s=1,
            duration_s=400,
            queue="cards",
            agent="Ann Lee",
            sentiment=0.5,
            csat=5,
            metrics={"longest_silence_s": 12.0, "overtalk_s": 0.0, "talk_share.agent": 0.3},
        ),
        "cem": talk(
            stores,
            "I wrote twice. The contract must be cancelled now. No refund, no voucher.",
            channel=Channel.EMAIL,
            subject="Cancel my contract",
            queue="billing",
            started_at=TUESDAY,
            sentiment=-0.4,
            language="en-GB",
        ),
        "dee": talk(
            stores,
            "is my card blocked",
            (AGENT, "your card is not blocked"),
            "great",
            channel=Channel.CHAT,
            started_at=TUESDAY,
            customer=CustomerRef(scheme="email", value="dee@example.com"),
        ),
        "eva": talk(
            stores,
            (AGENT, "customer called about the card, wants a discount, passed on to a supervisor"),
            channel=Channel.NOTE,
            started_at=WEDNESDAY,
            team="south",
        ),
        "fay": talk(
            stores,
            (AGENT, "guten Tag was kann ich für Sie tun"),
            "ich möchte meine Verträge kündigen",
            word_s=1,
            language="de-DE",
            queue="billing",
            started_at=WEDNESDAY,
        ),
        "gil": talk(stores, "我要退款谢谢", channel=Channel.CHAT, language="zh", started_at=WEDNESDAY),
        "kim": talk(
            stores,
            (SYSTEM, "please hold the line"),
            "my card was charged twice",
            (SUPERVISOR, "we will refund the card at once"),
            word_s=1,
            duration_s=20,
            started_at=WEDNESDAY,
            metrics={"longest_silence_s": 0.0},
        ),
        "ida": waiting(stores, started_at=WEDNESDAY),
        "jay": _quarantined(stores),
    }


def _quarantined(stores: Stores) -> uuid.UUID:
    contact = waiting(stores, channel=Channel.VOICE)
    stores.interactions.set_state(contact, State.QUARANTINED)
    return contact
