"""Presidio as it comes, to be measured against: its own recognisers, its own reading of the same spaCy model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nlp.redaction.detection import Detection, merged
from nlp.text import vocabulary

IGNORED = vocabulary("CARDINAL EVENT LANGUAGE LAW MONEY ORDINAL PERCENT PRODUCT QUANTITY WORK_OF_ART")


class PlainPresidio:
    """Presidio's analyzer for English with all that it has switched on, organisations too. Reaches no network."""

    def __init__(self, model: str | Path) -> None:
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import NlpEngineProvider

        from nlp.redaction.engine import OfflineEmailRecognizer

        registry = RecognizerRegistry()
        engine = NlpEngineProvider(nlp_configuration=_configuration(model)).create_engine()
        registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
        registry.remove_recognizer("EmailRecognizer")
        registry.add_recognizer(OfflineEmailRecognizer())
        self._engine = AnalyzerEngine(registry=registry, nlp_engine=engine)
        self.types = frozenset(self._engine.get_supported_entities("en"))

    def find(self, text: str) -> list[Detection]:
        """What it would mask, without overlaps."""
        return merged(
            Detection(type=one.entity_type, begin=one.start, end=one.end, score=one.score)
            for one in self._engine.analyze(text, language="en")
        )


def _configuration(model: str | Path) -> dict[str, Any]:
    """Its default one, but for the model, and with organisations, which it leaves out by default."""
    names = {
        "PERSON": "PERSON PER",
        "NRP": "NORP",
        "LOCATION": "FAC LOC GPE LOCATION",
        "ORGANIZATION": "ORG ORGANIZATION",
        "DATE_TIME": "DATE TIME",
    }
    return {
        "nlp_engine_name": "spacy",
        "models": [{"lang_code": "en", "model_name": str(model)}],
        "ner_model_configuration": {
            "model_to_presidio_entity_mapping": {one: kind for kind, some in names.items() for one in some.split()},
            "low_confidence_score_multiplier": 0.4,
            "low_score_entity_names": [],
            "labels_to_ignore": sorted(IGNORED),
        },
    }
