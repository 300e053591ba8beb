"""``reasonance evaluate``: figures on labelled data, ours and a peer's in one run; the contract is docs/evaluate.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from service import settings
from service.evaluate.harness import in_child, say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TEXT = click.option("--text", "text_column", required=True, help="The column with the text.")
LABEL = click.option("--label", "label_column", required=True, help="The column with the true reason.")
BERTOPIC = click.option("--baseline", is_flag=False, flag_value="bertopic", type=click.Choice(["bertopic"]))


@click.group()
def evaluate() -> None:
    """Measure quality and speed on labelled data. The last line of output is one JSON object."""


@evaluate.command()
@click.argument("manifest", type=FILE)
@click.option("--language", help="Decode in this language instead of detecting it.")
@click.option("--model", help="A model's name or path; the setting's by default.")
@click.option("--vocabulary", type=FILE, help="Names to put right: a table as for 'vocabulary import', or a list.")
@click.option("--baseline", is_flag=False, flag_value="faster-whisper", type=click.Choice(["faster-whisper"]))
def asr(manifest: Path, language: str | None, model: str | None, vocabulary: Path | None, baseline: str | None) -> None:
    """Word error and speed of transcription. A manifest line is {file, lang, text}."""
    names = str(vocabulary) if vocabulary else None
    _report("asr", {**_recordings(manifest, model), "language": language, "vocabulary": names}, baseline)


@evaluate.command()
@click.argument("manifest", type=FILE)
@click.option("--mix", is_flag=True, help="Mix the channels to one first, so that voices have to be told apart.")
@click.option("--use-map", is_flag=True, help="Believe the manifest's channel_map as a source's own.")
@click.option("--model", help="A model's name or path; the setting's by default.")
def roles(manifest: Path, mix: bool, use_map: bool, model: str | None) -> None:
    """Whether speech has the right role. A manifest line is {file, turns: [{role, start_s, end_s}], channel_map}."""
    _report("roles", {**_recordings(manifest, model), "mix": mix, "use_map": use_map}, None)


def _recordings(manifest: Path, model: str | None) -> dict[str, Any]:
    options = settings.load()
    return {
        "manifest": str(manifest),
        "model": model or options.asr_model,
        "model_dir": str(options.model_dir),
        "device": options.asr_device,
        "compute_type": options.asr_compute_type,
        "threads": options.threads,
    }


@evaluate.command()
@click.argument("file", type=FILE)
@TEXT
@LABEL
@BERTOPIC
def reasons(file: Path, text_column: str, label_column: str, baseline: str | None) -> None:
    """How well discovered reasons agree with labelled ones."""
    arguments = {
        "file": str(file),
        "text_column": text_column,
        "label_column": label_column,
        **_embedder(),
    }
    _report("reasons", arguments, baseline)


@evaluate.command()
@click.option(
    "--train", required=True, type=FILE, help="Contacts that are known; a label is used only where it counts."
)
@click.option("--test", required=True, type=FILE, help="New contacts, whose labels only judge.")
@TEXT
@LABEL
@click.option("--shots", default="0,1,5,10", show_default=True, help="Corrections of each reason.")
@click.option("--out-of-scope", type=FILE, help="Texts of no reason at all.")
def assign(train: Path, test: Path, text_column: str, label_column: str, shots: str, out_of_scope: Path | None) -> None:
    """How well new contacts get their reason, by the number of corrections, and whether confidence can be believed."""
    arguments = {
        "train": str(train),
        "test": str(test),
        "text_column": text_column,
        "label_column": label_column,
        "shots": _counts(shots),
        "out_of_scope": str(out_of_scope) if out_of_scope else None,
        **_embedder(),
    }
    _report("assign", arguments, None)


def _counts(shots: str) -> list[int]:
    try:
        counts = [int(count) for count in shots.split(",")]
    except ValueError:
        raise click.BadParameter("numbers with commas between, as in 0,1,5,10", param_hint="--shots") from None
    if min(counts) < 0:
        raise click.BadParameter("no number below 0", param_hint="--shots")
    return counts


@evaluate.command()
@click.argument("file", type=FILE)
@click.option("--dialogue", required=True, help="The column that tells dialogues apart.")
@click.option("--text", required=True, help="The column with what is said; a row is a turn.")
@click.option("--label", required=True, help="The column with the reasons that a turn states; empty for none.")
@click.option("--role", help="The column that says who speaks; without it, every turn is the customer's.")
@click.option("--between", default=",", show_default=True, help="What stands between several labels of a turn.")
@click.option("--none", default="none", show_default=True, help="Labels that are no reason, with commas between.")
@click.option("--unsure", default="", help="Labels of turns that count neither for nor against.")
@click.option("--channel", type=click.Choice(["voice", "chat"]), default="chat", show_default=True)
@click.option("--language", default="en", show_default=True)
@click.option("--split", type=click.Choice(["heldout", "all"]), default="all", show_default=True)
def issue(**options: Any) -> None:
    """Whether the statements taken for reasons lie in turns that state one. Two simple ways stand under baseline."""
    figures = in_child("service.evaluate.issue:ours", {**options, "file": str(options["file"])})
    click.echo(json.dumps(figures))


@evaluate.command()
@click.argument("file", type=FILE)
@TEXT
@click.option("--label", "label_column", help="The column with the true reason, whose words names are compared with.")
@BERTOPIC
def names(file: Path, text_column: str, label_column: str | None, baseline: str | None) -> None:
    """How well the names of discovered reasons say what they are: whether each finds its own members again."""
    arguments = {
        "file": str(file),
        "text_column": text_column,
        "label_column": label_column,
        **_embedder(),
    }
    _report("names", arguments, baseline)


@evaluate.command()
@click.argument("file", type=FILE)
@TEXT
def embedding(file: Path, text_column: str) -> None:
    """Speed of embedding, and the cosine to the same model computed in float32."""
    arguments = {
        "file": str(file),
        "text_column": text_column,
        **_embedder(),
    }
    _report("embedding", arguments, None)


@evaluate.command()
@click.argument("file", type=FILE)
@TEXT
@click.option("--label", "label_column", required=True, help="negative, neutral, positive, or a number in −1…+1.")
@click.option("--split", type=click.Choice(["heldout", "all"]), default="all", show_default=True)
@click.option("--baseline", is_flag=False, flag_value="vader", type=click.Choice(["vader"]))
def sentiment(file: Path, text_column: str, label_column: str, split: str, baseline: str | None) -> None:
    """Macro-F1 of sentiment in three classes, and texts a second."""
    arguments = {
        "file": str(file),
        "text_column": text_column,
        "label_column": label_column,
        "split": split,
        **_embedder(),
    }
    _report("sentiment", arguments, baseline)


@evaluate.command()
@click.argument("file", type=FILE, required=False)
@click.option("--policy", type=click.Choice(["all", "default"]), default="all", show_default=True)
@click.option("--language", help="Read in this language instead of detecting each text's.")
@click.option(
    "--spoken", type=click.IntRange(min=1), help="Instead of FILE: so many made-up conversations of each kind."
)
@click.option("--seed", default=7, show_default=True, help="What conversations are made up of.")
@click.option("--baseline", is_flag=False, flag_value="presidio", type=click.Choice(["presidio"]))
def redaction(file: Path | None, baseline: str | None, **asked: Any) -> None:
    """Recall and precision of masking. A line of FILE is {text, spans: [{start, end, type}]}."""
    if (file is None) == (asked["spoken"] is None):
        raise click.UsageError("Give a FILE, or --spoken and a number.")
    options = settings.load()
    where = {"spacy_model": options.spacy_model, "model_dir": str(options.model_dir)}
    if file is not None:
        _report("redaction", {**asked, **where, "file": str(file)}, baseline)
    else:
        _report("redaction", {**asked, **where}, baseline, sides=("spoken", "spoken_baseline"))


@evaluate.command()
@click.argument("file", type=FILE)
@TEXT
@click.option("--label", "label_column", help="The column with the true reason: then agreement is told, too.")
def stability(file: Path, text_column: str, label_column: str | None) -> None:
    """Whether contacts keep their reason while a corpus grows and is discovered again and again."""
    arguments = {
        "file": str(file),
        "text_column": text_column,
        "label_column": label_column,
        **_embedder(),
    }
    click.echo(json.dumps(in_child("service.evaluate.stability:ours", arguments)))


@evaluate.command()
@click.option("--interactions", type=click.IntRange(min=1000), default=100_000, show_default=True)
@click.option("--planted", is_flag=True, help="Instead: are true rises found, and only those, in simulated tenants?")
def trends(interactions: int, planted: bool) -> None:
    """Speed of any two-dimension weekly trend, in a throwaway database; or, --planted, whether rises are found."""
    if planted:
        figures = in_child("service.evaluate.planted:ours", {})
    else:
        figures = in_child("service.evaluate.trends:ours", {"interactions": interactions})
    click.echo(json.dumps({**figures, "baseline": None}))


@evaluate.command()
@click.option("--segments", type=click.IntRange(min=1000), default=1_000_000, show_default=True, help="Turns.")
@click.option("--growth", is_flag=True, help="Also 10,000 and 100,000 turns.")
@click.option("--sentences", type=FILE, help="What is said: a sentence a line; made-up contacts by default.")
def search(segments: int, growth: bool, sentences: Path | None) -> None:
    """Speed of search over many turns, in a throwaway database."""
    arguments = {"segments": segments, "growth": growth, "sentences": str(sentences) if sentences else None}
    _report("search", {**arguments, **_embedder()}, None)


@evaluate.command()
@click.option("--interactions", type=click.IntRange(min=100), default=100_000, show_default=True)
@click.option("--turns", type=click.IntRange(1, 200), default=20, show_default=True, help="Of each.")
@click.option(
    "--checked", type=click.IntRange(min=1), default=1000, show_default=True, help="Contacts asked one by one."
)
def categories(interactions: int, turns: int, checked: int) -> None:
    """Speed of applying categories to all history, and whether contacts one by one give the same."""
    arguments = {"interactions": interactions, "turns": turns, "checked": checked}
    _report("categories", arguments, None)


@evaluate.command()
@click.argument("file", type=FILE)
@TEXT
@click.option("--texts", type=click.IntRange(min=30), default=100_000, show_default=True, help="How many to make.")
def discovery(file: Path, text_column: str, texts: int) -> None:
    """Time and memory of discovery in many texts, made from a file's."""
    arguments = {
        "file": str(file),
        "text_column": text_column,
        "texts": texts,
        **_embedder(),
    }
    click.echo(json.dumps(in_child("service.evaluate.discovery:ours", arguments)))


