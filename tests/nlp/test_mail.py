from __future__ import annotations

import time
from pathlib import Path

import pytest

from data.types import Document
from ingest.mail import read_mail
from nlp.mail import bare_subject, newest_reply, newest_text


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
        "I fly on Monday:\nFrom: Berlin\nTo: Paris\nDate: 3 May\nbut my name is wrong on the ticket.",
    ],
)
def test_a_message_is_never_emptied_or_cut_by_words_that_look_like_marks(text: str) -> None:
    assert newest(text) == text


def test_a_quote_alone_is_read_without_its_marks() -> None:
    assert newest("> only a quote\n>> and one before") == "only a quote\nand one before"


def test_a_forwarded_message_alone_is_what_there_is() -> None:
    forwarded = "---------- Forwarded message ---------\nFrom: Shop <a@b.com>\nSubject: Order\n\nYour order is late."
    assert newest(forwarded) == forwarded


@pytest.mark.parametrize(
    "history",
    [
        "On 3 Mar 2026, at 10:00, Support <a@b.com> wrote:\n\n> Have you tried?",
        "On Tue, Mar 3, 2026 at 10:00 AM Customer Support\n<support@a-rather-long-domain.example> wrote:\n\n> Hi",
        "-----Original Message-----\nFrom: Support\nSent: 3 March 2026\n\nHave you tried?",
        "________________________________\nFrom: Support <a@b.com>\nSent: Tuesday\nTo: Jane\nSubject: Router\n\nHi",
        "*From:* Support <a@b.com>\n*Sent:* Tuesday, March 3, 2026 10:00 AM\n*To:* Jane\n*Subject:* Router\n\nHi",
        "Date: Tue, 3 Mar 2026 10:00:00 +0000\nSubject: Router\nFrom: a@b.com\nTo: jane@c.com\n\nHi",
        "---- On Tue, 03 Mar 2026 10:00:00 +0000 Support <a@b.com> wrote ----\n\nHi",
        "Am Di., 3. März 2026 um 10:00 Uhr schrieb Support <a@b.de>:\n\n> Hallo",
        "Am 03.03.2026 um 10:00 schrieb Support:\n> Hallo",
        "-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Dienstag, 3. März 2026\n\nHallo",
        "Von: Support <a@b.de>\nDatum: Dienstag, 3. März 2026 um 10:00\nAn: Max\nBetreff: Router\n\nHallo",
        "Gesendet: Dienstag, 3. März 2026 um 10:00 Uhr\nVon: a@b.de\nAn: max@c.de\nBetreff: Router\nHallo",
        "Le mar. 3 mars 2026 à 10:00, Support <a@b.fr> a écrit :\n\n> Bonjour",
        "De : Support <a@b.fr>\nEnvoyé : mardi 3 mars 2026 10:00\nÀ : Jean\nObjet : Routeur\n\nBonjour",
        "-------- Message d'origine --------\nDe : Support <a@b.fr>\nDate : 03/03/2026 10:00\n\nBonjour",
        "El mar, 3 mar 2026 a las 10:00, Soporte (<a@b.es>) escribió:\n\n> Hola",
        "De: Soporte <a@b.es>\nEnviado el: martes, 3 de marzo de 2026\nPara: Ana\nAsunto: Router\n\nHola",
        "-----Mensaje original-----\nDe: Soporte\nEnviado: martes\n\nHola",
        '-------- 原始邮件 --------\n发件人: "客服" <a@b.cn>;\n发送时间: 2026年3月3日(星期二)\n\n您好',
        "发件人： 客服\n发送时间： 2026年3月3日 10:00\n收件人： 王伟\n主题： 订单\n\n您好",
        '在 2026-03-03 10:00:00，"客服" <a@b.cn> 写道：\n\n您好',
        'At 2026-03-03 10:00:00, "客服" <a@b.cn> wrote:\n\n您好',
        "客服 <a@b.cn> 于2026年3月3日周二 10:00写道：\n\n> 您好",
        "---- 回复的原邮件 ----\n| 发件人 | 客服<a@b.cn> |\n| 日期 | 2026年03月03日 |\n您好",
        "寄件者: 客服 <a@b.tw>\n寄件日期: 2026年3月3日\n收件者: 王偉\n主旨: 訂單\n\n您好",
        '03.03.2026, 10:00, "Support" <a@b.ru>:\n\n> Здравствуйте',
        "вт, 3 мар. 2026 г. в 10:00, Support <a@b.ru>:\n> Здравствуйте",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_history_of_any_program_is_cut_off(history: str, language: str) -> None:
    reply = "It is still broken, please send a technician." if language == "en" else "路由器还是坏的，请派人来修。"
    assert newest(f"{reply}\n\n{history}", language) == reply


@pytest.mark.parametrize(
    "ending",
    [
        "Sent from my iPhone",
        "Sent from my Galaxy",
        "Sent from Outlook for iOS",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.",
        "Holen Sie sich Outlook für iOS",
        "Envoyé de mon iPhone",
        "Télécharger Outlook pour iOS",
        "Enviado desde mi iPhone",
        "Obtener Outlook para Android",
        "发自我的iPhone",
        "发自 Outlook",
        "获取 Outlook for iOS",
        "-- \nJane Doe\n+1 415 555 0142",
        "Kind regards,\nJane Doe\nHead of Everything\nAcme Ltd",
        "Mit freundlichen Grüßen\nMax Müller",
        "Bien cordialement,\nJean Dupont",
        "Un saludo,\nAna García",
        "此致\n敬礼\n王伟",
        "谢谢！\n王伟",
        "This email and any attachments are confidential and intended solely for the addressee.\nIf you are not …",
        "Diese E-Mail ist vertraulich und nur für den Empfänger bestimmt.",
        "Ce message est confidentiel et destiné exclusivement à son destinataire.",
        "Este mensaje es confidencial y está dirigido únicamente a su destinatario.",
        "本邮件及其附件含有保密信息，仅限于收件人使用。",
    ],
)
def test_signature_and_disclaimer_are_cut_off(ending: str) -> None:
    assert newest(f"My card was declined twice.\n\n{ending}") == "My card was declined twice."


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "[EXTERNAL]",
        "ACHTUNG: Diese E-Mail kommt von außerhalb des Unternehmens.",
        "You don't often get email from jane@example.com. Learn why this is important",
    ],
)
def test_a_warning_that_a_server_put_on_top_is_cut_off(banner: str) -> None:
    assert newest(f"{banner}\n\nMy card was declined.") == "My card was declined."


