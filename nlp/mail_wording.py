"""How mail programs and writers mark what is not the message: patterns by language, nothing else."""

from __future__ import annotations

import re

ATTRIBUTED = r"[^\n]{4,120}(?:\n[^\n]{1,80})?"
"""Date and name between "On" and "wrote:", which programs wrap once."""
HEADS = (
    r"-{2,}\s*(?:original|originale|ursprüngliche|weitergeleitete|forwarded|mensaje|message d'origine)[^\n]{0,40}-{2,}",
    r"-{2,}\s*(?:原始邮件|转发邮件|邮件原件|原始郵件)[^\n]{0,40}-{2,}",
    r"(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié"
    r"|inicio del mensaje reenviado)\s*:?",
    rf"on\s{ATTRIBUTED}wrote\s?:",
    rf"am\s{ATTRIBUTED}schrieb[^\n:]{{0,60}}:",
    rf"le\s{ATTRIBUTED}a écrit\s?:",
    rf"el\s{ATTRIBUTED}escribió\s?:",
    r"(?:在\s?)?\d{4}(?:\s?年|-)[^\n]{4,100}(?:写道|寫道)\s?[:：]",
    r"[^\n]{0,100}\d[^\n]{0,100}<\s?[^\s<>]+@[^\s<>]+>[^\n]{0,30}:$",
    r"(?:from|von|de|发件人|寄件者)\s?[:：][^\n]+\n(?:[^\n]*\n){0,2}?"
    r"(?:sent|date|to|gesendet|datum|an|envoyé|à|enviado(?: el)?|fecha|para|发送时间|日期|收件人|傳送時間)\s?[:：]",
    r"_{20,}",
)
"""What opens a quoted history: separators, attributions ("On … wrote:"), blocks of mail headers."""
HEAD = re.compile(r"^[>\s*]{0,6}(?:" + "|".join(HEADS) + ")", re.IGNORECASE | re.MULTILINE)
QUOTED = re.compile(r"^\s*(?:>|\|\s)")

CLOSINGS = (
    r"(?:with |my )?(?:best|kind|kindest|warm|warmest) ?(?:regards|wishes)?",
    r"regards|yours(?: (?:sincerely|faithfully|truly))?|sincerely(?: yours)?|cheers|all the best",
    r"(?:many )?thanks(?: (?:again|so much|in advance|and regards))?",
    r"thank you(?: (?:very much|again|in advance|for your (?:help|time|attention)))?",
    r"(?:mit )?(?:freundlichen?|besten?|herzlichen?|vielen?|lieben?|schönen?) (?:gr(?:ü|ue)(?:ß|ss)en?|dank)",
    r"gr(?:ü|ue)(?:ß|ss)e|hochachtungsvoll|mfg|vg|lg|danke(?: (?:schön|im voraus))?",
    r"(?:bien )?cordialement|(?:sincères |meilleures )?salutations|bien à vous",
    r"merci(?: (?:beaucoup|d'avance))?|bonne journée",
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|cordialmente",
    r"(?:muchas )?gracias(?: (?:de antemano|por su (?:ayuda|atención)))?",
    r"此致|敬礼|敬禮|祝好|谢谢|謝謝|顺颂商祺|致敬",
)
CLOSING = re.compile(r"^(?:" + "|".join(CLOSINGS) + r")\s*[,.!。，！–-]*$", re.IGNORECASE)
"""A line that is nothing but a courtesy; a name and an address follow."""
RULE = re.compile(r"^(?:--|—|__|-{3,}|_{3,}|={3,}|\*{3,})\s*$")
DEVICE = re.compile(
    r"^(?:sent (?:from|via|with)|get outlook for|von meinem|gesendet (?:von|mit)|envoyé (?:depuis|de)|enviado desde"
    r"|发自我的|發自我的|从我的).{0,60}$",
    re.IGNORECASE,
)
DISCLAIMERS = (
    r"(?:(?:privileged|confidential(?:ity)?|legal|important)\s)?"
    r"(?:disclaimer|notice|caution|confidentiality)\b.{0,30}:",
    r"this (?:e-?mail|message|communication|transmission)\b.{0,80}\b(?:confidential|intended|privileged)",
    r"the (?:information|content)s?\b.{0,60}\b(?:confidential|intended|privileged)",
    r"(?:wichtiger hinweis|haftungsausschluss|vertraulichkeitshinweis)\b",
    r"diese (?:e-?mail|nachricht)\b.{0,80}\b(?:vertraulich|bestimmt)",
    r"ce (?:message|courriel|mail)\b.{0,80}\b(?:confidentiel|destin)",
    r"avis de confidentialité",
    r"este (?:mensaje|correo)\b.{0,80}\b(?:confidencial|dirigid|destinad)",
    r"aviso (?:legal|de confidencialidad)",
    r"(?:本|此)(?:邮件|電郵|电子邮件).{0,40}(?:保密|机密|機密)",
    r"please consider the environment",
    r"bitte (?:denken|prüfen) sie .{0,20}umwelt",
)
DISCLAIMER = re.compile(r"^[*\s]*(?:" + "|".join(DISCLAIMERS) + ")", re.IGNORECASE)
CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.\w+|\bwww\.|https?://|(?:\+|\b\d)[\d\s()./-]{6,}\d\b")
"""A line of a business card."""

SUBJECT_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|wg|fwd?|tr|rv|res|antw|回复|转发|答复)\s?(?:\[\d+\])?\s?[:：]\s*)+", re.IGNORECASE
)
