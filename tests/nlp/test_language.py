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
