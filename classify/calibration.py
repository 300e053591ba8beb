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


def same_meaning_threshold(encode: Callable[[Sequence[str]], Vectors]) -> float:
    """Half-way between what unrelated sentences reach and what restatements have, by this model's own cosines."""
    vectors = encode(UNRELATED)
    unrelated = (vectors @ vectors.T)[np.triu_indices(len(vectors), k=1)]
    left, right = encode([one for one, _ in PAIRS]), encode([other for _, other in PAIRS])
    restated = np.sum(left * right, axis=1)
    return float((np.quantile(unrelated, 0.95) + np.median(restated)) / 2)
