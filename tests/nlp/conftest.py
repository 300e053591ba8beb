"""The English pipeline, loaded once for all tests of the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp import LanguagePipeline, load_language


@pytest.fixture(scope="session")
def english(model_dir: Path) -> LanguagePipeline:
    return load_language("en", model_dir / "en_core_web_sm")


@pytest.fixture(scope="session")
def german() -> LanguagePipeline:
    return load_language("de", None)
