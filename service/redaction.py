"""A tenant's redaction policy: the default, and what the tenant chose instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.types import Metadata, RedactionAction

if TYPE_CHECKING:
    from data.stores import Stores
    from nlp.redaction import Policy


LABEL = 30
"""Characters of a code that holds no digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What becomes of a type, and of which token stands for it."""

    type: str
    token: str
    action: RedactionAction
    default: RedactionAction
    allowed: tuple[RedactionAction, ...]


def policy_of(stores: Stores) -> Policy:
    """What is to be done with what the tenant's contacts say."""
    from nlp.redaction import DEFAULT

    keys = stores.keys
    return DEFAULT.with_choices(
        stores.redaction.all(), hasher=lambda name, value: keys.lookup(f"redaction:{name}", value).hex()
    )


def described(stores: Stores, metadata: Metadata) -> Metadata:
    """The metadata as it may be stored: what somebody may have typed freely is redacted; who works stays."""
    from nlp.redaction.labels import masked_label

    code, segment = metadata.wrap_up_code, metadata.customer_segment
    if not any(map(_may_tell, (code, segment))):
        return metadata
    policy = policy_of(stores)
    return replace(
        metadata,
        wrap_up_code=code and masked_label(code, policy),
        customer_segment=segment and masked_label(segment, policy),
    )


def _may_tell(text: str | None) -> bool:
    """Whether it is more than a code; of a million rows most are none."""
    if not text:
        return False
    return len(text) > LABEL or "@" in text or any(map(str.isdecimal, text))


def rules(stores: Stores) -> list[Rule]:
    """One of each type, in the order in which the types are documented."""
    from nlp.redaction import DEFAULT
    from nlp.redaction.policy import TOKENS, allowed

    actions = DEFAULT.with_choices(stores.redaction.all()).actions
    return [
        Rule(type=kind, token=token, action=actions[kind], default=DEFAULT.actions[kind], allowed=allowed(kind))
        for kind, token in TOKENS.items()
    ]


def choose(stores: Stores, actor: str, chosen: Mapping[str, RedactionAction]) -> None:
    """Stores choices for contacts read from now on, all or none. Raises RedactionPolicyInvalid (permanent)."""
    from nlp.redaction import DEFAULT

    DEFAULT.with_choices(chosen)
    stores.tenants.ensure()
    stores.redaction.put(chosen)
    stores.audit.write(actor, "redaction.choose", "redaction-policy", {kind: act.value for kind, act in chosen.items()})


def reset(stores: Stores, actor: str, types: Sequence[str] | None) -> int:
    """Back to the default, for these types or all; how many choices there were."""
    gone = stores.redaction.reset(types)
    if gone:
        stores.audit.write(actor, "redaction.reset", "redaction-policy", {"types": list(types or ["all"])})
    return gone
