"""Presidio's AnalyzerEngine without a network, on the spaCy Docs that the pipeline has made already."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer import predefined_recognizers as known
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from tldextract import TLDExtract

from nlp.redaction.addresses import find_addresses
from nlp.redaction.dates import find_dates
from nlp.redaction.detection import Detection
from nlp.redaction.entities import find_entities
from nlp.redaction.names import Names, find_addressees, find_full_names
from nlp.redaction.numbers import find_numbers
from nlp.redaction.organisations import find_organisations
from nlp.redaction.phrases import find_phrases
from nlp.redaction.places import find_places
from nlp.redaction.policy import TOKENS
from nlp.redaction.spelled import find_spelled
from nlp.redaction.titles import find_titles
from nlp.spacy_pipeline import dictionary

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

THRESHOLD = 0.35
"""Below it are patterns such as "any nine digits", which count only beside a word that explains them."""
REGIONS = {
    "de": ("DE", "AT", "CH"),
    "fr": ("FR", "BE", "CH", "CA"),
    "es": ("ES", "MX", "AR", "CO"),
    "it": ("IT", "CH"),
    "pt": ("PT", "BR"),
    "nl": ("NL", "BE"),
    "zh": ("CN", "TW", "HK"),
    "ja": ("JP",),
    "ko": ("KR",),
    "pl": ("PL",),
}
"""Where a number without a country code may be from, by language; others are read as in English-speaking countries."""
COUNTRY: dict[str, tuple[str, ...]] = {
    "en": (
        "UsSsnRecognizer", "UsItinRecognizer", "UsPassportRecognizer", "UsLicenseRecognizer", "UsBankRecognizer",
        "UkNinoRecognizer", "UkPassportRecognizer", "CaSinRecognizer",
    ),
    "de": ("DeTaxIdRecognizer", "DeIdCardRecognizer", "DePassportRecognizer", "DeSocialSecurityRecognizer"),
    "es": ("EsNifRecognizer", "EsNieRecognizer"),
    "it": ("ItFiscalCodeRecognizer",),
}  # fmt: skip
logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)


class OfflineEmailRecognizer(known.EmailRecognizer):
    """Presidio's own fetches the list of public suffixes at its first use; this one uses the list in the package."""

    extract = TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool:
        return bool(self.extract(pattern_text).top_domain_under_public_suffix)


class SparingPhoneRecognizer(known.PhoneRecognizer):
    """Presidio's own tries every region on every text; a text with fewer than seven digits holds no number."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts = None,  # type: ignore[assignment]  # as the base declares it
    ) -> list[RecognizerResult]:
        return super().analyze(text, entities, nlp_artifacts) if sum(map(str.isdecimal, text)) >= 7 else []


class SparingUrlRecognizer(known.UrlRecognizer):
    """Presidio's own tries a thousand endings at every character; a text without a full stop holds no address."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,
        regex_flags: int | None = None,
    ) -> list[RecognizerResult]:
        return super().analyze(text, entities, nlp_artifacts, regex_flags) if "." in text else []


class SharedDocs(NlpEngine):
    """Tells Presidio which words carry meaning; it never parses, since every analysis is handed its Doc."""

    def __init__(self, nlp: Language, language: str) -> None:
        self.nlp, self.language = nlp, language

    def load(self) -> None:
        """Nothing: the pipeline is loaded."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        return self.artifacts(self.nlp(text))

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **_: object
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        return self.nlp.vocab[word].is_stop if word else False

    def is_punct(self, word: str, language: str) -> bool:
        return self.nlp.vocab[word].is_punct if word else False

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return [self.language]

    def artifacts(self, doc: Doc) -> NlpArtifacts:
        lemmas = [token.lemma_ or token.lower_ for token in doc]
        return NlpArtifacts(
            entities=[],
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=lemmas,
            nlp_engine=self,
            language=self.language,
        )


class Detector:
    """Finds every type of personal detail in one text at a time. Deterministic; holds no text between calls."""

    def __init__(self, nlp: Language, language: str) -> None:
        self._docs = SharedDocs(nlp, language)
        self._language = language
        self._ordinary = dictionary(nlp)
        registry = RecognizerRegistry(recognizers=_recognizers(language), supported_languages=[language])
        self._engine = AnalyzerEngine(
            registry=registry,
            nlp_engine=self._docs,
            supported_languages=[language],
            default_score_threshold=THRESHOLD,
        )

    def detect(self, doc: Doc, *, previous: str = "") -> list[Detection]:
        """``previous`` is what was said just before: a bare number is explained by the question it answers."""
        text = doc.text
        addresses = list(find_addresses(text, previous))
        return [
            *self._by_presidio(doc, previous),
            *find_numbers(text, previous),
            *find_phrases(text, previous),
            *find_spelled(text, previous),
            *find_dates(text, previous),
            *find_titles(text),
            *find_organisations(text),
            *find_entities(doc),
            *self._by_name(doc),
            *addresses,
            *find_addressees(text, addresses),
        ]

    def _by_name(self, doc: Doc) -> Iterator[Detection]:
        """Persons and places that are known by name."""
        if self._ordinary is None:
            yield from find_full_names(doc.text)
        else:
            yield from Names(self._ordinary).find(doc)
            yield from find_places(doc, self._ordinary)

    def _by_presidio(self, doc: Doc, previous: str) -> list[Detection]:
        if not any(char.isdecimal() or char in "@." for char in doc.text):
            return []
        results: Sequence[RecognizerResult] = self._engine.analyze(
            doc.text, self._language, nlp_artifacts=self._docs.artifacts(doc), context=previous.lower().split()[-30:]
        )
        return [
            Detection(type=result.entity_type, begin=result.start, end=result.end, score=result.score)
            for result in results
            if result.entity_type in TOKENS
        ]


def _recognizers(language: str) -> list[EntityRecognizer]:
    """Cards are left out: our own reading of numbers finds more of them."""
    regions = REGIONS.get(language, ("US", "GB", "CA", "AU", "IN", "IE"))
    return [
        OfflineEmailRecognizer(supported_language=language),
        SparingPhoneRecognizer(supported_language=language, supported_regions=regions),
        SparingUrlRecognizer(supported_language=language),
        *(
            getattr(known, name)(supported_language=language)
            for name in ("IbanRecognizer", "IpRecognizer", "CryptoRecognizer", *COUNTRY.get(language, ()))
        ),
    ]
