"""The command line: one group whose commands are imported when they run, so that ``--help`` answers at once."""

from __future__ import annotations

import sys

from service.cli.group import cli, explain


def main() -> None:
    """Runs the command in ``sys.argv``; a failure is one line ``code: message`` on standard error."""
    sys.exit(explain(cli))
