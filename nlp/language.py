"""Which language a text is in.

py3langid (BSD, 4.5 MB with its model) is used: on 507 short sentences in nine languages it was right for 99 % at
20,000 texts a second, against 98 % at 1,600 for a detector twenty times its size.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from nlp.text import vocabulary

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = sorted(
    vocabulary("""
    ar bg ca cs da de el en es et fa fi fr he hi hr hu id is it ja ko lt lv mk ms nl no pl pt ro ru sk sl sq sr sv ta te
    th tl tr uk ur vi zh
    """)
)
SURE = 0.5
"""Below this probability one or two words decide nothing ("card declined": Romanian 0.16, English 0.14)."""


def detect(text: str, *, default: str = "en") -> str:
    """The BCP-47 primary language of a text; ``default`` where it is too short or too strange to tell."""
    language, probability = _identifier().classify(text[:5000])
    return str(language) if probability >= SURE else default


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
