"""The database answers random queries over random contacts as the slow evaluator does."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.database import Database
from data.stores import Stores
from data.types import Channel, Near, Phrase, Query, Role, Span, Term, Turn, Verdict, is_spoken, walk
from nlp.query import parse
from nlp.query_explain import explain
from tests.data.conversations import MONDAY, talk, timed, turns, waiting
from tests.data.query_corpus import fill
from tests.data.query_oracle import Contact, places, tokens, verdict
from tests.nlp.query_cases import cases

WORDS = ("card", "cards", "cancel", "cancelled", "refund", "blue", "not", "the", "late", "now", "yes")
ROLES = (Role.CUSTOMER, Role.AGENT, Role.SUPERVISOR, Role.UNKNOWN)
CONTACTS = 30


class Corpus:
    """No data class: a failure's report would hold all of it, longer than anybody reads."""

    def __init__(self, stores: Stores, contacts: Mapping[uuid.UUID, Contact]) -> None:
        self.stores = stores
        self.contacts = contacts


def corpus(stores: Stores, seed: int) -> Corpus:
    """Calls with times, texts without, some subjects, some that are not analysed."""
    chance = random.Random(seed)
    return Corpus(stores, dict(_stored(stores, chance) for _ in range(CONTACTS)))


def _stored(stores: Stores, chance: random.Random) -> tuple[uuid.UUID, Contact]:
    started_at = MONDAY + dt.timedelta(days=chance.randrange(4))
    if chance.random() < 0.1:
        contact = Contact(started_at=started_at, channel=Channel.EMAIL, is_analysed=False)
        return waiting(stores, started_at=started_at), contact
    is_call = chance.random() < 0.6
    said = [(chance.choice(ROLES), _sentence(chance)) for _ in range(chance.randrange(1, 6))]
    contact = Contact(
        turns=tuple(timed(said, 1.0) if is_call else turns(said)),
        subject=_sentence(chance) if not is_call and chance.random() < 0.5 else None,
        channel=Channel.VOICE if is_call else Channel.EMAIL,
        queue=chance.choice(("a", "b", None)),
        started_at=started_at,
        duration_s=float(chance.randrange(1, 60)) if is_call else None,
        measures={"longest_silence_s": float(chance.randrange(8))} if is_call else {},
    )
    saved = talk(
        stores,
        *said,
        word_s=1.0 if is_call else None,
        started_at=started_at,
        channel=contact.channel,
        metrics=contact.measures,
        **{name: getattr(contact, name) for name in ("subject", "queue", "duration_s")},
    )
    known = {"duration_s": contact.duration_s} if contact.duration_s is not None else {}
    measures = {**contact.measures, **known, "turns": float(len(said))}
    return saved, replace(contact, measures=measures)


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) + chance.choice(("", "", "", ",")) for _ in range(chance.randrange(1, 9)))


word = st.sampled_from((*WORDS, "cancelling", "absent"))
beginning = st.sampled_from(("car*", "cards*", "cancel*", "cancell*", "refu*", "b*", "n*"))
phrase = st.lists(word, min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"')
single = st.one_of(word, beginning, phrase)
operand = st.one_of(single, st.lists(single, min_size=1, max_size=3).map(lambda some: f"({' OR '.join(some)})"))
near = st.builds("{} {}/{} {}".format, operand, st.sampled_from(("NEAR", "BEFORE")), st.integers(1, 16), operand)


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=2, max_size=3)
    joined = st.builds(lambda by, parts: f"({by.join(parts)})", st.sampled_from((" ", " AND ", " OR ")), several)
    return st.one_of(joined, inner.map("NOT {}".format))


spoken = st.recursive(st.one_of(single, near), combined, max_leaves=4)
window = st.sampled_from(("first:3s", "first:9s", "last:2s", "last:6.5s", "first:25%", "last:33.3%", "last:60%"))
role = st.sampled_from(ROLES)
scoped = st.one_of(
    st.builds("{}:( {} )".format, role, spoken),
    st.builds("{}( {} )".format, window, spoken),
    st.builds("{}:( {}( {} ) )".format, role, window, spoken),
    st.builds("{}( {}:( {} ) )".format, window, role, spoken),
)
fact = st.sampled_from(
    (
        *("channel:voice", "channel:email", "queue:a", "-queue:B", "date>=2026-10-06", "date:2026-10-07"),
        *("silence>3", "silence<=3s", "-silence>5", "duration>20", "duration<0.5m", "turns>=3"),
    )
)
query = st.recursive(st.one_of(spoken, scoped, fact), combined, max_leaves=5)


