"""Courtesy, identification and assent as people say and write them, by language: patterns, nothing else."""

from __future__ import annotations

import re

from nlp.text import vocabulary

_NAME = r"(?:\[[A-Z]+_\d+(?:#[0-9a-f]{12})?\]|[A-ZÀ-Þ][a-zà-ÿ]+(?: [A-ZÀ-Þ][a-zà-ÿ]+)?)"
"""A name as written, or the token for one: the only part of these patterns that minds its case."""
_STOP = r"(?=[\s,.!?:;，。！、–-]|$)"
GREETINGS = (
    r"hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|to whom it may concern",
    r"dear (?:sirs?(?: or madam)?|madam|team|all|customer (?:service|support))|dear(?= ?\[)",
    r"hallo|guten (?:tag|morgen|abend)|sehr geehrte[^,\n]{0,40}|liebes?(?= \[)",
    r"bonjour|bonsoir|madame,? monsieur|hola|buen[oa]s (?:días|tardes|noches)|estimad[oa]s?[^,\n:]{0,30}|您好|你好",
)
FILLERS = (
    r"thank you(?: so much| very much)?(?: for (?:taking|your|the)[^,.!?]{0,30})?(?=[,.!?])",
    r"thanks(?: a lot| so much)?(?=[,.!?])",
    r"um+|uh+|erm?|ah|oh|äh|euh|嗯|那个",
    r"(?:so|well|okay|ok|yeah|yes|no)(?= (?:i|i'm|i've|i'd|we|we've|my)\b)",
    # Followed by more words these may be meant: "no hard feelings", "right of withdrawal".
    r"(?:yeah|yes|yep|no|well|so|okay|ok|right|sure|please|actually|basically|look|listen|also|ja|alors|oui|bueno|sí)"
    r"(?=[,.!?;])",
    r"how are you(?: doing)?(?: today)?|i hope (?:you are|you're|this (?:e-?mail|message) finds you)[^,.!?]{0,40}",
)
LEAD_IN = re.compile(
    rf"(?:(?:(?i:{'|'.join(GREETINGS)}){_STOP}(?i: there| everyone| all| team|,)?(?:,? ?{_NAME})?"
    rf"|(?i:{'|'.join(FILLERS)})){_STOP}|[您你]好)[\s,.!?:;，。！、–-]*"
)
"""One greeting, filler or courtesy at the begin of a sentence; what follows is what is meant."""
_FIELDS = (
    "full|first|last|account|policy|membership|member|customer|phone|mobile|card|order|e-?mail|postal|zip|post ?code"
)
IDENTIFICATION = re.compile(
    rf"^(?i:(?:and )?(?:my|the|his|her|our) (?:(?:{_FIELDS}) )*"
    r"(?:name|number|id|address|e-?mail|phone|code|postcode|birthday|date of birth|d\.?o\.?b\.?|details?)"
    r"(?:'s| is| are|:| on (?:it|the account) is))"
    r"|^(?i:this is|it's|it is|i am|i'm|speaking is|you're speaking (?:to|with)|i'm speaking) "
    rf"{_NAME}(?i:,? (?:here|speaking|calling|from [^,.]{{1,30}}))?[\s,.!]*$"
    r"|^(?i:(?:mein|meine) (?:name|kundennummer|nummer|adresse) (?:ist|lautet)|ich heiße|mon nom est|je m'appelle"
    r"|mi nombre es|me llamo|我叫|我的名字|我的电话)"
)
"""A sentence that says who calls, not why."""
CALLER = re.compile(
    r"^(?i:my name(?:'s| is)|this is|i'm|i am|mein name ist|ich heiße|hier (?:ist|spricht)|je m'appelle|mon nom est"
    r"|ici|mi nombre es|me llamo|habla|le habla)\s"
    rf"{_NAME}(?i:,? (?:from|calling from|account number|account)[^,.!?]{{0,40}})?[\s,.;]*(?i:(?:and|und|et|y)\s)?"
)
"""The caller's name in front of the reason: "My name is [PERSON_1] and I was charged twice"."""

