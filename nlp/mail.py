"""The newest reply of an e-mail: no quoted history, no signature, no disclaimer.

Most header lines of mail programs come from mail-parser-reply (Apache-2.0); what it lacks is in ``mail_wording``.
Where every line would go, the text stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from data.types import Document
from nlp.mail_wording import CLOSING, CONTACT, DEVICE, DISCLAIMER, HEAD, QUOTED, RULE, SUBJECT_PREFIX
from nlp.text import clean_text

LANGUAGES = ("en", "de", "fr", "es", "zh", "it", "nl", "ja", "ko", "pl", "sv", "da", "cs")
"""Looked for in every mail: a quoted history may be in another language than the reply."""
SIGNATURE_LINES = 12
LINE = 60
"""Longer lines are sentences, not a name or an address."""
SEARCHED = 300
"""Longer lines open no history; the library's patterns need time in the square of a line's length."""


def newest_text(document: Document, language: str) -> str:
    """What the writer added in this message, cleaned. ``language`` is where the search for header lines begins."""
    text = clean_text(document.text)
    reply = _reply(text, language)
    lines = [line for line in reply.split("\n") if not QUOTED.match(line)]
    body = "\n".join(_without_card(_without_footer(lines))).strip()
    return re.sub(r"\n{3,}", "\n\n", body) or reply or text


def bare_subject(subject: str | None) -> str:
    """The subject line without "Re:", "AW:", "Fwd:" and the like; empty where there is none."""
    return SUBJECT_PREFIX.sub("", clean_text(subject or "")).replace("\n", " ").strip()


def _reply(text: str, language: str) -> str:
    """What stands above the quoted history; below it where it stands on top."""
    searched = "\n".join(line if len(line) <= SEARCHED else "." * len(line) for line in text.split("\n"))
    heads = [HEAD.search(searched), _library_heads(language).search(searched)]
    begin = min((head.start() for head in heads if head), default=len(text))
    return text[:begin].strip() or "\n".join(_below_history(text)).strip()


@cache
def _library_heads(language: str) -> re.Pattern[str]:
    from mailparser_reply.parser import EmailMessage

    order = [language, *(other for other in LANGUAGES if other != language)]
    pattern: re.Pattern[str] = EmailMessage(text="", languages=order).HEADER_REGEX
    return pattern


def _below_history(text: str) -> list[str]:
    lines = text.split("\n")
    quoted = [number for number, line in enumerate(lines) if QUOTED.match(line)]
    return lines[quoted[-1] + 1 :] if quoted else []


def _without_footer(lines: list[str]) -> list[str]:
    """The lines above the one that opens a signature or a disclaimer; a mail's first line never does."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    for number in range(first + 1, len(lines)):
        if _opens_footer(lines, number):
            return lines[:number]
    return lines


def _opens_footer(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if RULE.match(line) or CLOSING.match(line):
        return _is_signature(lines[number + 1 :])
    return bool(DEVICE.match(line) or DISCLAIMER.match(line))


def _is_signature(lines: list[str]) -> bool:
    """Whether few and short lines follow, up to a disclaimer: a letter that goes on after "Thanks," keeps its rest."""
    block: list[str] = []
    for line in lines:
        if DISCLAIMER.match(line.strip()) or DEVICE.match(line.strip()):
            break
        if line.strip():
            block.append(line.strip())
    return len(block) <= SIGNATURE_LINES and all(len(line) <= LINE for line in block)


def _without_card(lines: list[str]) -> list[str]:
    """The lines without a last paragraph that is a business card: short lines, one of them a contact."""
    breaks = [number for number, line in enumerate(lines) if not line.strip()]
    card = [line.strip() for line in lines[breaks[-1] + 1 :]] if breaks else []
    short = 2 <= len(card) <= SIGNATURE_LINES and not any(_is_sentence(line) for line in card)
    return lines[: breaks[-1]] if short and any(CONTACT.search(line) for line in card) else lines


def _is_sentence(line: str) -> bool:
    return len(line) > LINE or (line[-1] in ".!?" and len(line.split()) > 4)
