"""The command line: quick to answer, one line with a code for every failure, and nothing lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.cli import main
from service.cli.group import explain
from service.cli.show import printable
from service.serving import environment
from service.settings import Settings

Run = Callable[..., "tuple[int, str, str]"]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = explain(main, list(arguments))
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return command


def test_help_answers_within_half_a_second() -> None:
    command = [sys.executable, "-m", "service.cli", "--help"]
    subprocess.run(command, check=True, capture_output=True)
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    assert time.monotonic() - began < 0.5


def test_no_heavy_library_is_loaded_for_help() -> None:
    code = "import sys, service.cli; print([m for m in ('numpy', 'sqlalchemy', 'spacy', 'torch') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["no-such-command"], 2, "request.invalid"),
        (["ingest", "/no/such/file"], 2, "request.invalid"),
        (["ingest", ".", "--customer", "nobody"], 1, "input.customer_ref_invalid"),
        (["ingest", ".", "--map", "text"], 1, "input.metadata_invalid"),
        (["ingest", ".", "--tenant", "No Tenant"], 1, "tenant.invalid"),
        (["search", '"unbalanced'], 1, "query.invalid"),
        (["customer", "crm:nobody"], 1, "not_found"),
        (["customer", "nobody"], 1, "input.customer_ref_invalid"),
        (["keys", "revoke", "nothing"], 1, "not_found"),
        (["link"], 1, "service.not_running"),
        (["db", "start"], 1, "settings.invalid"),
        (["models", "verify", "nothing"], 1, "model.missing"),
    ],
)
def test_a_failure_is_one_line_with_a_code(
    run: Run, arguments: list[str], exit_code: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found, _, err = run(*arguments)
    assert (found, err.partition(":")[0]) == (exit_code, code)
    assert "Traceback" not in err


def test_a_fault_in_a_query_is_marked(run: Run) -> None:
    _, _, err = run("search", "refund AND (")
    assert err.splitlines() == ["query.invalid: " + err.partition(": ")[2].strip()]
    assert "refund AND (⟪⟫" in err
    assert "date>=⟪x⟫" in run("search", "refund date>=x")[2]


def test_a_query_is_said_back_in_words(run: Run) -> None:
    asked = ("search", "--explain", "customer:(cancel* NEAR/5 contract) channel:voice")
    said = "Contacts in which the customer says “cancel…” within 5 words of “contract”, by phone"
    assert run(*asked)[:2] == (0, said + "\n")
    assert json.loads(run(*asked, "--json")[1]) == {"explanation": said}


def test_an_unknown_setting_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REASONANCE_PROT", "80")
    code, _, err = run("db", "status")
    assert (code, err.partition(":")[0]) == (1, "settings.invalid")
    assert "REASONANCE_PROT" in err


@pytest.mark.parametrize(
    ("name", "content", "options", "code"),
    [
        ("empty.wav", b"", [], "audio.empty"),
        ("invoice.wav", b"%PDF-1.7 " + bytes(5000), [], "input.type_refused"),
        ("notes.csv", b"id,words\n1,my card was declined\n", ["--map", "text=body"], "table.column_missing"),
    ],
)
def test_bad_input_is_named_with_its_code_and_the_rest_is_taken(
    run: Run, tmp_path: Path, name: str, content: bytes, options: list[str], code: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / name).write_bytes(content)
    (folder / "note.txt").write_text("my card was declined again")
    found, out, err = run("ingest", str(folder), "--no-wait", *options)
    assert found == 0
    assert f"{code}: {name}" in err
    assert "accepted 1, joined 0, repeated 0, refused 1" in out
    alone, _, _ = run("ingest", str(folder / name), "--no-wait", *options)
    assert alone == 1


def test_ingest_tells_a_program_what_it_did(run: Run, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("my card was declined again")
    first = json.loads(run("ingest", str(note), "--no-wait", "--json")[1])
    second = json.loads(run("ingest", str(note), "--no-wait", "--json")[1])
    assert (first["accepted"], first["states"]) == (1, {"pending": 1})
    assert (second["accepted"], second["repeated"]) == (0, 1)
    assert first["ids"] == second["ids"]


def test_a_key_is_shown_once_listed_by_its_beginning_and_revoked(run: Run) -> None:
    made: dict[str, Any] = json.loads(run("keys", "create", "crm", "--json")[1])
    [listed] = json.loads(run("keys", "list", "--json")[1])
    assert made["key"].startswith(listed["key"].rstrip("…"))
    assert made["key"] not in run("keys", "list")[1]
    assert run("keys", "revoke", made["id"])[0] == 0
    assert json.loads(run("keys", "list", "--json")[1])[0]["revoked"]


def test_f39_a_transcript_cannot_steer_the_terminal() -> None:
    assert printable("\x1b[31mred\x07\r\u202e") == " [31mred   "