COURTESY = vocabulary("""
    thank thanks you very much so a lot again for your the help time patience support assistance in advance bye
    goodbye have good great nice lovely day evening weekend one too appreciate appreciated it that this cheers
    regards best kind kindest sincerely yours hi hello hey there morning afternoon welcome okay ok alright all
    right sure yes no yeah yep nope perfect wonderful fine cool awesome please look forward looking to hearing
    from soon let me know i we will would be is are was well sorry speak talk later hope your day how doing
    today um uh oh ah and but sounds got understood see mhm hmm correct exactly danke schön vielen dank bitte
    guten tag auf wiedersehen tschüss ja nein gut mit freundlichen grüßen merci beaucoup bonjour au revoir oui
    non bonne journée gracias muchas hola adiós sí vale bueno saludos 谢 您 你 好 的 再 见 是 嗯 请
    """)
"""A sentence of these words alone is courtesy or assent."""

AGENT = re.compile(
    "|".join(
        (
            r"\bthank you for (?:calling|contacting|reaching|holding)\b",
            r"\bhow (?:can|may) i (?:help|assist)\b",
            r"\b(?:may i have|can i (?:get|have)) your\b",
            r"\bcould you (?:please )?(?:confirm|verify|provide)\b",
            r"\bis there anything else\b",
            r"\bi(?:'d| would) be happy to (?:help|assist)\b",
            r"\bfor security purposes\b",
            r"\bcalls? (?:may be|is being|are) recorded\b",
            r"\blet me (?:check|pull|look)\b",
            r"\bbear with me\b",
            r"\bi(?:'m| am) (?:very |so |really )?sorry (?:to hear|for the|about (?:that|the))\b",
            r"\b(?:can|could|would|will|may|do) (?:you|i|we) (?:also )?(?:please )?(?:start by |first )?(?:tell|give"
            r"|provide|confirm|verify|recall|describe|let|have|know|share|spell|get|check if)\b",
            r"\b(?:i have|i've|i) (?:now )?(?:successfully )?(?:located|found|updated|verified|pulled up|noted)\b",
            r"\b(?:more than )?happy to (?:help|assist)\b|\blet(?:'s| us) (?:get|see|start|check|try|take)\b",
            r"\bi(?:'ll| will) (?:need to|have to|send|go ahead|check|guide|walk|help|assist)\b|\bi recommend\b",
            r"wie kann ich ihnen helfen|comment puis-je vous aider|en qué puedo ayudarle|有什么可以帮",
        )
    ),
    re.IGNORECASE,
)
"""What only agents say: for recordings in which nobody knows who speaks."""

TO_YOU = re.compile(
    r"\byou(?:'ll|'re|'ve|'d|rs?)?\b|\b(?:ihnen|ihr(?:e[nmr]?)?|vous|votre|vos|usted|su)\b|[您你]", re.IGNORECASE
)
FROM_ME = re.compile(
    r"\b(?:i|i'[a-z]+|me|my|mine|we|our|us|ich|mir|mich|mein\w*|wir|uns\w*|je|j'\w*|mon|ma|mes|nous|yo|mi|mis|nos)\b|我",
    re.IGNORECASE,
)
"""Whom a sentence speaks to and of: an agent speaks to "you", a customer of "my"."""

