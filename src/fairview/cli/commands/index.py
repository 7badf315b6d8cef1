"""`fairview index`: compute what is missing, and build the indexes."""

from __future__ import annotations

from pathlib import Path

import click

from fairview.cli.options import (
    json_option,
    open_workspace,
    print_json,
    progress_bar,
    workspace_option,
)


@click.command()
@click.option("--no-signals", is_flag=True, help="Don't compute missing signals first.")
@workspace_option
@json_option
def command(no_signals: bool, workspace: Path, as_json: bool) -> None:
    """Compute the signals that items lack, then build the text and vector indexes.

    The old indexes serve until the new ones are whole.
    """
    from fairview.retrieval import build_index
    from fairview.signals import run_signals

    opened = open_workspace(workspace)
    if not no_signals:
        with progress_bar("Signals", "item") as progress:
            run_signals(opened, progress=progress)
    with progress_bar("Indexing") as progress:
        report = build_index(opened, progress=progress)
    if as_json:
        print_json(
            {
                "items": report.manifest.items,
                "seconds": report.seconds,
                "size_bytes": report.size_bytes,
                "missing": list(report.missing),
            }
        )
        return
    click.echo(
        f"Indexed {report.manifest.items:,} items in {report.seconds:.1f} s "
        f"({report.size_bytes / 1e6:.1f} MB)."
    )
    for sentence in report.missing:
        click.echo(sentence)
    click.echo("Next: fairview train (with events), or fairview serve (again, where it runs)")
