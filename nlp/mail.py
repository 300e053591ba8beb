"""The newest reply of an e-mail: no quoted history, no signature, no disclaimer.

Most header lines of mail programs come from mail-parser-reply (Apache-2.0); what it lacks is in ``mail_wording`` and
``mail_headers``. Where every line would go, the text stays as it is.
"""

from __future__ import annotations

import re

from data.types import Document
from nlp.mail_history import own_text
from nlp.mail_wording import BANNER, CLOSING, CONTACT, DEVICE, DISCLAIMER, RULE, SUBJECT_PREFIX
from nlp.text import clean_text

SIGNATURE_LINES = 12
LINE = 60
"""Longer lines are sentences, not a name or an address."""


def newest_text(document: Document, language: str) -> str:
    """What the writer added in this message, cleaned. ``language`` is where the search for header lines begins."""
    text = clean_text(document.text)
    reply = newest_reply(text, language)
    lines = _without_banner(reply.split("\n"))
    body = "\n".join(_without_card(_without_footer(lines))).strip()
    return re.sub(r"\n{3,}", "\n\n", body) or reply or text


def newest_reply(text: str, language: str = "en") -> str:
    """What stands above, below and between the quoted history, with its signature, character by character."""
    return own_text(text, language)


def bare_subject(subject: str | None) -> str:
    """The subject line without "Re:", "AW:", "Fwd:" and the like; empty where there is none."""
    return SUBJECT_PREFIX.sub("", clean_text(subject or "")).replace("\n", " ").strip()


def _without_banner(lines: list[str]) -> list[str]:
    """The lines below a warning that the receiver's mail server puts on top."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines or not BANNER.match(lines[first].strip()):
        return lines
    end = next((number for number in range(first, len(lines)) if not lines[number].strip()), first)
    return lines[end:] if end > first else lines


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
