"""Which types of personal detail are masked, and the word that stands for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TOKENS: Mapping[str, str] = {
    # payment
    "CREDIT_CARD": "CARD",
    "CARD_EXPIRY": "EXPIRY",
    "IBAN_CODE": "IBAN",
    "US_BANK_NUMBER": "ACCOUNT",
    "ACCOUNT_NUMBER": "ACCOUNT",
    "CRYPTO": "WALLET",
    # credentials
    "CREDENTIAL": "CREDENTIAL",
    # identity numbers
    "US_SSN": "SSN",
    "US_ITIN": "TAX_ID",
    "US_PASSPORT": "PASSPORT",
    "US_DRIVER_LICENSE": "LICENSE",
    "UK_NINO": "NATIONAL_ID",
    "UK_PASSPORT": "PASSPORT",
    "CA_SIN": "NATIONAL_ID",
    "DE_TAX_ID": "TAX_ID",
    "DE_ID_CARD": "NATIONAL_ID",
    "DE_PASSPORT": "PASSPORT",
    "DE_SOCIAL_SECURITY": "NATIONAL_ID",
    "ES_NIF": "NATIONAL_ID",
    "ES_NIE": "NATIONAL_ID",
    "IT_FISCAL_CODE": "TAX_ID",
    "CN_ID": "NATIONAL_ID",
    # contact data
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "IP_ADDRESS": "IP",
    "ADDRESS": "ADDRESS",
    # persons
    "PERSON": "PERSON",
    "DATE_OF_BIRTH": "BIRTH",
    # what analysis needs and the default policy leaves
    "ORGANIZATION": "ORGANIZATION",
    "LOCATION": "LOCATION",
    "DATE_TIME": "DATE",
    "AGE": "AGE",
    "TITLE": "TITLE",
    "NRP": "GROUP",
    "URL": "URL",
}
"""Every type the detector knows, as Presidio names it, and what stands in the text for it."""
KEPT = frozenset({"ORGANIZATION", "LOCATION", "DATE_TIME", "AGE", "TITLE", "NRP", "URL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Masks the types in ``masked``; all others stay in the text."""

    masked: frozenset[str]


DEFAULT = Policy(masked=frozenset(TOKENS) - KEPT)
"""Payment, credentials, identity numbers, contact data and persons' names."""
ALL = Policy(masked=frozenset(TOKENS))
