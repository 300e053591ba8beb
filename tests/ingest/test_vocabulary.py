"""A vocabulary comes in as a table or as a plain list; what is no name is refused by its row."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import TableColumnMissing, VocabularyInvalid
from data.types import Refusal, VocabularyEntry
from ingest.vocabulary import MAX_CHARS, read_vocabulary, vocabulary_entry


def test_a_table_names_kind_variants_and_language(tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("Term,Type,Sounds like,lang\nReasonance,Product,reason ants| reasonings ,en\nGdańsk,place,,\n")
    assert list(read_vocabulary(file)) == [
        VocabularyEntry(phrase="Reasonance", kind="product", spoken=("reason ants", "reasonings"), language="en"),
        VocabularyEntry(phrase="Gdańsk", kind="place"),
    ]


def test_json_lines_hold_variants_as_a_list(tmp_path: Path) -> None:
    file = tmp_path / "names.jsonl"
    file.write_text('{"phrase": "Kibrex", "spoken": ["kid breaks"]}\n')
    assert list(read_vocabulary(file)) == [VocabularyEntry(phrase="Kibrex", spoken=("kid breaks",))]


def test_a_plain_text_holds_a_name_each_line(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("Reasonance\n\n  Wilkes-Barre  \n")
    assert [one.phrase for one in read_vocabulary(file) if isinstance(one, VocabularyEntry)] == [
        "Reasonance",
        "Wilkes-Barre",
    ]


def test_what_is_no_name_is_refused_and_the_others_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("phrase,kind\n12345,product\nReasonance,planet\nKibrex,product\n")
    refused, other, taken = read_vocabulary(file)
    assert isinstance(refused, Refusal)
    assert isinstance(other, Refusal)
    assert [(one.row, one.code) for one in (refused, other)] == [(1, "vocabulary.invalid"), (2, "vocabulary.invalid")]
    assert taken == VocabularyEntry(phrase="Kibrex", kind="product")


def test_a_table_without_phrases_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("colour,size\nred,1\n")
    with pytest.raises(TableColumnMissing):
        list(read_vocabulary(file))


@pytest.mark.parametrize("phrase", ["", "   ", "123", "x" * (MAX_CHARS + 1), "a\x00b"])
def test_a_name_has_a_letter_and_an_end(phrase: str) -> None:
    with pytest.raises(VocabularyInvalid):
        vocabulary_entry(phrase)
