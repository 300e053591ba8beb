"""Which types of personal detail are masked, and the word that stands for each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from data.errors import RedactionPolicyInvalid
from data.types import Provenance, RedactionAction

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


NUMBERS = frozenset(
    {"CREDIT_CARD", "IBAN_CODE", "US_BANK_NUMBER", "ACCOUNT_NUMBER", "US_SSN", "US_ITIN", "CA_SIN", "PHONE_NUMBER"}
)
"""Types whose last four digits may be kept."""
ALWAYS = frozenset({"CREDENTIAL"})
"""Verification codes, PINs and passwords are never stored in any form (PCI DSS 3.3.1)."""
LAST = 4
ENOUGH = 9
"""A number of fewer digits is not what it was heard as, or four of them tell too much."""

Hasher = Callable[[str, str], str]
"""A keyed hash of a token's name and a value, in hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What becomes of each type; a type that is not named stays in the text."""

    actions: Mapping[str, RedactionAction]
    hasher: Hasher | None = None
    """Needed where anything is hashed."""

    @property
    def masked(self) -> frozenset[str]:
        return frozenset(kind for kind, action in self.actions.items() if action is not RedactionAction.KEEP)

    @property
    def digest(self) -> str:
        """The same for policies that do the same."""
        told = ",".join(f"{kind}={action}" for kind, action in sorted(self.actions.items()))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def beside(self, kind: str, value: str) -> str:
        """What stands in the token behind its number: ":1111", "#0123456789ab", or nothing."""
        action = self.actions.get(kind)
        digits = re.sub(r"\W", "", value)
        if action is RedactionAction.LAST_FOUR and len(digits) >= ENOUGH and digits[-LAST:].isdecimal():
            return f":{digits[-LAST:]}"
        if action is RedactionAction.HASH and self.hasher is not None:
            return f"#{self.hasher(TOKENS[kind], value)[:12]}"
        return ""

    def with_choices(self, chosen: Mapping[str, RedactionAction], hasher: Hasher | None = None) -> Policy:
        """This policy but for the types chosen. Raises RedactionPolicyInvalid (permanent)."""
        for kind, action in chosen.items():
            check(kind, action)
        return Policy(actions={**self.actions, **chosen}, hasher=hasher)

    def noted_in(self, provenance: Provenance) -> Provenance:
        """The provenance of what was made under this policy."""
        both = hashlib.sha256(f"{provenance.params_hash}|{self.digest}".encode()).hexdigest()[:16]
        return replace(provenance, params_hash=both)


def check(kind: str, action: RedactionAction) -> None:
    """Raises RedactionPolicyInvalid (permanent): no such type, or nothing that may be done with it."""
    if kind not in TOKENS:
        raise RedactionPolicyInvalid(f"there is no type {kind}")
    if action not in allowed(kind):
        raise RedactionPolicyInvalid(f"{kind} takes {', '.join(allowed(kind))}")


def allowed(kind: str) -> tuple[RedactionAction, ...]:
    """What may be done with details of a type."""
    if kind in ALWAYS:
        return (RedactionAction.MASK,)
    return tuple(one for one in RedactionAction if one is not RedactionAction.LAST_FOUR or kind in NUMBERS)


DEFAULT = Policy(actions={kind: RedactionAction.KEEP if kind in KEPT else RedactionAction.MASK for kind in TOKENS})
"""Payment, credentials, identity numbers, contact data, dates of birth and persons' names are masked."""
ALL = Policy(actions=dict.fromkeys(TOKENS, RedactionAction.MASK))
