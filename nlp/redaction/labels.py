"""Short texts that come beside a contact, such as a wrap-up code that an agent typed: masked without a model."""

from __future__ import annotations

import re

from nlp.redaction.addresses import find_addresses
from nlp.redaction.detection import Detection
from nlp.redaction.mask import mask_text, masks
from nlp.redaction.numbers import find_numbers
from nlp.redaction.phrases import find_phrases
from nlp.redaction.policy import DEFAULT, Policy
from nlp.redaction.spelled import find_spelled

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")


def masked_label(text: str, policy: Policy = DEFAULT) -> str:
    """The text with tokens for numbers, addresses and what words beside it give away."""
    written = [
        Detection(type="EMAIL_ADDRESS", begin=match.start(), end=match.end(), score=1.0)
        for match in EMAIL.finditer(text)
    ]
    found = [*written, *find_numbers(text, ""), *find_phrases(text), *find_spelled(text, ""), *find_addresses(text)]
    return mask_text(text, masks([text], [found], policy)[0])