NOTE_LEAD = re.compile(
    r"^\s*(?:(?:in|out)bound(?: call)?[:,-]?\s*)?"
    r"(?:the )?(?:customer|cust|client|caller|cx|member|ch|cardholder|policyholder|subscriber|user|she|he|they)\.?\s+"
    r"(?:(?:called|calls|calling|rang|phoned|contacted(?: us)?|reached out|wrote|e-?mailed|chatted|came)"
    r"(?: in| back| again| us)*\s*)?"
    r"(?:(?:re|regarding|about|because|as|since|to|for|with|and|due to|concerning|w/)(?=[\s:.])[:.]?\s*)*"
    r"(?:(?:says?|said|states?|stated|reports?|reported|complains?|complained|claims?|claimed|mentioned|explained)"
    r"\s(?:that|of|about)?\s*)?",
    re.IGNORECASE,
)
"""How agents begin a note: "Cust called in re: …"."""
_DONE = (
    r"advised|informed|told|explained|offered|processed|issued|raised|escalated|refunded|credited|sent|resent|e-?mailed",
    r"confirmed|resolved|fixed|transferred|apologi[sz]ed|reset|walked|verified|id ?v|id&v|checked|updated|logged",
    r"opened (?:a )?(?:ticket|case)|booked|arranged|scheduled|gave|reissued|waived|submitted",
    r"closed (?:the )?(?:case|ticket|call)|left (?:a )?(?:vm|voicemail)|will (?:follow|call|be|get)",
    r"follow(?:ing)?[- ]up|call ?back|(?:cust(?:omer)?|cx) (?:is |was )?(?:happy|ok|fine|satisfied|thanked|agreed)",
    r"(?:cust(?:omer)?|cx) (?:understood|accepted|will)|no further|nfa|done|sorted|ticket|case (?:no|number|closed)",
    r"all good|issue resolved|resolution|helped|showed|shown|removed|merged|quoted|reassured|rebooted|goodwill|waiver",
    r"re-?(?:sent|opened|booked|submitted|arranged|activated)|passed (?:to|on)|fee waived|talked (?:him|her|them|cust)",
    r"informiert|erklärt|weitergeleitet|zurückgesetzt|erledigt|erstattet|verschickt|gelöst|vereinbart|ticket erstellt",
    r"informad[oa]|explicad[oa]|escalad[oa]|resuelto|reembolsad[oa]|enviad[oa]|informé|expliqu[eé]|transférée?|résolu",
    r"已(?:处理|解决|退款|告知|转交|登记|发送)",
)
NOTE_ACTION = re.compile(
    rf"^\s*(?:(?:i|we|agent|rep|and|then|so|also|have|has|was|been) )*(?:{'|'.join(_DONE)})\b", re.IGNORECASE
)
"""A clause of a note that says what the agent did, not why the customer called."""
NOTE_REASON = re.compile(
    r"\b(?:reason(?: for (?:the )?(?:call|contact|calling))?|issue|problem|query|complaint|enquiry|inquiry|concern|rfc"
    r"|grund|anliegen|problema?|problème|beschwerde|motivo|motif|consulta)\s*[:：]\s*|(?:原因|问题|诉求)\s*[:：]\s*",
    re.IGNORECASE,
)
"""After this a note says why the customer called."""
NOTE_REST = re.compile(
    r"\b(?:action(?: taken)?|resolution|outcome|result|next steps?|follow[- ]?up|status|agent|notes?|solution|maßnahme"
    r"|lösung|ergebnis|acción|solución|resultado|résolution|suivi)\s*[:：]|(?:处理|结果|措施)\s*[:：]",
    re.IGNORECASE,
)
"""And after this, something else."""
CLAUSE = re.compile(r"\s*(?:[.;\n!]+(?=\s|$)|,(?=\s)|\s[-–>|/]+\s|->|=>)\s*")
"""Where one clause of a note ends."""

CONTRAST = re.compile(
    r",?\s+(?:but|however|although|though|aber|jedoch|pero|mais|cependant)[\s,]+|[，,]?\s*(?:但是|但|不过|可是)[，,]?",
    re.IGNORECASE,
)
"""Where a sentence turns to its other side."""

PLAIN_SUBJECTS = vocabulary("""
    help question questions query enquiry inquiry request urgent important support hello hi feedback complaint issue
    problem account order message subject none anfrage frage hilfe demande aide consulta ayuda
    """) | frozenset(
    (
        "please read", "my account", "my order", "your order", "no subject", "(no subject)", "contact us",
        "customer service", "help needed", "need help", "please help",
    )
)  # fmt: skip
"""Subject lines that say nothing."""
