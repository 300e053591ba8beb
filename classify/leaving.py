"""Whether a customer's own words say that they mean to leave: contracts ended, accounts closed, providers changed.

English, German and Chinese. It is a list of wordings, not a model: what it finds can be shown and disputed. Only an
object that ends the relation counts, so that an order or an appointment that is cancelled does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LANGUAGES = ("en", "de", "zh")
_TIES = (
    r"(?:accounts?|contracts?|subscriptions?|memberships?|polic(?:y|ies)|plans?|services?|insurance|broadband|tariff"
    r"|cover(?:age)?|agreement)"
)
_ELSEWHERE = r"(?:competitors?|providers?|suppliers?|carriers?|banks?|insurers?|operators?|compan(?:y|ies))"
_ENDS = (
    r"(?:cancel(?:l?ing)?|terminat(?:e|ing)|end(?:ing)?|clos(?:e|ing)|discontinu(?:e|ing)|delet(?:e|ing)"
    r"|(?:de|in)activat(?:e|ing)|shut(?:ting)?\s+down|get(?:ting)?\s+rid\s+of)"
)
_BETWEEN = r"(?:(?!(?:on|in|to|for|from|with|by|at|and|then)\b)\w+\s+){0,4}"
"""Words between the ending and what ends: none that begins another matter."""
_SPOKEN = (
    # A contract, account or plan that is to end.
    rf"\b{_ENDS}\s+{_BETWEEN}{_TIES}\b",
    rf"\bcancell?ation\s+of\s+{_BETWEEN}{_TIES}\b",
    rf"\b{_TIES}\s+(?:to\s+)?be\s+(?:cancell?ed|terminated|closed|deleted)\b",
    r"(?<!that i )\b(?:want|(?<!that i would )like|going|decided|wish)\s+to\s+cancel"
    r"(?=\s*(?:[.,;!?]|$|with\s+you|because|as\s+soon|today|now))",
    r"\bno\s+longer\s+(?:want|wish)\s+(?:to\s+)?(?:be\s+(?:a|your)\s+customer|keep)\b",
    # Another company instead.
    rf"\b(?:switch|mov|chang|go|leav)(?:e|ing)?\s+(?:\w+\s+){{0,3}}(?:to|for)\s+(?:\w+\s+)?(?:another|other|different|new)\s+{_ELSEWHERE}\b",
    rf"\b(?:switch|chang)(?:e|ing)?\s+(?:my\s+)?{_ELSEWHERE}\b(?!\s+(?:of|accounts?|cards?|details))",
    rf"\b(?:find|look\w*\s+for|go\s+with|join)\s+(?:another|a\s+(?:different|new|better))\s+{_ELSEWHERE}\b",
    r"\b(?:switch|mov|go|leav)(?:e|ing)?\s+(?:\w+\s+){0,2}(?:to|for)\s+(?:a\s+|your\s+|the\s+)?competitors?\b",
    r"\b(?:business|custom|money)\s+elsewhere\b",
    r"\bleav(?:e|ing)\s+(?:you(?:r\s+company|\s+guys)?|as\s+a\s+customer)(?=\s*(?:[.,;!?]|$|for\b|because\b|if\b))",
    # German.
    r"\b(?:kündig(?:e|en|ung)|gekündigt|zu\s+kündigen)\b",
    r"\b(?:vertrag|abo|abonnement|konto|tarif|mitgliedschaft)\b[^.!?]{0,30}\b(?:beenden|auflösen|schließen|stornieren)\b",
    r"\b(?:anbieter|bank|versicherung)\b[^.!?]{0,15}\bwechseln\b|\bzur?\s+(?:konkurrenz)\b|\bzu\s+einem\s+anderen\s+anbieter\b",
    # Chinese.
    r"(?:取消|终止|解除|停掉)[^。！？,，]{0,6}(?:合同|套餐|订阅|账户|账号|服务|会员|保单)|销户|注销(?:账户|账号|账戶)|退订|解约",
    r"换(?:一家|别的|其他|另一家)[^。！？,，]{0,3}(?:公司|银行|运营商|服务商)|(?:转到|换到|转投)(?:别家|其他|竞争)",
)
_REFUSED = (
    r"\b(?:not|never|won['’]?t|don['’]?t)\s+(?:\w+\s+){0,3}renew(?:ing)?\b",
    r"\bnicht\s+(?:mehr\s+)?verlängern\b",
    r"不(?:再|想|会|打算)?(?:再)?续(?:费|约|保|订)",
)
_NAMED = (
    r"\bcancell?ations?\b(?!\s+fee)",
    rf"\b(?:cancel|close|end|terminate)\s+(?:\w+\s+){{0,2}}{_TIES}\b",
    r"\bkündigung\b",
)

_LEAVING = re.compile("|".join(_SPOKEN), re.IGNORECASE)
_NOT_STAYING = re.compile("|".join(_REFUSED), re.IGNORECASE)
_NAME = re.compile("|".join((*_NAMED, *_SPOKEN)), re.IGNORECASE)
_DENIED = re.compile(
    r"(?:\b(?:do|did|does|would|will)\s+not|\b(?:do|did|does|would|wo)n['’]?t|(?<!can )(?<!could )(?<!why )\bnot"
    r"|\bnever|\bno\s+(?:need|wish|intention|plans?)|\brather\s+than|\binstead\s+of|\bwithout|\bnicht|\bkein\w*|\bohne"
    r"|不想|不要|不会|没有|没想|别)[^.!?;。！？；,，]*$",
    re.IGNORECASE,
)
STEMS = (
    *(
        "delet",
        "activat",
        "shut",
        "rid of",
        "no longer",
        "cancel",
        "terminat",
        "end",
        "clos",
        "discontinu",
        "switch",
        "mov",
        "chang",
        "find",
        "look",
        "join",
        "leav",
    ),
    *("elsewhere", "competitor", "renew", "kündig", "vertrag", "abo", "konto", "tarif", "mitglied", "anbieter", "bank"),
    *(
        "versicherung",
        "konkurrenz",
        "verlängern",
        "取消",
        "终止",
        "解除",
        "停掉",
        "销户",
        "注销",
        "退订",
        "解约",
        "换",
        "转",
        "续",
    ),
)
"""Every text that says so contains one of these, in any case: what a database may look for first."""


def leaving(text: str) -> Iterator[tuple[int, int]]:
    """Where the text says it, as characters from and to; a denial ("I do not want to cancel …") says it not."""
    for found in _LEAVING.finditer(text):
        if not _DENIED.search(text[max(0, found.start() - 60) : found.start()]):
            yield found.span()
    for found in _NOT_STAYING.finditer(text):
        yield found.span()


def names_leaving(name: str) -> bool:
    """Whether a reason of this name is about leaving."""
    return _NAME.search(name) is not None
