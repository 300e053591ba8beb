"""Phrases that could name a reason, counted over the contacts that use them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from classify.wording import clauses, empty_words

LONGEST = 5
Phrase = tuple[str, ...]


def phrases_of(text: str, given: Sequence[str]) -> set[Phrase]:
    """Stretches of one to five words of a text and of its key phrases that begin and end with a word of meaning."""
    found = {stretch for clause in clauses(text) for stretch in _stretches(clause)}
    return found | {stretch for key in given for clause in clauses(key) for stretch in _whole(clause)}


def document_counts(contacts: Iterable[set[Phrase]]) -> Counter[Phrase]:
    """In how many contacts each phrase is."""
    return Counter(phrase for contact in contacts for phrase in contact)


def posting_lists(contacts: Sequence[set[Phrase]], least: int) -> dict[Phrase, list[int]]:
    """For each phrase that at least ``least`` contacts have, which ones, by position."""
    counts = document_counts(contacts)
    found: defaultdict[Phrase, list[int]] = defaultdict(list)
    for position, contact in enumerate(contacts):
        for phrase in contact:
            if counts[phrase] >= least:
                found[phrase].append(position)
    return dict(found)


def _stretches(tokens: Sequence[str]) -> Iterator[Phrase]:
    empty = empty_words()
    meaning = [token not in empty and not token.isdigit() for token in tokens]
    for begin in range(len(tokens)):
        if meaning[begin]:
            for end in range(begin + 1, min(begin + LONGEST, len(tokens)) + 1):
                if meaning[end - 1]:
                    yield tuple(tokens[begin:end])


def _whole(tokens: Sequence[str]) -> Iterator[Phrase]:
    stretch = tuple(tokens)
    if len(stretch) <= LONGEST and stretch in set(_stretches(stretch)):
        yield stretch
