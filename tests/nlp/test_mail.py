from __future__ import annotations

import email
import email.policy
import time
from pathlib import Path

import pytest

from data.types import Document
from nlp.mail import bare_subject, newest_text


def newest(text: str, language: str = "en") -> str:
    return newest_text(Document(text=text), language)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "My card was declined.\n\nBest regards,\nJane Doe\nAcme Ltd\n\n"
            "On Mon, 2 Mar 2026, Support <a@b.com> wrote:\n> Hi",
            "My card was declined.",
        ),
        (
            "de",
            "Mein Paket ist weg.\n\nMit freundlichen Grüßen\nMax Müller\n\n"
            "Am 12.03.2026 um 10:00 schrieb Support <a@b.de>:\n> Hallo",
            "Mein Paket ist weg.",
        ),
        (
            "fr",
            "Bonjour,\nma carte est bloquée.\n\nCordialement,\nJean\n\n"
            "Le lun. 3 mars 2026 à 10:00, Support <a@b.fr> a écrit :\n> Bonjour",
            "Bonjour,\nma carte est bloquée.",
        ),
        (
            "es",
            "No me llega el pedido.\nSaludos,\nAna\n"
            "El lun, 3 mar 2026 a las 10:00, Soporte (<a@b.es>) escribió:\n> Hola",
            "No me llega el pedido.",
        ),
        (
            "zh",
            "我的卡丢了，请帮忙。\n谢谢\n王伟\n\n在 2026-03-01 10:00:00，客服 <a@b.cn> 写道：\n>您好",
            "我的卡丢了，请帮忙。",
        ),
        ("zh", "还没有收到\n\n发件人: 客服\n发送时间: 2026年3月1日\n收件人: 王伟\n主题: 订单\n\n您好", "还没有收到"),
        (
            "en",
            "Still broken.\n\nFrom: Support\nSent: Monday\nTo: Jane\nSubject: Router\n\nHave you tried?",
            "Still broken.",
        ),
        (
            "de",
            "Bitte stornieren.\n\nVon: Support\nGesendet: Montag\nAn: Max\nBetreff: Auftrag\n\nGuten Tag",
            "Bitte stornieren.",
        ),
        ("en", "Please call me.\n\nSent from my iPhone", "Please call me."),
        ("en", "Please call me.\n-- \nJane\n+1 415 555 0142", "Please call me."),
        (
            "en",
            "Where is my refund?\n\n"
            "This e-mail and any attachments are confidential and intended only for the addressee.",
            "Where is my refund?",
        ),
        (
            "en",
            "On 04/02/2026 06:26 PM, Megan One wrote:\n> Hi\n> there\nHere is my answer below.",
            "Here is my answer below.",
        ),
    ],
)
def test_only_what_the_writer_added_is_left(language: str, text: str, expected: str) -> None:
    assert newest(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Hi\nThanks,\nbut it still fails, and nobody has called me back in three weeks, as you can see from the log.",
        "On Monday I ordered a phone and\nnobody wrote: it never came.",
        "Hi\nFrom: the start it was broken",
        "> only a quote",
    ],
)
def test_a_message_is_never_emptied_or_cut_by_words_that_look_like_marks(text: str) -> None:
    assert newest(text) == text


def test_replies_of_common_mail_programs_are_found(shared: Path) -> None:
    files = sorted((shared / "email-reply-quotes-talon" / "standard_replies").glob("*.eml"))
    for file in files:
        body = email.message_from_bytes(file.read_bytes(), policy=email.policy.default).get_body(("plain",))
        assert body is not None
        assert newest(body.get_content()) == "Hello", file.name


@pytest.mark.parametrize("text", ["x" * 1_000_000, "On " * 40_000, "From: a\n" * 5_000, "> \n" * 20_000])
def test_f30_hostile_bodies_take_no_more_than_seconds(text: str) -> None:
    begin = time.perf_counter()
    newest(text)
    assert time.perf_counter() - begin < 10


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("Re: AW: Fwd: Refund", "Refund"), ("回复：退款", "退款"), (None, ""), ("Return", "Return")],
)
def test_a_subject_loses_its_prefixes_only(subject: str | None, expected: str) -> None:
    assert bare_subject(subject) == expected
