"""What a cosine means differs by model: unrelated texts lie near 0 in one and near 0.8 in another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from classify.values import Vectors

UNRELATED = (
    "My card payment was declined at the shop",
    "The engineer did not come to the appointment",
    "How do I change the address on my account?",
    "The parcel arrived with a broken lid",
    "I would like to cancel my subscription",
    "What is the weather like in Lisbon tomorrow?",
    "The recipe needs two eggs and some flour",
    "Our team lost the match in the last minute",
    "Please book a table for four on Friday",
    "The train to the airport leaves at nine",
    "My password reset link does not work",
    "The doctor can see you on Monday morning",
    "I need proof of insurance for my new car",
    "The movie was longer than the book",
    "Turn off the lights in the kitchen",
    "How many people live in Canada?",
)
PAIRS = (
    ("My card payment was declined at the shop", "The store refused my card when I tried to pay"),
    ("The engineer did not come to the appointment", "Nobody turned up for my technician visit"),
    ("How do I change the address on my account?", "I moved house and want to update my address"),
    ("I would like to cancel my subscription", "Please end my membership"),
    ("My password reset link does not work", "I cannot reset my password with the link you sent"),
    ("I need proof of insurance for my new car", "Can you send a certificate that my car is insured?"),
)

UNRELATED_ELSEWHERE = {
    "de": (
        "Meine Rechnung ist höher als sonst",
        "Der Techniker ist nicht zum Termin erschienen",
        "Wie wird das Wetter morgen in Lissabon?",
        "Für das Rezept braucht man zwei Eier und etwas Mehl",
        "Bitte reservieren Sie am Freitag einen Tisch für vier Personen",
        "Der Film war länger als das Buch",
    ),
    "zh": (
        "我的账单比平时高",
        "维修师傅没有按约定时间来",
        "里斯本明天天气怎么样？",
        "这个菜谱需要两个鸡蛋和一些面粉",
        "请帮我订一张周五四个人的桌子",
        "这部电影比书还长",
    ),
}
"""By language; within each, no two are about the same."""
PAIRS_ELSEWHERE = {
    "de": (
        ("My card payment was declined at the shop", "Meine Kartenzahlung wurde im Laden abgelehnt"),
        ("How do I change the address on my account?", "Ich bin umgezogen und möchte meine Adresse ändern"),
        ("I would like to cancel my subscription", "Ich möchte mein Abo kündigen"),
        ("My password reset link does not work", "Der Link zum Zurücksetzen des Passworts funktioniert nicht"),
    ),
    "zh": (
        ("My card payment was declined at the shop", "我在商店刷卡付款被拒绝了"),
        ("How do I change the address on my account?", "我搬家了，想修改账户上的地址"),
        ("I would like to cancel my subscription", "我想取消订阅"),
        ("My password reset link does not work", "我的密码重置链接打不开"),
    ),
}


def same_meaning_threshold(
    encode: Callable[[Sequence[str]], Vectors], languages: frozenset[str] | None = frozenset({"en"})
) -> float:
    """Half-way between what unrelated sentences reach and what restatements have, by this model's own cosines.

    ``languages``: what the model reads. Restatements in German and Chinese count where it reads them, since a
    translation lies farther off than another wording; None, where nobody says, leaves English.
    """
    others = [code for code in PAIRS_ELSEWHERE if languages and code in languages]
    apart = [_apart(encode(texts)) for texts in (UNRELATED, *(UNRELATED_ELSEWHERE[code] for code in others))]
    pairs = [*PAIRS, *(pair for code in others for pair in PAIRS_ELSEWHERE[code])]
    left, right = encode([one for one, _ in pairs]), encode([other for _, other in pairs])
    restated = np.sum(left * right, axis=1)
    return float((np.quantile(np.concatenate(apart), 0.95) + np.median(restated)) / 2)


def _apart(vectors: Vectors) -> Vectors:
    """The cosines of all pairs."""
    return np.asarray((vectors @ vectors.T)[np.triu_indices(len(vectors), k=1)])
