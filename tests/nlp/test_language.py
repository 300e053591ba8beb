from __future__ import annotations

import pytest

from nlp.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my refund?", "en"),
        ("Die Rechnung ist falsch", "de"),
        ("Où est mon colis ?", "fr"),
        ("No me ha llegado el pedido", "es"),
        ("我的卡丢了", "zh"),
        ("荷物が届かない", "ja"),
    ],
)
def test_one_sentence_is_enough(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "n/a", "ok", "12345", "card declined"])
def test_what_is_too_short_to_tell_gets_the_default(text: str) -> None:
    assert detect(text) == "en"
    assert detect(text, default="de") == "de"


PHRASES = {
    "en": """
        my card was declined
        where is my refund
        app crashes
        internet down again
        slow delivery
        Great service!
        cancel my order
        I can't log in
        refund please
        not working
        package lost
        card blocked
        wrong bill
        change address
        no signal
        late again
        login fails
        price too high
        very helpful agent
        screen broken
    """,
    "de": """
        Karte abgelehnt
        mein Paket fehlt
        App stürzt ab
        Internet geht nicht
        Lieferung zu spät
        Bitte kündigen
        Wo bleibt mein Geld?
        Rechnung falsch
        alles super
        kann mich nicht anmelden
        Paket verloren
        Karte gesperrt
        Adresse ändern
        kein Empfang
        wieder zu spät
        Preis zu hoch
        sehr freundlich
        Display kaputt
        Vertrag verlängern
        doppelt abgebucht
    """,
    "es": """
        tarjeta rechazada
        no llega mi pedido
        la app se cierra
        sin internet otra vez
        entrega lenta
        quiero cancelar
        ¿dónde está mi reembolso?
        factura incorrecta
        todo perfecto
        no puedo entrar
        paquete perdido
        tarjeta bloqueada
        cambiar dirección
        no hay señal
        otra vez tarde
        precio muy alto
        muy amable
        pantalla rota
        cobro doble
        renovar contrato
    """,
    "fr": """
        carte refusée
        colis perdu
        l'appli plante
        plus d'internet
        livraison lente
        je veux résilier
        où est mon remboursement ?
        facture erronée
        très bon service
        impossible de me connecter
        carte bloquée
        changer d'adresse
        pas de réseau
        encore en retard
        prix trop élevé
        très aimable
        écran cassé
        double prélèvement
        renouveler mon contrat
        colis abîmé
    """,
    "zh": """
        卡被拒
        快递没到
        软件闪退
        断网了
        发货太慢
        我要退款
        账单错了
        服务很好
        無法登入
        信用卡掛失
        包裹丢失
        卡被冻结
        改地址
        没信号
        又迟到
        太贵了
        客服很好
        屏幕坏了
        重复扣款
        续签合同
    """,
}


def test_nine_phrases_of_few_words_in_ten_are_told_in_the_main_languages() -> None:
    told = [
        detect(line.strip()) == language for language, lines in PHRASES.items() for line in lines.strip().splitlines()
    ]
    assert len(told) == 100
    assert sum(told) >= 90


@pytest.mark.parametrize(
    "text", ["@anonymous lol", "@anonymous Nope :-)", "@anonymous 11?", "thx https://exemple.example/bonjour"]
)
def test_who_is_mentioned_and_what_is_linked_to_is_in_no_language(text: str) -> None:
    assert detect(text) == "en"
