"""The group of all commands, loaded one by one, and what a failure looks like."""

from __future__ import annotations

import importlib
import logging
import sys
from importlib.metadata import version
from typing import Any, NoReturn

import click

from data.errors import ReasonanceError

COMMANDS = {
    "ingest": ("service.cli.ingest", "Take in calls, mails, notes and survey answers, and analyse them."),
    "discover": ("service.cli.ask", "Find the reasons behind all contacts anew."),
    "reasons": ("service.cli.reasons", "List, read and change the reasons why customers call."),
    "review": ("service.cli.learning", "List the contacts whose correction teaches most."),
    "correct": ("service.cli.learning", "Give a contact its true reason, for good."),
    "drift": ("service.cli.learning", "Tell whether it is time to discover again."),
    "categories": ("service.cli.categories", "Rules with a name: try, publish and apply them."),
    "search": ("service.cli.ask", "Find who said what, and when."),
    "export": ("service.cli.export", "Write transcripts as subtitles, text, JSON, vCon, CTM or RTTM."),
    "alerts": ("service.cli.alerts", "List what someone should look at, or look for it now."),
    "trends": ("service.cli.trends", "Show what rises and falls, by day, week or month."),
    "customer": ("service.cli.ask", "Show a customer's tags and contacts."),
    "episodes": ("service.cli.customers", "List who came back about the same reason."),
    "repeats": ("service.cli.customers", "Show repeat-contact rate and first-contact resolution."),
    "dispositions": ("service.cli.dispositions", "Hold wrap-up codes against the reasons that were found."),
    "changes": ("service.cli.customers", "List customers whose tags may have changed."),
    "outcomes": ("service.cli.outcomes", "Take in what customers did, and see which tags told of it."),
    "vocabulary": ("service.cli.vocabulary", "The names that calls are about, so that they are written right."),
    "redaction": ("service.cli.redaction", "What becomes of personal details, by type."),
    "lexicon": ("service.cli.lexicon", "Words and phrases that feel good or bad in your trade."),
    "serve": ("service.cli.serve", "Start the pages and the API, with a worker."),
    "worker": ("service.cli.serve", "Work on what waits until stopped."),
    "stop": ("service.cli.serve", "End the service that serve or demo started."),
    "demo": ("service.cli.serve", "Load the sample contact centre, analyse it and serve it."),
    "models": ("service.cli.models", "List, assemble, verify, measure and compare the models."),
    "db": ("service.cli.database", "Look at the database, upgrade, start or stop it."),
    "verify": ("service.cli.database", "Check that every stored item is there and whole."),
    "keys": ("service.cli.access", "Create, list and revoke API keys."),
    "link": ("service.cli.access", "Print a link that signs a browser in once."),
    "evaluate": ("service.cli.evaluate", "Measure quality and speed on labelled data."),
}

BROKEN_PIPE = 141
INTERRUPTED = 130


class LazyGroup(click.Group):
    """Knows its commands by name; imports the module of the one that runs.

    Called as a program it ends the process, and a failure is one line ``code: message`` on standard error.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        sys.exit(explain(self))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"reasonance {version('reasonance')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version)
@click.option("--verbose", "-v", is_flag=True, help="Print the log, and where an unforeseen error came from.")
def main(verbose: bool) -> None:
    """Hears why customers call: transcripts, call reasons, trends and customer tags, on one machine."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


def explain(command: click.Command, arguments: list[str] | None = None) -> int:
    """Runs it and returns the exit code: 2 for a command line that cannot be read, 1 for any other failure.

    ``arguments``: None is those of the process.
    """
    try:
        result = command.main(arguments, standalone_mode=False)
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        return _fail(f"request.invalid: {error.format_message()}")
    except ReasonanceError as error:
        return _fail(str(error))
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (as in `… | head`); closing keeps the interpreter from flushing into nothing.
        sys.stderr.close()
        return BROKEN_PIPE
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except Exception as error:
        logging.getLogger(__name__).info("unforeseen", exc_info=error)
        return _fail(f"{ReasonanceError.code}: {type(error).__name__}; run again with --verbose to see where")
    return result if isinstance(result, int) else 0


def _usage(error: click.UsageError) -> int:
    name = error.ctx.command_path if error.ctx else "reasonance"
    _fail(f"request.invalid: {error.format_message()} See '{name} --help'.")
    return 2


def _fail(line: str) -> int:
    click.echo(line, err=True)
    return 1
