from __future__ import annotations

import datetime as dt
import time

import pytest

from data.errors import MailUnreadable
from data.types import CustomerRef, Direction
from ingest.documents import open_document
from ingest.kinds import MAIL
from ingest.mail import mail_metadata, read_mail
from ingest.mail_limits import MAX_BOUNDARIES
from ingest.markup import html_text

HEAD = (
    b"From: =?utf-8?q?J=C3=BCrgen?= <Jo@Example.com>\r\nTo: help@shop.example\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n"
    b"Date: Mon, 05 Oct 2026 14:30:00 +0200\r\nMessage-ID: <abc@example.com>\r\nMIME-Version: 1.0\r\n"
)
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def multipart(subtype: str, *parts: bytes) -> bytes:
    body = b"".join(b"--B\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/" + subtype.encode() + b"; boundary=B\r\n\r\n" + body + b"--B--\r\n"


def test_the_header_says_who_when_and_under_which_id() -> None:
    document, message = read_mail(HEAD + PLAIN + "Ich möchte kündigen.".encode())
    assert document.subject == "Grüße"
    assert document.text == "Ich möchte kündigen."
    assert document.flags == ()
    metadata = mail_metadata(message, None)
    assert metadata.external_id == "abc@example.com"
    assert metadata.customers == (CustomerRef(scheme="email", value="jo@example.com"),)
    assert metadata.started_at == dt.datetime(2026, 10, 5, 12, 30, tzinfo=dt.UTC)


def test_the_customer_of_a_mail_that_went_out_is_who_got_it() -> None:
    _, message = read_mail(HEAD + PLAIN + b"Hello")
    assert mail_metadata(message, Direction.OUTBOUND).customers == (CustomerRef.parse("email:help@shop.example"),)


@pytest.mark.parametrize(
    "header", [b"From: nobody", b"Date: yesterday", b"Date: Mon, 99 Oct 99999 25:61 +9999", b"Message-ID:"]
)
def test_a_header_that_cannot_be_read_is_no_reason_to_refuse(header: bytes) -> None:
    document, message = read_mail(header + b"\r\nSubject: x\r\n\r\nbody")
    assert document.text == "body"
    assert mail_metadata(message, None) == mail_metadata(read_mail(b"Subject: x\r\n\r\nbody")[1], None)


def test_of_alternatives_the_plain_one_is_read() -> None:
    mail = multipart("alternative", PLAIN + b"plain words", b"Content-Type: text/html\r\n\r\n<b>rich words</b>")
    assert read_mail(mail)[0].text == "plain words"


def test_html_alone_is_read_as_a_reader_would() -> None:
    mail = (
        HEAD + b"Content-Type: text/html\r\n\r\n<style>p{}</style><p>Hello<br>there</p><img src='http://127.0.0.1:1/x'>"
    )
    assert read_mail(mail)[0].text.split() == ["Hello", "there"]


@pytest.mark.parametrize(
    "stub", [b"Your program cannot show this message.", b"View it at https://shop.example/m/1", b"&nbsp;", b"\r\n \r\n"]
)
def test_a_plain_stub_does_not_stand_for_the_message(stub: bytes) -> None:
    whole = b"<p>I was charged twice for the order of last week, and nobody answers my calls about it.</p>"
    html = b"Content-Type: text/html\r\n\r\n" + whole
    related = b"Content-Type: multipart/related; boundary=R\r\n\r\n--R\r\n" + html + b"\r\n--R--"
    for rich in (html, related):
        text = read_mail(multipart("alternative", PLAIN + stub, rich))[0].text
        assert text == "I was charged twice for the order of last week, and nobody answers my calls about it."


def test_an_invitation_beside_the_text_is_not_read() -> None:
    calendar = b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"
    mail = multipart("alternative", b"Content-Type: text/html\r\n\r\n<p>Call me</p>", calendar)
    assert read_mail(mail)[0].text == "Call me"


def test_flowed_lines_are_paragraphs_again() -> None:
    body = b"Please cancel my \r\nsubscription.\r\n\r\n> Are you \r\n> sure?\r\n From now on.\r\n-- \r\nJo"
    mail = HEAD + b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n" + body
    expected = "Please cancel my subscription.\n\n> Are you sure?\nFrom now on.\n-- \nJo"
    assert read_mail(mail)[0].text == expected
    chinese = "我的卡 \r\n丢了".encode()
    mail = HEAD + b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\n" + chinese
    assert read_mail(mail)[0].text == "我的卡丢了"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("New<div class='gmail_quote'><div>On Monday X wrote:</div><blockquote>Old</blockquote></div>", "New"),
        ("<div>New</div><blockquote type='cite'>Old</blockquote>tail", "New\n> Old\ntail"),
        ("<p>New</p><hr id='stopSpelling'>From: a@b.example<br>Subject: x<p>Old</p>", "New"),
        ("New<div id='x_divRplyFwdMsg'><b>Von:</b> A</div><div>Old</div>", "New"),
        (
            "New<div style='border:none;border-top:solid #B5C4DF 1.0pt'><b>De :</b> A<br><b>Objet :</b> x</div>Old",
            "New",
        ),
        ("New<div class='yahoo_quoted'>Old</div>", "New"),
        ("New<div class='protonmail_quote'>Old</div>", "New"),
        ("New<includetail><div>Old</div></includetail>", "New"),
        ("New<div class='ntes-mailmaster-quote'>Old</div>", "New"),
        ("New<div id='isReplyContent'>Old</div>", "New"),
        ("New<div class='gmail_signature'>Jo<br>Acme</div>", "New\n--\nJo\nAcme"),
        ("New<br id='lineBreakAtBeginningOfSignature'><div>Jo</div>", "New\n--\n\nJo"),
        ("New<blockquote style='margin:0 0 0 40px;border:none'>moved in</blockquote>", "New\nmoved in"),
        ("New<hr>and below a line", "New\nand below a line"),
        ("\ufdd0New\ufdd1", "New"),
    ],
)
def test_what_a_program_quoted_in_html_is_marked_as_in_plain_text(markup: str, text: str) -> None:
    found = html_text(markup)[0]
    if "\n" in text:
        assert found == text
    else:
        assert "\n".join(line for line in found.split("\n") if not line.startswith(">")).strip() == text


