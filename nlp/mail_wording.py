"""How mail programs and writers mark what is not the message: patterns by language, nothing else."""

from __future__ import annotations

import re

ATTRIBUTED = r"[^\n]{4,120}(?:\n[^\n]{1,80})?"
"""Date and name between "On" and "wrote:", which programs wrap once."""
HEADS = (
    r"-{2,}\s*(?:original|originale|ursprüngliche|weitergeleitete|forwarded|mensaje|message d'origine|message transféré"
    r"|reply message|ancienne|nachricht)[^\n]{0,40}-{2,}",
    r"-{2,}\s*(?:原始邮件|转发邮件|邮件原件|原始郵件|原邮件信息|转发的邮件|回复的原邮件|原邮件|轉寄郵件)[^\n]{0,40}-{2,}",
    r"(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message (?:réexpédié|transféré)"
    r"|inicio del mensaje reenviado|开始转发的邮件)\s*[:：]?",
    rf"(?:[-*]{{2,4}}\s?)?on\s{ATTRIBUTED}wrote\s?:",
    r"-{2,}\s?on [^\n]{8,120} wrote\s?-{2,}",
    rf"am\s{ATTRIBUTED}schrieb[^\n:]{{0,60}}:",
    rf"le\s{ATTRIBUTED}a écrit(?: \S{{1,40}})?\s?:",
    rf"el\s{ATTRIBUTED}escribió\s?:",
    r"[^\n]{4,120}(?: writes| wrote| schrieb(?: am [^\n:]{4,40})?| a écrit| escribió)\s?:\s*$",
    r"(?:在|于|於)?\s?\d{4}(?:\s?年|-|/)[^\n]{4,100}(?:写道|寫道)\s?[:：]",
    r"[^\n]{4,80}(?:于|於|在)\s?\d{4}\s?年[^\n]{4,60}(?:写道|寫道)\s?[:：]",
    r"(?:at|在|于)\s?\d{4}-\d{2}-\d{2} [\d:]{4,8}[^\n]{0,120}(?:wrote|写道)\s?[:：]",
    r"[^\n]{0,100}\d[^\n]{0,100}<\s?[^\s<>]+@[^\s<>]+>[^\n]{0,30}:$",
    r"_{20,}",
)
"""What opens a quoted history: separators and attributions ("On … wrote:")."""
HEAD = re.compile(r"^[>\s*]{0,6}(?:" + "|".join(HEADS) + ")", re.IGNORECASE | re.MULTILINE)
QUOTED = re.compile(r"^\s*(?:>|\|\s)")
QUOTE_MARKS = re.compile(r"^(?:\s*(?:>|\|(?=\s)))+ ?")

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
_SENT = (
    r"sent (?:from|via|with|by) |get (?:the )?(?:outlook|bluemail)|sent on the go",
    r"von mein(?:em|er) .{0,40}gesendet|gesendet (?:von|mit|über|aus) |diese nachricht wurde (?:von|mit) mein",
    r"(?:holen|laden) sie sich outlook|hol(?:en sie)? .{0,20}outlook für",
    r"envoyé (?:depuis|de|à partir de|avec|via) |télécharge[zr] outlook|obtene[zr] outlook|provenance : courrier",
    r"enviado (?:desde|con|vía|a través de) |obtener outlook|descargar? outlook",
    r"(?:发|發|发送|傳送|來|来)自 ?(?:我的|outlook|iphone|qq|网易|foxmail)|從我的|从我的|(?:获取|下载) ?outlook",
    r"yahoo mail\s?:|via mobile$|mit der gmx|powered by ",
)
DEVICE = re.compile(rf"^[*_(<]{{0,2}}(?:{'|'.join(_SENT)}).{{0,80}}$", re.IGNORECASE)
"""What a mail program adds below."""
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
BANNER = re.compile(
    r"^[\[*\s!⚠️]{0,4}(?:(?:caution|warning|attention|achtung|warnung|vorsicht|atención|cuidado|注意|警告|external|extern"
    r"|externe?s? e-?mail)\b.{0,120}(?:external|outside|extern|außerhalb|extérieur|externo|fuera|外部)"
    r"|\[?externa?l?\]?[\s:]*$"
    r"|you don'?t often get e?-?mail from|sie erhalten nicht (?:häufig|oft) (?:e-?mails?|nachrichten) von"
    r"|vous n(?:e recevez|'obtenez) pas souvent|no suele recibir correos|此邮件来自外部)",
    re.IGNORECASE,
)
"""How a warning begins that a mail server puts above a message from outside."""
DISCLAIMER = re.compile(r"^[*\s]*(?:" + "|".join(DISCLAIMERS) + ")", re.IGNORECASE)
CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.\w+|\bwww\.|https?://|(?:\+|\b\d)[\d\s()./-]{6,}\d\b")
"""A line of a business card."""

SUBJECT_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|wg|fwd?|tr|rv|res|antw|回复|转发|答复)\s?(?:\[\d+\])?\s?[:：]\s*)+", re.IGNORECASE
)
