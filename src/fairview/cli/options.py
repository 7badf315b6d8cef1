"""Options that several commands share, and how they print."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from fairview.catalog import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])


def workspace_option(command: Command) -> Command:
    """Add ``--workspace``; the folder stands also in FAIRVIEW_WORKSPACE."""
    return click.option(
        "--workspace",
        "-w",
        type=click.Path(path_type=Path),
        default=Path(),
        envvar="FAIRVIEW_WORKSPACE",
        show_envvar=True,
        help="The workspace's folder; by default the current one.",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json``: print one JSON document instead of sentences."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def open_workspace(folder: Path) -> Workspace:
    """Open the workspace in `folder`."""
    from fairview.catalog import Workspace

    return Workspace.open(folder)


def print_json(data: Mapping[str, Any] | list[Any]) -> None:
    """Print plain data as one JSON document."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


@contextmanager
def progress_bar(what: str, unit: str = "") -> Iterator[Callable[[int, int], None]]:
    """Give a function ``(done, of)`` that draws a bar on stderr.

    Away from a terminal nothing is drawn.
    """
    from tqdm import tqdm

    shown = sys.stderr.isatty()
    with tqdm(desc=what, unit=unit or "step", disable=not shown, leave=False) as bar:

        def tell(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield tell


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "item"), counted(1200, "item"), counted(2, "entry", "entries")
    ('1 item', '1,200 items', '2 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