@evaluate.command()
@click.option("--files", type=click.IntRange(min=10), default=1000, show_default=True, help="Short calls.")
@click.option("--hours", type=click.FloatRange(min=0.01), default=6.0, show_default=True, help="Of the long call.")
@click.option("--model", default="tiny.en", show_default=True, help="A speech model's name or path.")
def memory(files: int, hours: float, model: str) -> None:
    """What a worker and its child hold over many calls, and over a long one; in a throwaway database."""
    options = settings.load()
    arguments = {
        "files": files,
        "hours": hours,
        "model": model,
        "model_dir": str(options.model_dir),
        "threads": options.threads,
    }
    click.echo(json.dumps(in_child("service.evaluate.memory:ours", arguments)))


def _embedder() -> dict[str, Any]:
    options = settings.load()
    return {"embedder": options.embedder, "model_dir": str(options.model_dir), "threads": options.threads}


def _report(
    task: str, arguments: dict[str, Any], baseline: str | None, sides: tuple[str, str] = ("ours", "baseline")
) -> None:
    figures = in_child(f"service.evaluate.{task}:{sides[0]}", arguments)
    peer = None
    if baseline is not None:
        say(f"baseline {baseline} …")
        peer = in_child(f"service.evaluate.{task}:{sides[1]}", arguments)
    click.echo(json.dumps({**figures, "baseline": peer}))
