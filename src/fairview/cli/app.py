"""The `fairview` program: its commands, and the place where an error becomes a sentence."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from fairview import __version__
from fairview.core.errors import EXIT_USAGE, FairviewError

COMMANDS = {
    "init": "Make a workspace folder with one settings file.",
    "ingest": "Take in a folder, a tar or a manifest of items.",
    "events": "Take in what people did: Parquet or CSV of schema v1.",
    "signals": "Run the producers of signals, or show what they cover.",
    "index": "Build the text and vector indexes.",
    "train": "Train the ranker on events.",
    "eligibility": "Say which queries offer refinements; train on reviewed ones.",
    "search": "Search from the command line.",
    "audit": "Audit the page, the log and the catalogue.",
    "find": "Find who is served worst, and where a gap comes from.",
    "conformance": "Ask any audit tool for figures whose right answer is known.",
    "intervene": "Try changes of the page and see what each costs.",
    "weeks": "Let a synthetic world live under re-rankers for weeks.",
    "serve": "Serve the page and the API.",
    "doctor": "Check the workspace and say what to do.",
    "world": "Make a synthetic catalogue with events and known truth.",
    "demo": "Build the synthetic world, audit it, and serve the page.",
}
"""Every command and its line of help; the command's file has the same name."""

INTERRUPTED = 130


class Commands(click.Group):
    """Commands that are imported only when they are run, so that help starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order that they are used in."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        found = import_module(f"fairview.cli.commands.{cmd_name}").command
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fairview")
def program() -> None:
    """Fairview: from a folder of pictures to a fair, explainable search page and an audit of it.

    Start with: fairview init looks && cd looks && fairview ingest PATH
    """


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit.

    Exit codes: 0 pass, 1 an audit's gate failed, 2 a usage or data error, 3 an audit lacked
    evidence, 130 interrupted.
    """
    try:
        code = program.main(
            args=None if arguments is None else list(arguments), standalone_mode=False
        )
    except FairviewError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        click.echo(f"Error: {_told(error)}", err=True)
        sys.exit(EXIT_USAGE)
    sys.exit(code if isinstance(code, int) else 0)


def _told(error: OSError) -> str:
    """Return what the system refused, as a sentence."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}; check the path, its rights and the free space."
