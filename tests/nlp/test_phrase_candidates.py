from __future__ import annotations

import pytest

from data.types import Channel, Role, Turn
from nlp import load_language


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "de",
            "Leider wurde mir die falsche Rechnung zugestellt, und meine Karte ist seit gestern gesperrt.",
            "rechnung",
        ),
        ("es", "Mi tarjeta bloqueada no funciona y el pedido no ha llegado.", "tarjeta bloqueada"),
        ("fr", "Ma carte bancaire est bloquée et le colis est perdu.", "carte bancaire"),
        ("zh", "我的信用卡上周丢了，另外账单金额也不对。", "账单金额"),
    ],
)
def test_phrases_are_found_without_a_model_at_their_places(language: str, text: str, expected: str) -> None:
    found = load_language(language, None).annotate(
        [Turn(position=0, role=Role.CUSTOMER, text=text)], channel=Channel.EMAIL
    )
    assert any(expected in one.text for one in found.key_phrases)
    for one in found.key_phrases:
        assert text[one.span.char_begin : one.span.char_end].lower() == one.text
    assert "key_phrases" not in {one.feature for one in found.skipped}


@pytest.mark.parametrize("language", ["de", "es", "zh"])
def test_no_phrase_holds_a_masked_value(language: str) -> None:
    turn = Turn(position=0, role=Role.CUSTOMER, text="[PERSON_1] [CARD_1] 信用卡[CARD_2]丢了 Karte [CARD_1]")
    found = load_language(language, None).annotate([turn], channel=Channel.EMAIL)
    assert not any("[" in one.text or "card_" in one.text.lower() for one in found.key_phrases)


def test_a_language_without_rules_says_so() -> None:
    turn = Turn(position=0, role=Role.CUSTOMER, text="La mia carta è bloccata")
    found = load_language("it", None).annotate([turn], channel=Channel.EMAIL)
    assert "key_phrases" in {one.feature for one in found.skipped}
