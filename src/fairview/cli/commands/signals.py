"""`fairview signals`: run producers, and show what they cover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairview.cli.options import (
    counted,
    json_option,
    open_workspace,
    print_json,
    progress_bar,
    workspace_option,
)

if TYPE_CHECKING:
    from fairview.signals import SignalReport


@click.group()
def command() -> None:
    """Run the producers of signals, or show what they cover."""


@command.command()
@click.argument("names", nargs=-1)
@workspace_option
@json_option
def run(names: tuple[str, ...], workspace: Path, as_json: bool) -> None:
    """Compute signals: the NAMES given, or those that the settings list.

    Items that have a signal already aren't computed again.
    """
    from fairview.signals import run_signals

    with progress_bar("Signals", "item") as progress:
        report = run_signals(
            open_workspace(workspace), names=list(names) or None, progress=progress
        )
    if as_json:
        print_json(report.to_dict())
        return
    for line in _sentences(report):
        click.echo(line)
    click.echo("Next: fairview index")


def _sentences(report: SignalReport) -> list[str]:
    lines = [
        (
            f"{counted(report.items, 'item')} in {report.seconds:.1f} s "
            f"({report.items_per_second:,.0f} per second)."
        )
    ]
    for name, count in report.computed.items():
        states = ", ".join(f"{s} {n:,}" for s, n in report.states.get(name, {}).items() if n)
        lines.append(f"  {name}: {count:,} computed" + (f" ({states})" if states else ""))
        lines += [
            f"    failed: {number:,} ({reason})"
            for reason, number in report.failures.get(name, {}).items()
        ]
    return lines


@command.command()
@workspace_option
@json_option
def show(workspace: Path, as_json: bool) -> None:
    """Show how many items each signal covers, by state."""
    from fairview.catalog import SignalStore

    summary = SignalStore(open_workspace(workspace)).summary()
    if as_json:
        print_json(summary)
        return
    for name, states in summary.items():
        counts = ", ".join(f"{state} {count:,}" for state, count in states.items() if count)
        click.echo(f"{name}: {counts}")
    if not summary:
        click.echo("There are no signals yet; run: fairview signals run")
