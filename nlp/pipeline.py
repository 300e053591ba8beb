"""The language stage: a spaCy pipeline per language that redacts turns, then annotates what may be stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from data.types import Annotations, Channel, LexiconEntry, Provenance, Sentiment, Skipped, Turn
from nlp.entities import Gazetteer, find_entities
from nlp.highlights import find_highlights
from nlp.junk import junk_in
from nlp.key_phrases import key_phrases
from nlp.known import NO_NAMES, NOTHING, Known
from nlp.metrics import conversation_metrics
from nlp.notes import as_written, in_full, reading
from nlp.redaction.detection import Detection
from nlp.redaction.mask import Mask, Redacted, mask_text, mask_turn, masks
from nlp.redaction.policy import DEFAULT, Policy
from nlp.redaction.spread import find_spread, said_before
from nlp.sentiment import COMPONENT, passages, summarise
from nlp.sentiment_lexicon import Lexicon
from nlp.text import INVISIBLE, clean_text, pieces

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from nlp.components import SentimentScores
    from nlp.vectors import TextVectors

LEXICONS = 16
"""Tenants whose lexicon stays ready; to make one of 5,000 entries takes a moment."""
VERSION = "6"
KEPT = 4_000
"""Docs of what was redacted and not yet annotated: those of a job, unless it failed in between."""
PIECE = 20_000
"""Characters that are parsed at once: a parser's memory grows with its text, and a single line may have a megabyte."""


def load_language(language: str, model: str | Path | None) -> LanguagePipeline:
    """The pipeline of a BCP-47 language. ``model`` is a spaCy model's folder; none, or one of another language: only
    what needs no trained model is done, and the rest stands in ``skipped``.

    Raises ModelMissing (retry): the folder holds no spaCy model.
    """
    from nlp.spacy_pipeline import load_pipeline

    return LanguagePipeline(load_pipeline(language, model), language)