@pytest.mark.parametrize(
    "markup",
    [
        "<style>" * 100_000,
        "<hr>" * 100_000,
        "<div style='border-top:1px'>a</div>" * 20_000,
        "<table><tr>" + "<td>a" * 100_000,
        "<div id=signature>x" * 50_000,
        "<blockquote>x</blockquote>" * 40_000,
        "&#" * 500_000,
    ],
)
def test_f30_hostile_html_takes_no_more_than_seconds(markup: str) -> None:
    began = time.monotonic()
    text, flags = html_text(markup)
    assert time.monotonic() - began < 5
    letters = sum(map(str.isalnum, text))
    assert letters == 0 or letters > 10_000 or "html_unreadable" in flags


def test_html_nested_too_deep_for_the_parser_keeps_its_words() -> None:
    document, _ = read_mail(HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 50_000 + b"deep words")
    assert document.text == "deep words"
    assert "html_unreadable" in document.flags


def test_f31_attachments_are_listed_by_type_and_never_opened() -> None:
    mail = multipart(
        "mixed",
        PLAIN + b"See attached",
        b'Content-Type: application/zip; name="../../etc/passwd"\r\nContent-Disposition: attachment\r\n\r\nPK',
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx",
        b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=secret.txt\r\n\r\nsecret",
    )
    document, _ = read_mail(mail)
    assert document.text == "See attached"
    assert document.flags == ("attachment:application/zip", "attachment:application/ms-tnef", "attachment:text/plain")


def _many_parts() -> bytes:
    return multipart("mixed", *[PLAIN + b"hello"] * 50_000)


def _deep_messages() -> bytes:
    return (
        HEAD
        + PLAIN.replace(b"\r\n\r\n", b"\r\n")
        + b"\r\nhello\r\n"
        + (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 3000
    )


def _deep_multiparts() -> bytes:
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n" % (at, at) for at in range(3000))
    return HEAD + levels + PLAIN + b"hello"


def _large() -> bytes:
    return HEAD + PLAIN + (b"hello " * 12 + b"\r\n") * 700_000


def _many_headers() -> bytes:
    return HEAD + b"X: y\r\n" * 1_000_000 + b"\r\nhello"


def _long_header() -> bytes:
    return b"Subject: " + b"=?utf-8?q?" * 1_000_000 + b"\r\n" + HEAD + b"\r\nhello"


@pytest.mark.parametrize("make", [_many_parts, _deep_messages, _deep_multiparts, _large, _many_headers, _long_header])
def test_f30_a_mail_over_a_budget_is_cut_quickly_and_flagged(make: object) -> None:
    mail = make()  # type: ignore[operator]
    began = time.monotonic()
    document, _ = read_mail(mail)
    assert time.monotonic() - began < 5
    assert "partial" in document.flags or make is _deep_messages


def test_f30_the_parts_within_the_budget_are_kept() -> None:
    assert "partial" not in read_mail(multipart("mixed", *[PLAIN + b"hello"] * (MAX_BOUNDARIES - 2)))[0].flags


@pytest.mark.parametrize("charset", [b"no-such", b"idna", b"zip", b'"', b"utf-8'en'x", b"=?utf-8?q?x?="])
def test_f30_an_unknown_charset_is_read_by_best_effort(charset: bytes) -> None:
    document, _ = read_mail(HEAD + b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\nGr\xc3\xbc\xc3\x9fe")
    assert document.text == "Grüße"


def test_a_mail_without_words_is_refused() -> None:
    with pytest.raises(MailUnreadable):
        read_mail(b"From: a@b.example\r\nContent-Type: image/png\r\n\r\nx")


def test_a_mail_is_opened_as_a_document() -> None:
    assert open_document(MAIL, HEAD + PLAIN + b"hello").text == "hello"
