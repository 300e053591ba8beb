"""The invented company's agents and customers.

Phone numbers are from the range that the United Kingdom's regulator keeps free for fiction, e-mail addresses are of
the domains that RFC 2606 reserves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.samples.texts import REASONS

VoiceName = Literal["joe", "hibari"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    name: str
    team: str
    queues: tuple[str, ...]
    voice: VoiceName


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: str
    name: str
    segment: str
    phone: str
    email: str
    leanings: tuple[str, str]
    """The reasons that bring this customer back."""

    @property
    def first(self) -> str:
        return self.name.split()[0]

    @property
    def refs(self) -> tuple[str, ...]:
        return (f"crm:{self.id}", f"phone:{self.phone}", f"email:{self.email}")


AGENTS = (
    Agent(name="Priya Nair", team="Harbour", queues=("technical", "billing"), voice="hibari"),
    Agent(name="Tom Barrow", team="Harbour", queues=("technical",), voice="joe"),
    Agent(name="Ellen Marsh", team="Harbour", queues=("billing", "retention"), voice="hibari"),
    Agent(name="Daniel Reyes", team="Quayside", queues=("technical",), voice="joe"),
    Agent(name="Maya Holt", team="Quayside", queues=("retention",), voice="hibari"),
    Agent(name="Marcus Lowe", team="Quayside", queues=("billing", "retention"), voice="joe"),
)

_NAMES = """
Grace Whitcombe, Ann Pellow, Robert Tamsin, Alan Frith, Joyce Marlow, Helen Ashdown, Imran Qureshi, George Linden,
Peter Vance, Margaret Oakes, Susan Calder, Yusuf Demir, Linda Farrow, Kwame Boateng, Ruth Penrose, Karen Bellamy,
Olivia Trent, Frank Hollis, Nadia Rahman, Colin Starkey, Steven Price, Beatrice Holm, Owen Griffiths, Julia Sands,
Leo Marchetti, Diane Foster, Harold Quill, Amara Okafor, Simon Treadwell, Chloe Winters, Rita Gilmour, Edwin Cole,
Fiona McAllister, Dennis Yardley, Mei Lin Zhou, Arthur Pym, Tessa Rowe, Victor Almeida, Isobel Crane, Jack Norris
"""
_DOMAINS = ("example.com", "example.org", "example.net")
_SEGMENTS = ("standard", "gold", "standard", "new", "standard", "standard", "gold", "standard")


def customers() -> tuple[Customer, ...]:
    names = (name.strip() for name in _NAMES.replace("\n", " ").split(","))
    return tuple(customer(number, name) for number, name in enumerate(names, start=1))


def customer(number: int, name: str, mailbox: str | None = None) -> Customer:
    """The customer of that number; the mailbox follows the name unless it is given."""
    mailbox = mailbox or name.lower().replace(" ", ".")
    return Customer(
        id=f"C-{1000 + number}",
        name=name,
        segment=_SEGMENTS[number % len(_SEGMENTS)],
        phone=f"+447700900{number * 919 % 1000:03d}",
        email=f"{mailbox}@{_DOMAINS[number % len(_DOMAINS)]}",
        leanings=(REASONS[number % len(REASONS)], REASONS[(number * 4 + 2) % len(REASONS)]),
    )