def test_answers_between_and_below_what_is_quoted_are_the_writers() -> None:
    text = (
        "Hi, see below.\n\nOn Mon, 2 Mar 2026, Support <a@b.com> wrote:\n> Which router is it, and since when has it\n"
        "> been failing?\n\nThe white one, since Sunday.\n\n> Did you restart it?\n\nTwice.\n-- \nJane"
    )
    assert newest(text) == "Hi, see below.\n\nThe white one, since Sunday.\n\nTwice."


def test_the_rest_of_a_quoted_line_that_was_broken_is_no_answer() -> None:
    quoted = "> this line was longer than what the program of the sender would have\nwrapped\n> and it goes on"
    assert newest(f"No.\n\nOn Mon, 2 Mar 2026, Support wrote:\n{quoted}") == "No."


def test_replies_of_common_mail_programs_are_found(shared: Path) -> None:
    """What stands above the history is what the files expect; without its signature, the greeting alone."""
    files = sorted((shared / "email-reply-quotes-talon" / "standard_replies").glob("*.eml"))
    assert len(files) == 12
    for file in files:
        document = read_mail(file.read_bytes())[0]
        given = file.with_name(f"{file.stem}_reply_text")
        expected = given.read_text().strip() if given.exists() else "Hello"
        assert newest_reply(document.text) == expected, file.name
        assert newest_text(document, "en") == "Hello", file.name


def test_replies_in_html_of_common_mail_programs_are_found(shared: Path) -> None:
    folder = shared / "email-reply-quotes-talon"
    files = sorted((folder / "html_replies").glob("*.html"))
    assert len(files) == 9
    for file in files:
        assert newest_reply(_html(file)).split() == ["Hi.", "I", "am", "fine.", "Thanks,", "Alex"], file.name
        assert newest(_html(file)) == "Hi. I am fine.", file.name
    assert newest(_html(folder / "OLK_SRC_BODY_SECTION.html")) == "Reply"
    assert newest(_html(folder / "reply-separated-by-hr.html")).split() == ["Hi", "there", "Bob"]


def test_signatures_of_real_mails_are_cut_and_nothing_else(shared: Path) -> None:
    """Six bodies, each with the signature that people marked in it. One line stays: a bare name above "via mobile"."""
    folder = shared / "email-reply-quotes-talon" / "signature" / "emails" / "stripped"
    files = sorted(folder.glob("*_body"))
    assert len(files) == 6
    marked, left = 0, []
    for file in files:
        body = _lines(file.read_text())
        signature = _lines(file.with_name(file.name.replace("_body", "_signature")).read_text())
        found = _lines(newest(file.read_text()))
        own = body[: len(body) - len(signature)]
        assert found[: len(own)] == own, file.name
        marked += len(signature)
        left += found[len(own) :]
    assert marked == 23
    assert left == ["Stavros Xxxxxx"]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _html(file: Path) -> str:
    header = b"Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return read_mail(header + file.read_bytes())[0].text


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "On " * 40_000,
        "From: a\n" * 5_000,
        "> \n" * 20_000,
        "On 1 wrote:\n> a\nb\n" * 9_000,
        "1 a@b:\n" * 90_000,
    ],
)
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
