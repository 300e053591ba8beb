"""What becomes of a detail: masked, its last four digits kept, hashed with a key, or kept."""

from __future__ import annotations

import hmac

import pytest

from data.errors import RedactionPolicyInvalid
from data.types import Provenance, RedactionAction
from nlp.redaction.mask import mask_text, masks
from nlp.redaction.numbers import find_numbers
from nlp.redaction.phrases import find_phrases
from nlp.redaction.policy import ALL, DEFAULT, TOKENS, Policy, allowed
from nlp.text import TOKEN, words

SAID = "my name is jane doe and my card is 4111 1111 1111 1111"


def hasher(name: str, value: str) -> str:
    return hmac.digest(b"key", f"{name}:{value}".encode(), "sha256").hex()


def masked(policy: Policy, *texts: str) -> list[str]:
    found = [[*find_numbers(text, ""), *find_phrases(text)] for text in texts]
    return [mask_text(text, some) for text, some in zip(texts, masks(texts, found, policy), strict=True)]


def choose(**chosen: RedactionAction) -> Policy:
    return DEFAULT.with_choices(chosen, hasher=hasher)


def test_the_last_four_digits_stand_beside_the_token() -> None:
    policy = choose(CREDIT_CARD=RedactionAction.LAST_FOUR, PERSON=RedactionAction.KEEP)
    said = "four one one one 1111 one one one one um double one double one"
    assert masked(policy, SAID, f"my card is {said}") == [
        "my name is jane doe and my card is [CARD_1:1111]",
        "my card is [CARD_1:1111]",
    ]


def test_a_hash_is_the_same_in_all_contacts_and_needs_the_key() -> None:
    policy = choose(PERSON=RedactionAction.HASH)
    first, other = masked(policy, SAID)[0], masked(policy, "it is Ann. my name is Jane Doe")[0]
    token = TOKEN.findall(first)[0]
    assert token in other
    assert token.startswith("[PERSON_1#")
    assert "jane" not in first
    assert masked(choose(PERSON=RedactionAction.HASH), SAID)[0] == first


def test_every_token_is_one_word_that_says_nothing() -> None:
    for token in ("[CARD_1]", "[CARD_1:1111]", "[PERSON_2#0123456789ab]"):
        assert TOKEN.fullmatch(token)
        assert words(f"pay {token} now") == ["pay", "now"]


def test_what_must_never_be_stored_cannot_be_kept() -> None:
    with pytest.raises(RedactionPolicyInvalid, match="CREDENTIAL"):
        choose(CREDENTIAL=RedactionAction.KEEP)
    with pytest.raises(RedactionPolicyInvalid, match="PERSON"):
        choose(PERSON=RedactionAction.LAST_FOUR)
    with pytest.raises(RedactionPolicyInvalid, match="no type"):
        choose(SHOE_SIZE=RedactionAction.MASK)


@pytest.mark.parametrize("kind", sorted(TOKENS))
def test_every_type_can_be_masked_and_allows_its_default(kind: str) -> None:
    assert RedactionAction.MASK in allowed(kind)
    assert DEFAULT.actions[kind] in allowed(kind)


def test_provenance_tells_policies_apart() -> None:
    made = Provenance(component="nlp", version="1", params_hash="abc")
    assert DEFAULT.noted_in(made) == choose().noted_in(made) != ALL.noted_in(made)
