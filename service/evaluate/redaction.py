"""``evaluate redaction``: how much of what is personal is masked, and how much else; ours and Presidio's.

Counted in characters of the text as it came, so that a mask that is too short or too wide counts as what it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from data.errors import TableRowInvalid
from service.evaluate.harness import read_records, say
from service.evaluate.scores_redaction import TYPES, Case, Labelled, hidden, scores, share
from service.evaluate.spoken import Kind, Spoken, conversations

if TYPE_CHECKING:
    from nlp import LanguagePipeline

Masker = Callable[[str], Sequence[Labelled]]
"""What is masked in a text."""


def ours(**options: Any) -> dict[str, Any]:
    """The figures of the pipeline's own redaction: each text is a contact of its own, in the language it is in."""
    from nlp.redaction.policy import ALL, DEFAULT

    policy = ALL if options["policy"] == "all" else DEFAULT
    pipelines = _Pipelines(options)

    def masked(text: str) -> list[Labelled]:
        found = pipelines.of(text).masks([text], policy=policy)[0]
        return [Labelled(type=one.type, begin=one.begin, end=one.end) for one in found]

    return _figures(masked, policy.masked, options)


def baseline(**options: Any) -> dict[str, Any]:
    """The same figures of plain Presidio with the same model; the policy ``all`` masks all that it finds."""
    from nlp.redaction.plain import PlainPresidio
    from nlp.redaction.policy import DEFAULT

    peer = PlainPresidio(_model(options))
    wanted = peer.types if options["policy"] == "all" else peer.types & DEFAULT.masked

    def masked(text: str) -> list[Labelled]:
        return [Labelled(type=one.type, begin=one.begin, end=one.end) for one in peer.find(text) if one.type in wanted]

    return _figures(masked, wanted, options)


def spoken(**options: Any) -> dict[str, Any]:
    """Of made-up conversations: the share of numbers and addresses said aloud that are masked whole, in every turn;
    and of what only looks like one, the share in which a card is seen."""
    pipelines = _Pipelines(options)

    def masked(one: Spoken) -> list[list[Labelled]]:
        speakers = [turn.role for turn in one.turns]
        found = pipelines.speaking(one.language).masks([turn.text for turn in one.turns], speakers=speakers)
        return [[Labelled(type=mask.type, begin=mask.begin, end=mask.end) for mask in some] for some in found]

    return _spoken_figures(masked, options)


def spoken_baseline(**options: Any) -> dict[str, Any]:
    """The same of plain Presidio, turn by turn."""
    from nlp.redaction.plain import PlainPresidio

    peer = PlainPresidio(_model(options))
    return _spoken_figures(
        lambda one: [
            [Labelled(type=found.type, begin=found.begin, end=found.end) for found in peer.find(turn.text)]
            for turn in one.turns
        ],
        options,
    )


def _spoken_figures(masker: Callable[[Spoken], list[list[Labelled]]], options: dict[str, Any]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for kind in get_args(Kind):
        say(f"{options['spoken']} of {kind} …")
        cases = [(one, masker(one)) for one in conversations(kind, options["spoken"], seed=options["seed"])]
        if kind == "lookalike":
            figures[kind] = {
                "n": len(cases),
                "as_card_share": share([any(one.type == "CREDIT_CARD" for one in _flat(found)) for _, found in cases]),
                "masked_share": share([bool(_flat(found)) for _, found in cases]),
            }
        else:
            hits = [_all_hidden(one, found) for one, found in cases]
            figures[kind] = {"n": len(cases), "recall": share(hits)}
    return {**figures, "seed": options["seed"]}


def _all_hidden(one: Spoken, found: Sequence[Sequence[Labelled]]) -> bool:
    return all(
        hidden(Case(text=turn.text, gold=(), masked=masked), Labelled(type="", begin=begin, end=end))
        for turn, masked in zip(one.turns, found, strict=True)
        for begin, end in turn.secrets
    )


def _flat(found: Sequence[Sequence[Labelled]]) -> list[Labelled]:
    return [one for some in found for one in some]


class _Pipelines:
    """A pipeline for each language met, as a worker has them."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._loaded: dict[str, LanguagePipeline] = {}

    def of(self, text: str) -> LanguagePipeline:
        from nlp.language import detect

        return self.speaking(self._options["language"] or detect(text))

    def speaking(self, code: str) -> LanguagePipeline:
        from nlp import load_language

        if code not in self._loaded:
            self._loaded[code] = load_language(code, _model(self._options) if code == "en" else None)
        return self._loaded[code]


def _model(options: dict[str, Any]) -> Path | str:
    from data.models import resolve

    return resolve(options["spacy_model"], Path(options["model_dir"]))


def _figures(masker: Masker, known: frozenset[str], options: dict[str, Any]) -> dict[str, Any]:
    rows = list(_rows(Path(options["file"])))
    say(f"{len(rows)} texts …")
    for text, _ in rows[:1]:
        masker(text)  # the first text loads models
    begin = time.perf_counter()
    found = [masker(text) for text, _ in rows]
    seconds = time.perf_counter() - begin
    cases = [Case(text=text, gold=gold, masked=masked) for (text, gold), masked in zip(rows, found, strict=True)]
    return {
        **scores(cases, known=known),
        "n": len(rows),
        "texts_per_s": round(len(rows) / seconds, 1) if rows else None,
        "types": dict(TYPES),
    }


def _rows(path: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """Raises TableUnreadable, TableColumnMissing, TableRowInvalid (permanent)."""
    for number, record in enumerate(read_records(path, ["text", "spans"]), start=1):
        text = str(record["text"])
        try:
            gold = [_label(span, len(text)) for span in record["spans"]]
        except (KeyError, TypeError, ValueError) as error:
            raise TableRowInvalid(f"row {number}: a span is {{start, end, type}}, within its text") from error
        yield text, gold


def _label(span: dict[str, Any], length: int) -> Labelled:
    begin, end = int(span["start"]), int(span["end"])
    if not 0 <= begin < end <= length:
        raise ValueError
    return Labelled(type=str(span["type"]), begin=begin, end=end)