@pytest.fixture
def corpora(database: Database, request: pytest.FixtureRequest) -> Iterator[tuple[Corpus, Corpus]]:
    """Two tenants' contacts, made of one seed each, all in one transaction."""
    seed = getattr(request, "param", 1)
    with database.tenant("default") as mine, database.tenant("other") as others:
        yield corpus(mine, seed), corpus(others, -seed)


def agrees(text: str, held: Corpus) -> None:
    asked = parse(text)
    said = {contact: verdict(asked.root, held.contacts[contact]) for contact in held.contacts}
    page = held.stores.search.run(asked, limit=CONTACTS)
    matched = {contact for contact, value in said.items() if value is Verdict.MATCHED}
    assert {hit.interaction.id for hit in page.hits} == matched
    assert page.total == len(matched)
    assert page.not_evaluated == list(said.values()).count(Verdict.NOT_EVALUATED)
    for hit in page.hits:
        for turn in hit.turns:
            assert_marked(asked, held.contacts[hit.interaction.id].turns[turn.position], turn.spans)


def assert_marked(asked: Query, turn: Turn, spans: Sequence[Span]) -> None:
    """Every span holds words that are asked for, in order, and none lies over another."""
    borders = [(span.char_begin, span.char_end) for span in spans]
    assert borders
    assert all(one[1] <= other[0] for one, other in pairwise(borders))
    for begin, end in borders:
        marked = [token for token in tokens(turn) if begin <= token.begin < end]
        assert all(any(places(leaf, [token]) for leaf in singles(asked)) for token in marked)
        assert turn.text[begin:end].lower().endswith(marked[-1].word)


def singles(asked: Query) -> list[Term | Phrase | Near]:
    """Each word that is asked for, by itself."""
    leaves: list[Term | Phrase] = []
    for node in walk(asked.root) if asked.root else ():
        leaves += (
            (*node.left, *node.right) if isinstance(node, Near) else [node] if isinstance(node, Term | Phrase) else []
        )
    return [Term(text=one, prefix=getattr(leaf, "prefix", False)) for leaf in leaves for one in leaf.text.split()]


QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = settings(QUICK, max_examples=400)


@given(text=query)
@QUICK
def test_a_random_query_finds_what_reading_every_word_finds(corpora: tuple[Corpus, Corpus], text: str) -> None:
    for held in corpora:
        agrees(text, held)


@pytest.mark.slow
@pytest.mark.parametrize("corpora", range(2, 8), indirect=True)
@given(text=query)
@LONG
def test_random_queries_over_many_corpora(corpora: tuple[Corpus, Corpus], text: str) -> None:
    for held in corpora:
        agrees(text, held)


@given(text=query)
def test_a_random_query_is_said_in_words(text: str) -> None:
    asked = parse(text)
    assert explain(asked).startswith("Contacts ")
    assert asked.root is not None
    assert is_spoken(asked.root) == all(is_spoken(node) for node in walk(asked.root))


def test_the_slow_evaluator_tells_places_as_people_count_them() -> None:
    said = tokens(Turn(position=0, role=Role.CUSTOMER, text="cancel the card, cancel cards"))
    root = parse("cancel* BEFORE/2 card").root
    assert root is not None
    assert places(root, said) == [(0, 2), (3, 4)]  # type: ignore[arg-type]  # a Near


def test_each_case_of_the_table_finds_what_it_says(database: Database, subtests: pytest.Subtests) -> None:
    with database.tenant("default") as stores:
        names = {contact: name for name, contact in fill(stores).items()}
        for case in cases():
            with subtests.test(case.query):
                page = stores.search.run(parse(case.query))
                assert {names[hit.interaction.id] for hit in page.hits} == case.hits
                assert (page.total, page.not_evaluated) == (len(case.hits), case.not_evaluated)
