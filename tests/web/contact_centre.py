"""A contact centre to look at: the sample fortnight's texts under their true reasons, and a few awkward contacts."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass, replace
from typing import Any

from data.ids import new_id
from data.samples import DIALOGUES, FORTNIGHT
from data.samples.plan import Contact, fortnight
from data.samples.texts import RISING
from data.stores import Stores
from data.tables import ReasonRow
from data.types import (
    Channel,
    CustomerRef,
    Entity,
    NewOutcome,
    OutcomeKind,
    ReasonAssignment,
    Role,
    SetAside,
    State,
    Turn,
)
from ingest import ReadOptions, read
from nlp.highlights import find_highlights
from nlp.spans import span_of
from service.reception import receive
from service.runtime import Runtime
from tests.data.conversations import annotations, spoken, talk

TENANT = "default"
ZONE = "Europe/Berlin"
CUSTOMER = CustomerRef(scheme="crm", value="C-1004")
LEAVER = CustomerRef(scheme="crm", value="C-2001")
LEAVING_WORDS = "That is enough. I want to cancel my contract and go to another provider."
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> {{7*7}} =HYPERLINK(1) My parcel is lost."
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
NAMES = {
    "app_login": "locked out of app",
    "bill_higher": "bill higher than expected",
    "cancel": "cancel the contract",
    "engineer_missed": "engineer did not come",
    "moving_home": "moving home",
    "outage": "internet keeps dropping",
    "refund_missing": "refund not received",
    "roaming": "roaming charges abroad",
    "router_delivery": "router not delivered",
}
RISING_NAME = NAMES[RISING]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    call: uuid.UUID
    """With its recording, two channels of a real minute."""
    pending: uuid.UUID
    hostile: uuid.UUID
    quarantined: uuid.UUID


def seed(runtime: Runtime) -> Seeded:
    """Fills the default tenant, whose calendar is Berlin's."""
    with runtime.database.tenant(TENANT) as stores:
        stores.tenants.ensure()
        stores.tenants.set_calendar(time_zone=ZONE, first_weekday=1)
        reasons = {key: _reason(stores, name) for key, name in NAMES.items()}
        plan = fortnight()
        written = (*plan.mails, *plan.notes)
        # A third of what does not rise is enough to look at, and quicker to store.
        for number, contact in enumerate(written):
            if contact.reason == RISING or number % 3 == 0:
                _written(stores, contact, reasons)
        hostile = _awkward(stores)
        _leaving(stores, reasons["bill_higher"])
        quarantined = talk(stores, channel=Channel.VOICE, state=State.PENDING, started_at=plan.notes[-1].at)
        stores.interactions.set_state(quarantined, State.QUARANTINED, "audio.unreadable")
    call = accepted(runtime, "call-01")
    analyse(runtime, "call-01", call)
    with runtime.database.tenant(TENANT) as stores:
        _give(stores, call, reasons["app_login"])
    return Seeded(call=call, pending=accepted(runtime, "call-02"), hostile=hostile, quarantined=quarantined)


def _reason(stores: Stores, name: str) -> uuid.UUID:
    row = ReasonRow(tenant=stores.tenant, id=new_id(), name=name, embedder="e", centroid=[1.0, 0.0], size=1)
    stores.session.add(row)
    stores.session.flush()
    return row.id


def _give(stores: Stores, contact: uuid.UUID, reason: uuid.UUID | None) -> None:
    value = ReasonAssignment(reason_id=str(reason) if reason else None, confidence=0.87, nearest_id=None, distance=0.3)
    stores.reasons.assign(contact, value)


def _written(stores: Stores, contact: Contact, reasons: dict[str, uuid.UUID]) -> None:
    customer = contact.customer
    added = talk(
        stores,
        (Role.CUSTOMER if contact.subject else Role.AGENT, contact.text),
        channel=Channel.EMAIL if contact.subject else Channel.NOTE,
        started_at=contact.at,
        customer=CustomerRef(scheme="crm", value=customer.id) if customer else None,
        customer_segment=customer.segment if customer else None,
        agent=contact.agent.name if contact.agent else None,
        queue=contact.queue,
        issue=contact.text[:140],
        subject=contact.subject or None,
        sentiment=-0.3 if contact.reason == RISING else 0.1,
    )
    _give(stores, added, reasons[contact.reason])


