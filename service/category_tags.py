"""A category as a tag of the customers whose contacts it matches, with the words that say so."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from classify.tags import Evidence, Sighting, quote
from data.category_contacts import CategoryContact
from data.customer_facts import SaidTurn
from data.errors import QueryInvalid
from data.search_locate import FoundTurn
from data.stores import Stores
from service.queries import read

KIND = "category"
QUOTED = 100
"""Contacts of a category, the newest, whose words are looked up; those before are named without."""


def sightings(stores: Stores, customers: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[Sighting]]:
    """By customer, the contacts that a category matches, without their words."""
    found = stores.category_contacts.of_customers(customers)
    return {customer: [_whole(contact) for contact in contacts] for customer, contacts in found.items()}


def quoted(stores: Stores, customer: uuid.UUID) -> list[Sighting]:
    """The same of one customer, each with what is said where the category's words first stand in the contact."""
    by_category: defaultdict[uuid.UUID, list[CategoryContact]] = defaultdict(list)
    for contact in stores.category_contacts.of_customers([customer]).get(customer, ()):
        by_category[contact.category_id].append(contact)
    return [sighting for contacts in by_category.values() for sighting in _of_one(stores, contacts)]


def _of_one(stores: Stores, contacts: Sequence[CategoryContact]) -> Iterator[Sighting]:
    places = _places(stores, contacts[-QUOTED:])
    for contact in contacts:
        turns = places.get(contact.interaction_id)
        yield _said(contact, turns[0]) if turns else _whole(contact)


def _places(stores: Stores, contacts: Sequence[CategoryContact]) -> Mapping[uuid.UUID, Sequence[FoundTurn]]:
    """Nothing where this version cannot read the query any more: its results stand, its words are not found."""
    one = contacts[0]
    try:
        query = read(stores.categories.get(one.category_id).version(one.version).query)
    except QueryInvalid:
        return {}
    return stores.search.places(query, [contact.interaction_id for contact in contacts])


def _said(contact: CategoryContact, turn: FoundTurn) -> Sighting:
    """With the sentence around the first place, and the time of its words."""
    first = turn.spans[0]
    said = SaidTurn(
        interaction_id=contact.interaction_id,
        at=contact.started_at,
        turn=turn.position,
        text=turn.text,
        begin_ms=first.begin_ms,
        end_ms=first.end_ms,
    )
    return _sighting(contact, quote(said, first.char_begin, first.char_end))


def _whole(contact: CategoryContact) -> Sighting:
    return _sighting(contact, Evidence(interaction_id=contact.interaction_id, at=contact.started_at))


def _sighting(contact: CategoryContact, evidence: Evidence) -> Sighting:
    key = str(contact.category_id)
    return Sighting(kind=KIND, key=key, label=contact.name, version=contact.version, evidence=evidence)