class LanguagePipeline:
    """Redacts and annotates in one language. Give each thread one of its own: spaCy's caches are not locked."""

    def __init__(self, nlp: Language, language: str) -> None:
        from nlp.redaction.engine import Detector

        self.language = language
        self.has_model = "parser" in nlp.pipe_names and "ner" in nlp.pipe_names
        self.provenance = _provenance(nlp, language)
        self._nlp = nlp
        self._detector = Detector(nlp, language.split("-")[0])
        self._feeling = cast("SentimentScores", nlp.get_pipe(COMPONENT)) if nlp.has_pipe(COMPONENT) else None
        self._lexicon = lru_cache(LEXICONS)(lambda entries: Lexicon(entries, language.split("-")[0], nlp))
        self._parsed: dict[str, Doc] = {}

    def redact(
        self,
        turns: Sequence[Turn],
        *,
        subject: str | None = None,
        policy: Policy = DEFAULT,
        names: Gazetteer = NO_NAMES,
    ) -> Redacted:
        """The turns and the subject line with tokens for personal details, the same token for the same value.

        What stands in ``names`` is nobody: a product may sound like a person.
        """
        clean = [_cleaned(turn) for turn in turns]
        texts = [clean_text(subject or ""), *(turn.text for turn in clean)]
        docs = self._parse(texts)
        speakers = ["", *(turn.role for turn in turns)]
        detected = self._detect(texts, docs, speakers)
        found = masks(
            texts, [self._nobody(names, text, some) for text, some in zip(texts, detected, strict=True)], policy
        )
        pairs = [mask_turn(turn, hidden) for turn, hidden in zip(clean, found[1:], strict=True)]
        # A text without a mask is annotated later, as it is: its Doc is kept until then, so that it is parsed once.
        if len(self._parsed) > KEPT:
            self._parsed.clear()
        self._parsed.update(
            (text, parts[0]) for text, parts, hidden in zip(texts, docs, found, strict=True) if parts and not hidden
        )
        return Redacted(
            turns=tuple(turn for turn, _ in pairs),
            subject=mask_text(texts[0], found[0]) if subject is not None else None,
            redactions=tuple(redaction for _, some in pairs for redaction in some),
        )

    def masks(
        self, texts: Sequence[str], *, speakers: Sequence[str] | None = None, policy: Policy = DEFAULT
    ) -> list[list[Mask]]:
        """What would be masked in the turns of one contact, in the offsets of their texts as they are."""
        return masks(texts, self._detect(texts, self._parse(texts), speakers or [""] * len(texts)), policy)

    def sentiment_texts(self, turns: Sequence[Turn], *, channel: Channel, known: Known = NOTHING) -> tuple[str, ...]:
        """The parts of redacted turns whose vectors ``annotate`` can use; none where sentiment does not need them."""
        if self._feeling is None:
            return ()
        heads = (_head(turn.text) for turn in in_full(turns, reading(turns, channel, known.shorthand)))
        return tuple(text[begin:end] for text in heads for begin, end in passages(text))

    def annotate(
        self,
        turns: Sequence[Turn],
        *,
        channel: Channel,
        subject: str | None = None,
        duration_s: float | None = None,
        known: Known = NOTHING,
        vectors: TextVectors | None = None,
    ) -> Annotations:
        """What redacted turns say. Only spoken turns get metrics; what was not computed stands in ``skipped``.

        ``vectors`` are of the ``sentiment_texts``; without them sentiment knows English words only.
        """
        read = reading(turns, channel, known.shorthand)
        full = in_full(turns, read)
        return as_written(self._annotate(full, channel, subject, duration_s, known, vectors), turns, read)

    def _annotate(
        self,
        turns: Sequence[Turn],
        channel: Channel,
        subject: str | None,
        duration_s: float | None,
        known: Known,
        vectors: TextVectors | None,
    ) -> Annotations:
        docs = self._heads([turn.text for turn in turns])
        highlights = find_highlights(turns, channel=channel, subject=subject, language=self.language)
        nothing = junk_in(turns) if channel is not Channel.VOICE else None
        sentiment = None if nothing else self._sentiment(turns, docs, duration_s, vectors, known.lexicon)
        return Annotations(
            key_phrases=key_phrases(turns, docs, known.background) if nothing is None else (),
            entities=find_entities(
                turns,
                docs,
                language=known.language or self.language,
                names=known.names,
                day=known.day,
                persons=known.persons,
            ),
            sentiment=sentiment,
            highlights=highlights.found,
            metrics=conversation_metrics(turns, duration_s=duration_s) if duration_s else {},
            skipped=(*self._skipped(turns, sentiment, nothing), *highlights.skipped),
            provenance=self.provenance,
        )

    def _parse(self, texts: Sequence[str]) -> list[list[Doc]]:
        """The Docs of each text, one for each piece, all in one stream."""
        cut = [list(pieces(text, PIECE)) if text else [] for text in texts]
        stream = self._read(text[begin:end] for text, parts in zip(texts, cut, strict=True) for begin, end in parts)
        return [[next(stream) for _ in parts] for parts in cut]

    def _heads(self, texts: Sequence[str]) -> list[Doc]:
        """The Doc of each text's first piece, from its redaction where the text is still the same."""
        parsed = {text: self._parsed.pop(text) for text in set(texts) if text in self._parsed}
        missing = [text for text in texts if text not in parsed]
        parsed.update(zip(missing, self._read(map(_head, missing)), strict=True))
        return [parsed[text] for text in texts]

    def _read(self, texts: Iterable[str]) -> Iterator[Doc]:
        """Feelings are read later, of what is redacted, with its vectors."""
        return self._nlp.pipe(texts, disable=[COMPONENT])

    def _detect(
        self, texts: Sequence[str], docs: Sequence[Sequence[Doc]], speakers: Sequence[str]
    ) -> list[list[Detection]]:
        """Of each text: by itself, after what was said before it, and as a piece of a number over several turns."""
        spread = find_spread(texts, speakers)
        alone = (self._detect_one(parts, said_before(texts, at)) for at, parts in enumerate(docs))
        return [[*found, *pieces] for found, pieces in zip(alone, spread, strict=True)]

    def _detect_one(self, parts: Sequence[Doc], previous: str) -> list[Detection]:
        found: list[Detection] = []
        offset = 0
        for doc in parts:
            some = self._detector.detect(doc, previous=previous)
            found += [replace(one, begin=one.begin + offset, end=one.end + offset) for one in some]
            offset, previous = offset + len(doc.text), doc.text
        return found

    def _nobody(self, names: Gazetteer, text: str, detected: list[Detection]) -> list[Detection]:
        """Without the persons that are names of the tenant's vocabulary."""
        known = list(names.find(text, self.language))
        return [
            one
            for one in detected
            if one.type != "PERSON" or not any(name.begin <= one.begin and one.end <= name.end for name in known)
        ]

    def _sentiment(
        self,
        turns: Sequence[Turn],
        docs: Sequence[Doc],
        duration_s: float | None,
        vectors: TextVectors | None,
        lexicon: Sequence[LexiconEntry],
    ) -> Sentiment | None:
        made_by = self._feeling.made_by(vectors, lexicon) if self._feeling else None
        if self._feeling is None or made_by is None:
            return None
        scored = self._feeling.scores(docs, vectors, self._lexicon(tuple(lexicon)))
        return replace(summarise(turns, scored, duration_s=duration_s), provenance=made_by)

    def _skipped(self, turns: Sequence[Turn], sentiment: Sentiment | None, nothing: str | None) -> Iterator[Skipped]:
        """``nothing`` is why there is nothing to be found in a written contact, where it says nothing."""
        if not self.has_model:
            ruled = self._nlp.has_pipe("reasonance_phrase_candidates")
            for feature in ("key_phrases", "entities", "redaction.person")[ruled:]:
                yield Skipped(feature=feature, reason_code="language.no_model")
        if sentiment is None:
            yield Skipped(feature="sentiment", reason_code=nothing or "language.no_model")
        if any(len(turn.text) > PIECE for turn in turns):
            yield Skipped(feature="annotations.tail", reason_code="text.too_long")


def _head(text: str) -> str:
    return text[slice(*next(pieces(text, PIECE)))]


def _cleaned(turn: Turn) -> Turn:
    """The turn's text made safe; where words point into it, without moving a character."""
    if turn.words:
        return replace(turn, text=INVISIBLE.sub(" ", turn.text))
    return replace(turn, text=clean_text(turn.text))


def _provenance(nlp: Language, language: str) -> Provenance:
    meta = nlp.meta
    trained = "ner" in nlp.pipe_names
    parameters = "|".join([language, *nlp.pipe_names, str(PIECE)])
    return Provenance(
        component="nlp",
        version=VERSION,
        model=f"{meta['lang']}_{meta['name']}-{meta['version']}" if trained else None,
        model_sha256=_weights_sha256(nlp) if trained else None,
        params_hash=hashlib.sha256(parameters.encode()).hexdigest()[:16],
        device="cpu",
    )


def _weights_sha256(nlp: Language) -> str:
    """Of the recogniser of names; the same as of the file that holds them."""
    from spacy.pipeline import TrainablePipe

    ner = nlp.get_pipe("ner")
    return hashlib.sha256(ner.model.to_bytes()).hexdigest() if isinstance(ner, TrainablePipe) else ""
