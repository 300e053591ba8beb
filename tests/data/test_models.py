"""F12: a model that is missing, truncated or other than pinned is named as such, and nothing is fetched."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from data.errors import ModelCorrupt, ModelMissing
from data.models import MODELS, STAMP, Model, Source, Weight, assemble, resolve, verify

HEAD, TAIL = b"first part, ", b"second part"


def weight(path: str, content: bytes) -> Weight:
    return Weight(path=path, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installed packages as an import would find them; importing one fails the test."""
    site = tmp_path / "site"
    for package, files in {
        "fake_base_1": {"data/model.bin.part1": HEAD},
        "fake_base_2": {"data/model.bin.part2": TAIL, "data/config.json": b"{}"},
        "fake_tree": {"model/tok/model": b"tok", "model/meta.json": b"{}", "model/__pycache__/x.pyc": b"junk"},
    }.items():
        (site / package).mkdir(parents=True)
        (site / package / "__init__.py").write_text("raise AssertionError('imported')")
        for path, content in files.items():
            (site / package / path).parent.mkdir(parents=True, exist_ok=True)
            (site / package / path).write_bytes(content)
    monkeypatch.syspath_prepend(site)
    return site


@pytest.fixture
def catalogue(packages: Path) -> Mapping[str, Model]:
    joined = (
        Source(package="fake_base_1", path="data/model.bin.part1", target="model.bin"),
        Source(package="fake_base_2", path="data/model.bin.part2", target="model.bin"),
        Source(package="fake_base_2", path="data/config.json", target="config.json"),
    )
    tree = (Source(package="fake_tree", path="model"),)
    return {
        "joined": Model(
            name="joined", purpose="p", licence="MIT", sources=joined, weights=(weight("model.bin", HEAD + TAIL),)
        ),
        "tree": Model(name="tree", purpose="p", licence="MIT", sources=tree, weights=(weight("tok/model", b"tok"),)),
    }


def states(folder: Path, catalogue: Mapping[str, Model], *, full: bool = True) -> dict[str, str]:
    return {status.name: status.state for status in verify(folder, full=full, catalogue=catalogue)}


def test_assembly_joins_parts_and_takes_folders_without_importing(
    tmp_path: Path, catalogue: Mapping[str, Model]
) -> None:
    told: list[tuple[str, int, int]] = []
    assemble(tmp_path / "m", progress=lambda *seen: told.append(seen), catalogue=catalogue)
    assert (tmp_path / "m/joined/model.bin").read_bytes() == HEAD + TAIL
    assert (tmp_path / "m/joined/config.json").read_bytes() == b"{}"
    assert (tmp_path / "m/tree/tok/model").read_bytes() == b"tok"
    assert not (tmp_path / "m/tree/__pycache__").exists()
    assert states(tmp_path / "m", catalogue) == {"joined": "ok", "tree": "ok"}
    assert told[2] == ("joined", 25, 25)
    assert "fake_tree" not in sys.modules


def test_joining_leaves_the_package_as_it_was(tmp_path: Path, packages: Path, catalogue: Mapping[str, Model]) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    assert (packages / "fake_base_1/data/model.bin.part1").read_bytes() == HEAD


def test_assembling_again_does_nothing(tmp_path: Path, catalogue: Mapping[str, Model]) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    before = (tmp_path / "m/joined").stat().st_ino
    assemble(tmp_path / "m", catalogue=catalogue)
    assert (tmp_path / "m/joined").stat().st_ino == before
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == ["joined", "tree"]


def test_f12_a_missing_model_is_said_to_be_missing(tmp_path: Path, catalogue: Mapping[str, Model]) -> None:
    assemble(tmp_path / "m", ["tree"], catalogue=catalogue)
    assert states(tmp_path / "m", catalogue) == {"joined": "missing", "tree": "ok"}
    with pytest.raises(ModelMissing):
        resolve("joined", tmp_path / "m", catalogue=catalogue)


def test_f12_a_missing_package_is_named(tmp_path: Path, catalogue: Mapping[str, Model]) -> None:
    absent = Model(
        name="absent",
        purpose="p",
        licence="MIT",
        sources=(Source(package="fake_absent", path="model"),),
        weights=(weight("model", b""),),
    )
    with pytest.raises(ModelMissing, match="fake_absent is not installed"):
        assemble(tmp_path / "m", catalogue={"absent": absent})
    assert list((tmp_path / "m").iterdir()) == []


@pytest.mark.parametrize("content", [(HEAD + TAIL)[:-1], b"", HEAD + TAIL + b"!"], ids=["cut", "empty", "longer"])
def test_f12_a_truncated_model_is_found_without_reading_it(
    tmp_path: Path, catalogue: Mapping[str, Model], content: bytes
) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    (tmp_path / "m/joined/model.bin").write_bytes(content)
    assert states(tmp_path / "m", catalogue, full=False)["joined"] == "corrupt"
    with pytest.raises(ModelCorrupt):
        resolve("joined", tmp_path / "m", catalogue=catalogue)


