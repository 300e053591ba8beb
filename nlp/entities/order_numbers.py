"""Numbers by which a company knows a matter: of an order, a booking, a case, an invoice, a parcel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.entities.found import Named

_WHAT = (
    r"(?:order|purchase|booking|reservation|confirmation|reference|ref|ticket|case|invoice|tracking|claim|parcel|shipment"
    r"|incident|complaint|request|bestell|auftrags?|buchungs?|vorgangs?|ticket|rechnungs?|sendungs?|referenz|fall|pedido"
    r"|reserva|referencia|factura|seguimiento|incidencia|commande|réservation|référence|facture|suivi|dossier)"
)
_NUMBER = r"(?:numbers?|num|no\.?|nr\.?|nummer|código|code|id|número(?: de)?|numéro(?: de)?|#|n[º°])"
_HAN = r"(?:订单|单号|工单|快递|预约|参考|发票)(?:号码?|编号)?"
_CODE = (
    r"(?<![^\W_])(?P<code>(?:(?-i:[A-Z]{1,4} )|[A-Z]{0,4}[-/]?)\d(?:[A-Z\d]|[-/](?=[A-Z\d])){3,19}(?![\w-])"
    r"|(?-i:[A-Z\d] ){3,14}(?-i:[A-Z\d])(?![\w-])|[A-Z](?=[A-Z\d-]*\d)[A-Z\d-]{4,19}(?![\w-]))"
)
CUED = re.compile(
    rf"(?:\b(?:número|numéro|number|código|code) (?:de |d'|of (?:the |my )?)?{_WHAT}|\b{_WHAT}[- ]?{_NUMBER}"
    rf"|\b{_WHAT}(?![a-zà-ÿ])|{_HAN})"
    rf"(?:\s*{_NUMBER})?(?:\s+(?:is|was|ist|lautet|es|est))?\s*(?:[:#是为：]\s*)?{_CODE}",
    re.IGNORECASE,
)
ASKED = re.compile(
    rf"(?:\b(?:your|the|ihre|die|su|votre|le|numéro de|número de)\b[^.?!]{{0,20}}\b{_WHAT}[- ]?{_NUMBER}?|{_HAN})"
    r"[^.!]{0,40}[?？]",
    re.IGNORECASE,
)
"""A question that the next turn's number answers."""
ANSWER = re.compile(_CODE, re.IGNORECASE)


def find_order_numbers(text: str, previous: str = "") -> Iterator[Named]:
    """``previous`` is what was said just before: a bare number is explained by the question it answers."""
    found = [*CUED.finditer(text)]
    if not found and ASKED.search(previous[-160:]):
        found = [*ANSWER.finditer(text)][:1]
    for match in found:
        code = re.sub(r"[^A-Z\d]", "", match["code"].upper())
        if sum(map(str.isdigit, code)) >= 3:
            yield Named(type="order_number", begin=match.start("code"), end=match.end("code"), value=code)
