"""The documents keep up with the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from data.errors import all_errors
from data.types import Role, Turn
from nlp.metrics import conversation_metrics
from service.cli import main
from service.settings import PREFIX, Settings

DOCS = Path(__file__).parents[1] / "docs"


def _commands(command: click.Command, name: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from _commands(found, f"{name} {child}")
    else:
        yield name


@pytest.mark.parametrize("code", sorted({error.code for error in all_errors()}))
def test_every_error_code_is_documented(code: str) -> None:
    assert f"`{code}`" in (DOCS / "errors.md").read_text()


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in all_errors()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in (DOCS / "settings.md").read_text()


@pytest.mark.parametrize("command", sorted(_commands(main, "reasonance")))
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in (DOCS / "commands.md").read_text()


def test_every_conversation_measure_is_in_the_glossary() -> None:
    spoken = [
        Turn(position=at, role=role, text="so it is", begin_ms=1000 * at, end_ms=1000 * at + 900)
        for at, role in enumerate((Role.AGENT, Role.CUSTOMER))
    ]
    glossary = (DOCS / "glossary.md").read_text()
    names = {name.partition(".")[0] for name in conversation_metrics(spoken, duration_s=9)}
    assert not [name for name in names if f"`{name}`" not in glossary]


def test_every_link_between_documents_leads_somewhere() -> None:
    import re

    for page in [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