def test_f12_other_bytes_of_the_same_size_are_found(tmp_path: Path, catalogue: Mapping[str, Model]) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    (tmp_path / "m/joined/model.bin").write_bytes((HEAD + TAIL).upper())
    assert states(tmp_path / "m", catalogue, full=False)["joined"] == "corrupt"


def test_f12_bytes_that_rot_in_silence_are_found_by_a_full_reading(
    tmp_path: Path, catalogue: Mapping[str, Model]
) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    model = tmp_path / "m/joined/model.bin"
    stat = model.stat()
    model.write_bytes((HEAD + TAIL).upper())
    os.utime(model, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert states(tmp_path / "m", catalogue, full=False)["joined"] == "ok"
    assert states(tmp_path / "m", catalogue, full=True)["joined"] == "corrupt"


@pytest.mark.parametrize("lost", ["config.json", STAMP])
def test_f12_a_lost_companion_file_makes_a_model_corrupt(
    tmp_path: Path, catalogue: Mapping[str, Model], lost: str
) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    (tmp_path / "m/joined" / lost).unlink()
    assert states(tmp_path / "m", catalogue, full=False)["joined"] == "corrupt"


def test_f12_assembly_puts_a_damaged_model_right(tmp_path: Path, catalogue: Mapping[str, Model]) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    (tmp_path / "m/joined/model.bin").write_bytes(b"junk")
    (tmp_path / "m/joined" / STAMP).write_text("[not a stamp")
    (tmp_path / "m/tree/tok/model").write_bytes(b"junk")
    assert [status.state for status in assemble(tmp_path / "m", catalogue=catalogue)] == ["ok", "ok"]
    assert (tmp_path / "m/joined/model.bin").read_bytes() == HEAD + TAIL


def test_f12_a_package_with_other_weights_is_refused_and_leaves_nothing(
    tmp_path: Path, packages: Path, catalogue: Mapping[str, Model]
) -> None:
    (packages / "fake_base_2/data/model.bin.part2").write_bytes(TAIL.upper())
    with pytest.raises(ModelCorrupt, match="fake_base_1"):
        assemble(tmp_path / "m", ["joined"], catalogue=catalogue)
    assert list((tmp_path / "m").iterdir()) == []


def test_a_copied_folder_is_read_once_and_then_trusted(tmp_path: Path, catalogue: Mapping[str, Model]) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    stamp = tmp_path / "m/joined" / STAMP
    before = stamp.read_bytes()
    os.utime(tmp_path / "m/joined/model.bin", ns=(1, 1))
    assert states(tmp_path / "m", catalogue, full=False)["joined"] == "ok"
    assert stamp.read_bytes() != before


def test_resolve_prefers_bundled_names_then_paths_then_leaves_names_alone(
    tmp_path: Path, catalogue: Mapping[str, Model]
) -> None:
    assemble(tmp_path / "m", catalogue=catalogue)
    assert resolve("tree", tmp_path / "m", catalogue=catalogue) == tmp_path / "m/tree"
    assert resolve(str(tmp_path), tmp_path / "m", catalogue=catalogue) == tmp_path
    assert resolve("org/some-model", tmp_path / "m", catalogue=catalogue) == "org/some-model"
    with pytest.raises(ModelMissing):
        resolve(str(tmp_path / "nowhere"), tmp_path / "m", catalogue=catalogue)


def test_a_name_that_is_not_bundled_is_not_assembled(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="bundled are base"):
        assemble(tmp_path, ["large-v3"])


def test_the_catalogue_pins_every_model_with_a_licence() -> None:
    assert list(MODELS) == [
        "base",
        "tiny.en",
        "all-MiniLM-L6-v2",
        "universal-sentence-encoder-v3",
        "en_core_web_sm",
        "resemblyzer",
    ]
    for model in MODELS.values():
        assert model.licence
        assert model.weights
        assert all(len(weight.sha256) == 64 and weight.bytes > 0 for weight in model.weights)


def test_an_optional_model_whose_package_is_not_installed_is_left_out_unless_it_is_named(tmp_path: Path) -> None:
    weight = Weight(path="w", bytes=1, sha256="0" * 64)
    model = Model(
        name="extra",
        purpose="",
        licence="MIT",
        sources=(Source(package="not_installed_anywhere", path="w", target="w"),),
        weights=(weight,),
        optional=True,
    )
    (status,) = assemble(tmp_path, catalogue={"extra": model})
    assert status.state == "missing"
    with pytest.raises(ModelMissing, match="not_installed_anywhere"):
        assemble(tmp_path, ["extra"], catalogue={"extra": model})
