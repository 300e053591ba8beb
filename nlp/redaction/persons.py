"""Persons' names out of a model's entities, without what a model likes to take for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nlp.redaction.detection import Detection
from nlp.text import vocabulary

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

LEADING = vocabulary("""
    hi hello hey dear thanks thank bye okay ok yes no sorry mr mrs ms miss dr prof sir madam ma'am
    """)
NO_NAME = vocabulary("""
    account agent app apple balance bank billing card cash cashback cheque chrome contactless debit delivery
    email e-mail facebook google gps iban internet invoice iphone ipad kyc laptop lol mastercard netflix omg
    order paypal pin please refund router sim sms ssn swift topup top-up transfer twitter uber ups usps dhl
    fedex virtual visa voicemail vpn wallet whatsapp wi-fi wifi windows youtube zoom zelle monday tuesday
    wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun jan feb mar apr jun
    jul aug sep sept oct nov dec tmrw tomorrow today asap eod cust cx christmas easter congratulations cheers regards
    """)


def person_spans(doc: Doc) -> Iterator[Detection]:
    """The names of persons among ``doc.ents``, greeting and title, possessive and punctuation left out."""
    for span in doc.ents:
        if span.label_ in ("PERSON", "PER"):
            name = _trimmed(span)
            if name is not None and _is_name(name):
                yield Detection(type="PERSON", begin=name.start_char, end=name.end_char, score=0.6)


def _trimmed(span: Span) -> Span | None:
    begin, end = span.start, span.end
    doc = span.doc
    end = next((at for at in range(begin, end) if "\n" in doc[at].text), end)
    while begin < end and (doc[begin].lower_.rstrip(".") in LEADING or not doc[begin].is_alpha):
        begin += 1
    while begin < end and (doc[end - 1].lower_ in ("'s", "’s") or not any(map(str.isalpha, doc[end - 1].text))):
        end -= 1
    return doc[begin:end] if begin < end else None


def _is_name(span: Span) -> bool:
    """A trained tagger must call one of the words a proper noun, and none may be a word of the trade."""
    words = [token.lower_.rstrip(".") for token in span]
    return not any(word in NO_NAME for word in words) and any(token.pos_ in ("PROPN", "") for token in span)
