"""A customer by any identifier or by id, with the tags that their contacts give."""

from __future__ import annotations

import datetime as dt
import uuid

from classify.tags import Tag, customer_tags
from data.customers import CustomerRecord
from data.stores import Stores
from data.types import CustomerRef


def find(stores: Stores, key: str) -> CustomerRecord:
    """``key`` is ``scheme:value`` or a customer's id. Raises NotFound, CustomerRefInvalid (permanent)."""
    try:
        return stores.customers.get(uuid.UUID(key))
    except ValueError:
        return stores.customers.find(CustomerRef.parse(key))


def tags(stores: Stores, customer: CustomerRecord) -> list[Tag]:
    """The strongest first, as of now: strength decays with time."""
    return customer_tags(stores.customers.contacts(customer.id), now=dt.datetime.now(dt.UTC))
