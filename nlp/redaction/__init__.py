"""Personal details out of text: detection (every type), a policy (which are masked), masking (offsets that follow).

Detection runs on Presidio without any network; masking is pure.
"""

from nlp.redaction.mask import Redacted
from nlp.redaction.policy import ALL, DEFAULT, Policy

__all__ = ["ALL", "DEFAULT", "Policy", "Redacted"]