def _leaving(stores: Stores, bill: uuid.UUID) -> None:
    """A customer who came back twice about a bill, looked around, and said so; the CRM says what came of it."""
    begin = fortnight().mails[0].at
    words = ("My bill is higher than I expected.", "Nobody called me back about my bill.", LEAVING_WORDS)
    for number, said in enumerate(words):
        at = begin + dt.timedelta(days=3 * number)
        spoken_to = (Role.AGENT, "How can I help you?"), (Role.CUSTOMER, said)
        added = talk(
            stores, *spoken_to, started_at=at, customer=LEAVER, issue=said, sentiment=-0.2 * number, agent="Kim Weber"
        )
        _give(stores, added, bill)
    for number, looked_at in enumerate(("/plans/compare", "/help/cancel", "/help/cancel/notice")):
        clicked = begin + dt.timedelta(days=5, minutes=number)
        talk(stores, channel=Channel.WEB, started_at=clicked, customer=LEAVER, page=looked_at, dwell_s=30.0 + number)
    outcome = NewOutcome(customer=LEAVER, kind=OutcomeKind.BOUGHT, at=begin, value=480, campaign="spring", source="crm")
    stores.outcomes.put([outcome])


def _awkward(stores: Stores) -> uuid.UUID:
    """What is written to do harm, and what is too long for a phone; returns the former's id."""
    at = fortnight().notes[-1].at
    for said in (LONG, HOSTILE):
        named = {"subject": said, "issue": said, "queue": said, "agent": said, "customer_segment": said}
        who = CustomerRef(scheme="crm", value=said[:200])
        added = talk(
            stores, said, channel=Channel.EMAIL, started_at=at, customer=who, phrases=(said,), sentiment=-0.6, **named
        )
        _give(stores, added, None)
    return added


UNBELIEVED = SetAside(
    position=99,
    role=Role.AGENT,
    text="Thanks for watching!",
    begin_ms=8000,
    end_ms=9000,
    trust=0.1,
    flags=("repetition",),
)


def accepted(runtime: Runtime, call: str) -> uuid.UUID:
    """A sample call as it is handed in, still to be analysed."""
    (added,) = receive(runtime, TENANT, read(FORTNIGHT / "calls" / f"{call}.ogg", ReadOptions())).ids
    return added


def analyse(runtime: Runtime, call: str, contact: uuid.UUID) -> None:
    """Gives it what was truly said in it, as the pipeline would."""
    script = next(row for row in _scripts() if row["id"] == call)
    turns = tuple(_turn(position, row) for position, row in enumerate(script["turns"]))
    known = annotations(None, ("online account", "new password", "postcode"), 0.2)
    found = replace(
        known,
        highlights=find_highlights(turns, channel=Channel.VOICE).found,
        entities=(
            _named(turns[1], "date", "online account", "2026-10-05"),
            _named(turns[1], "product", "online account", "Tidewell Online"),
            _named(turns[4], "product", turns[4].text[:5], "Tidewell Online"),
        ),
    )
    with runtime.database.tenant(TENANT) as stores:
        stores.interactions.save_transcript_meta(contact, duration_s=script["duration_s"], language="en")
        stores.interactions.save_turns(contact, turns, (), found, None)
        stores.interactions.save_sound(
            contact, [UNBELIEVED], {Role.AGENT: [-20, None, -18], Role.CUSTOMER: [None, -31, None]}
        )
        stores.interactions.set_state(contact, State.ANALYSED)
        stores.inbox.keep(stores.inbox.original(contact).id)


def _named(turn: Turn, kind: str, text: str, value: str) -> Entity:
    """As if it said so: ``text`` where it stands first in the turn."""
    begin = max(0, turn.text.find(text))
    return Entity(type=kind, text=text, value=value, span=span_of(turn, begin, begin + len(text)))


def _scripts() -> list[dict[str, Any]]:
    return [json.loads(line) for line in DIALOGUES.read_text(encoding="utf-8").splitlines()]


def _turn(position: int, row: dict[str, Any]) -> Turn:
    """With each word at its share of the turn's time."""
    begin_ms, end_ms, text = int(row["begin_s"] * 1000), int(row["end_s"] * 1000), row["text"]
    words = spoken(text)
    each = (end_ms - begin_ms) // len(words)
    timed = (
        replace(word, begin_ms=begin_ms + number * each, end_ms=begin_ms + (number + 1) * each)
        for number, word in enumerate(words)
    )
    role = Role(row["role"])
    return Turn(position=position, role=role, text=text, begin_ms=begin_ms, end_ms=end_ms, words=tuple(timed))
