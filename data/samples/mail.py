"""E-mails as customers send them: plain or HTML, with greetings, signatures, quoted replies and disclaimers."""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from random import Random

from data.samples.people import Customer
from data.samples.plan import Contact
from data.samples.texts import Framing, framing

_TO = "Tidewell Customer Care <care@tidewell.example>"
_SENT = {"en": "%a, %d %b %Y at %H:%M", "de": "%d.%m.%Y um %H:%M", "zh": "%Y年%m月%d日 %H:%M"}
_GREETED = ("Hi", "hi", "HI")
"""A body that begins so needs no greeting."""
_SHAPES = ("plain", "reply", "alternative", "html", "plain", "html reply")
_BRITISH_SUMMER_TIME = dt.timezone(dt.timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    message: str
    signature: str
    disclaimer: str
    quoted: str
    sent: str
    """When the quoted message was sent."""
    attribution: str
    headings: tuple[str, ...]


def message_id(contact: Contact) -> str:
    """The e-mail's id without its angle brackets."""
    return f"{contact.id}@mail.tidewell.example"


def mail_bytes(contact: Contact) -> bytes:
    """The e-mail as it lies in a file, always the same for the same contact."""
    if contact.customer is None:
        raise ValueError("an e-mail has a sender")
    random = Random(message_id(contact))  # noqa: S311  # chance for a demonstration, no secret
    shape = _SHAPES[int(contact.id[-3:]) % len(_SHAPES)]
    message = _headers(contact, contact.customer, reply="reply" in shape)
    _fill(message, shape, _parts(contact, contact.customer, shape, random))
    if message.is_multipart():
        message.set_boundary(f"=_{contact.id}_{random.randrange(10**9)}")
    return message.as_bytes(policy=SMTP)


def _headers(contact: Contact, customer: Customer, *, reply: bool) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(contact.at.astimezone(_BRITISH_SUMMER_TIME))
    message["From"] = f"{customer.name} <{customer.email}>"
    message["To"] = _TO
    message["Message-ID"] = f"<{message_id(contact)}>"
    message["Subject"] = f"Re: {contact.subject.removeprefix('Re: ')}" if reply else contact.subject
    return message


def _parts(contact: Contact, customer: Customer, shape: str, random: Random) -> _Parts:
    frame = framing(contact.language)
    sent = contact.at - dt.timedelta(hours=random.randrange(2, 60), minutes=random.randrange(60))
    return _Parts(
        message=_message(contact.text, customer, frame, random),
        signature=_named(random.choice((*frame.signatures, "", "", "")), customer),
        disclaimer=random.choice((*frame.disclaimers, "", "", "", "", "")),
        quoted=random.choice(frame.quoted) if "reply" in shape else "",
        sent=sent.strftime(_SENT[contact.language]),
        attribution=frame.attributions[0],
        headings=frame.headings,
    )


def _message(body: str, customer: Customer, frame: Framing, random: Random) -> str:
    greeting = "" if body.startswith(_GREETED) else random.choice(frame.greetings)
    closing = _named(random.choice(frame.closings), customer)
    return "\n\n".join(part for part in (greeting, body, closing) if part)


def _named(text: str, customer: Customer) -> str:
    return text.format(name=customer.name, first=customer.first, phone=customer.phone)


def _fill(message: EmailMessage, shape: str, parts: _Parts) -> None:
    if shape in ("html", "html reply"):
        message.set_content(_as_html(parts), subtype="html", cte="quoted-printable")
        return
    message.set_content(_as_text(parts), cte="quoted-printable")
    if shape == "alternative":
        message.add_alternative(_as_html(parts), subtype="html", cte="quoted-printable")


def _as_text(parts: _Parts) -> str:
    quoted = "\n".join(f"> {line}".rstrip() for line in parts.quoted.splitlines())
    history = f"{parts.attribution.format(sent=parts.sent)}\n{quoted}" if quoted else ""
    return "\n\n".join(part for part in (parts.message, parts.signature, parts.disclaimer, history) if part) + "\n"


def _as_html(parts: _Parts) -> str:
    """HTML of the kind that mail programs write."""
    paragraphs = "".join(f'<p style="margin:0 0 12px">{_lines(one)}</p>' for one in parts.message.split("\n\n"))
    signature = f'<div class="signature">{_lines(parts.signature)}</div>' if parts.signature else ""
    disclaimer = f'<hr><p style="font-size:9px;color:#777">{_lines(parts.disclaimer)}</p>' if parts.disclaimer else ""
    return (
        "<html><head><style>p {font-family: Calibri, sans-serif}</style></head><body>"
        f"{paragraphs}{signature}{disclaimer}{_quoted_html(parts)}</body></html>\n"
    )


def _quoted_html(parts: _Parts) -> str:
    if not parts.quoted:
        return ""
    sender, time = parts.headings
    return (
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>'
        f"<b>{sender}:</b> Tidewell Customer Care &lt;care@tidewell.example&gt;<br>"
        f"<b>{time}:</b> {parts.sent}<br></p></div><blockquote>{_lines(parts.quoted)}</blockquote>"
    )


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
