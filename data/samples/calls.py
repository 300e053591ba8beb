"""The calls: what is known of each, and where in the recording each turn lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from data.samples.people import AGENTS, Agent, Customer, VoiceName, customers
from data.samples.texts import Dialogue, dialogues, statements

_PAUSE_S = (0.3, 0.7)
ROLES = ("agent", "customer")
"""Whom each channel of a recording carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A voice with its habit; pace and pitch are factors, 1 being the voice as it is."""

    voice: VoiceName
    pace: float
    pitch: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One turn to be spoken, after ``gap_s`` of silence (below zero: it overlaps the one before)."""

    role: str
    text: str
    gap_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to be recorded, and what the telephone system knows of it."""

    id: str
    dialogue: Dialogue
    agent: Agent
    customer: Customer
    speakers: tuple[Speaker, Speaker]
    """By channel: the agent, the customer. They never share a voice."""
    utterances: tuple[Utterance, ...]
    noise_db: float
    """Level of the line noise against full scale."""
    after_call_s: int


def calls() -> tuple[Call, ...]:
    return tuple(_call(f"call-{number:02d}", dialogue) for number, dialogue in enumerate(dialogues(), start=1))


def sidecar(call: Call) -> dict[str, object]:
    """What lies beside the recording, in the names that the product knows."""
    return {
        "external_id": call.id,
        "customers": list(call.customer.refs),
        "customer_segment": call.customer.segment,
        "agent": call.agent.name,
        "queue": statements(call.dialogue.reason).queue,
        "team": call.agent.team,
        "direction": "inbound",
        "started_at": f"{call.dialogue.at:%Y-%m-%dT%H:%M:%SZ}",
        "channel_map": list(ROLES),
        "wrap_up_code": statements(call.dialogue.reason).wrap_up_code,
        "after_call_s": call.after_call_s,
    }


def _call(call_id: str, dialogue: Dialogue) -> Call:
    random = Random(call_id)  # noqa: S311  # chance for a demonstration, no secret
    agent = next(agent for agent in AGENTS if agent.name == dialogue.agent)
    customer = next(customer for customer in customers() if customer.id == dialogue.customer)
    other_voice: VoiceName = "joe" if agent.voice == "hibari" else "hibari"
    return Call(
        id=call_id,
        dialogue=dialogue,
        agent=agent,
        customer=customer,
        speakers=(
            _speaker(agent.voice, agent.name),
            _speaker(other_voice, customer.id),
        ),
        utterances=tuple(_utterances(dialogue, customer, random)),
        noise_db=round(random.uniform(-58, -50), 1),
        after_call_s=random.randrange(15, 120),
    )


def _speaker(voice: VoiceName, name: str) -> Speaker:
    """The same person always sounds the same."""
    random = Random(name)  # noqa: S311  # chance for a demonstration, no secret
    return Speaker(voice=voice, pace=round(random.uniform(0.88, 1.16), 2), pitch=round(random.uniform(0.93, 1.08), 2))


def _utterances(dialogue: Dialogue, customer: Customer, random: Random) -> Iterator[Utterance]:
    for line in dialogue.lines:
        gap_s = round(random.uniform(*_PAUSE_S), 2) if line.gap_s is None else line.gap_s
        yield Utterance(role=line.role, text=line.text.format(name=customer.name), gap_s=gap_s)
