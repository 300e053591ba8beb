"""Blocks of mail headers inside a text, as Outlook and QQ Mail put them above what is answered or forwarded.

    From: Support          发件人: 客服
    Sent: Monday           发送时间: 2026年3月1日
    To: Jane               收件人: 王伟

Two fields next to each other make a block; the first names the sender or the time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LABELS = {
    "sender": "from|von|de|da|van|od|fra|från|expéditeur|remitente|发件人|發件人|寄件者|寄件人|差出人|보낸 ?사람|от",
    "time": "sent|date|gesendet(?: am)?|datum|envoyé(?: le)?|enviado(?: el)?|fecha|inviato|data|verzonden|sendt|dato"
    "|skickat|wysłano|odesláno|发送时间|发送日期|日期|时间|傳送時間|寄件日期|送信日時|보낸 ?날짜|отправлено|дата",
    "receiver": "to|an|à|para|a|aan|do|til|till|komu|destinataire|收件人|收件者|宛先|받는 ?사람|кому",
    "copy": "cc|dw|kopi[ae]?(?: \\(cc\\))?|copie(?: à)?|con copia|抄送|副本|참조|копия",
    "subject": "subject|betreff|objet|sujet|asunto|oggetto|onderwerp|emne|ämne|temat|předmět|主题|主旨|標題"
    "|件名|제목|тема",
}
"""What mail programs call the fields, in English, German, French, Spanish, Chinese and a few languages more."""
_LABEL = re.compile(
    r"[>\s*|]{0,8}(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in LABELS.items()) + r")[\s*]{0,3}[:：]",
    re.IGNORECASE,
)
SEARCHED = 500
"""Longer lines are no headers."""
LONGEST = 10
"""Lines of a block that are looked at."""


def block_start(lines: Sequence[str]) -> int | None:
    """The number of the line at which the first block of headers begins; None where there is none."""
    kinds = [_kind(line) for line in lines]
    for number, kind in enumerate(kinds):
        if kind in ("sender", "time") and _is_block(kinds, lines, number):
            return number
    return None


def block_end(lines: Sequence[str], start: int) -> int:
    """The number of the line behind the block that begins at ``start``."""
    end = start
    while end < len(lines) and (_kind(lines[end]) or _continues(lines, end)):
        end += 1
    return end


def _is_block(kinds: Sequence[str | None], lines: Sequence[str], start: int) -> bool:
    """Whether another field follows, and a subject line or an address is among them: journeys have from and to, too."""
    found, at = {kinds[start]}, start + 1
    while at < min(len(lines), start + LONGEST) and (kinds[at] or _continues(lines, at)):
        found.add(kinds[at])
        at += 1
    return len(found - {None}) > 1 and ("subject" in found or any("@" in line for line in lines[start:at]))


def _continues(lines: Sequence[str], number: int) -> bool:
    """Whether the line only goes on with the value above it."""
    line = lines[number]
    if not line.strip() or number + 1 == len(lines):
        return False
    return line.startswith((" ", "\t")) or ("@" in line and _kind(lines[number + 1]) is not None)


def _kind(line: str) -> str | None:
    found = _LABEL.match(line) if len(line) <= SEARCHED else None
    return next((kind for kind in LABELS if found and found[kind]), None)
