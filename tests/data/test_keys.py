from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.errors import MasterKeyMissing, SettingsInvalid, StorageCorrupt
from data.keys import MasterKey, load, load_or_create


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "config" / "master.key"
    key = load_or_create(path, data_dir=tmp_path / "data")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create(path, data_dir=tmp_path / "data").fingerprint == key.fingerprint


def test_processes_that_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_or_create(tmp_path / "k", data_dir=tmp_path / "data"), range(16)))
    assert len({key.fingerprint for key in keys}) == 1


def test_a_lost_key_is_not_made_anew(tmp_path: Path) -> None:
    load_or_create(tmp_path / "k", data_dir=tmp_path / "data")
    (tmp_path / "k").unlink()
    with pytest.raises(MasterKeyMissing, match="is gone"):
        load_or_create(tmp_path / "k", data_dir=tmp_path / "data")


def test_another_key_than_before_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path / "k", data_dir=tmp_path / "data")
    load_or_create(tmp_path / "other", data_dir=tmp_path / "elsewhere")
    with pytest.raises(MasterKeyMissing, match="another key"):
        load_or_create(tmp_path / "other", data_dir=tmp_path / "data")


def test_the_key_may_not_lie_beside_what_it_opens(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid):
        load_or_create(tmp_path / "data" / "k", data_dir=tmp_path / "data")


@pytest.mark.parametrize("content", ["", "hello", "reasonance-master-key-1:AAAA\n", "reasonance-master-key-1:%%\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "k"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(MasterKeyMissing):
        load(path)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path / "k", data_dir=tmp_path / "data")
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(MasterKeyMissing, match="other users"):
        load(tmp_path / "k")


def test_a_wrapped_key_opens_only_where_it_was_wrapped(master_key: MasterKey) -> None:
    wrapped = master_key.wrap(b"x" * 32, "a")
    assert master_key.unwrap(wrapped, "a") == b"x" * 32
    for key, context in ((master_key, "b"), (MasterKey(b"y" * 32), "a")):
        with pytest.raises(StorageCorrupt):
            key.unwrap(wrapped, context)


def test_equal_values_of_two_tenants_have_nothing_in_common(master_key: MasterKey) -> None:
    a, b = master_key.tenant("a"), master_key.tenant("b")
    assert a.content_id(b"x") == master_key.tenant("a").content_id(b"x") != b.content_id(b"x")
    assert a.lookup("email", "x") not in (b.lookup("email", "x"), a.lookup("phone", "x"))
    with pytest.raises(StorageCorrupt):
        b.open(a.seal(b"x", "c"), "c")


def test_a_key_shows_nothing_of_itself(master_key: MasterKey) -> None:
    assert repr(bytes(range(32)))[2:20] not in repr(master_key)
