"""`fairview events`: take in what people did."""

from __future__ import annotations

from pathlib import Path

import click

from fairview.cli.options import (
    counted,
    json_option,
    open_workspace,
    print_json,
    workspace_option,
)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@workspace_option
@json_option
def command(path: Path, workspace: Path, as_json: bool) -> None:
    """Take in PATH: events of schema v1 as Parquet or CSV."""
    from fairview.catalog import EventStore

    report = EventStore(open_workspace(workspace)).ingest(path)
    if as_json:
        print_json(report.to_dict())
        return
    click.echo(
        f"{counted(report.read, 'event')} read: {report.added:,} added, "
        f"{report.duplicates:,} known already, {report.set_aside:,} set aside."
    )
    reasons = {
        "about items that the catalogue lacks": report.unknown_items,
        "with a wrong clock": report.clock_errors,
        **report.bad_rows,
    }
    for reason, count in reasons.items():
        if count:
            click.echo(f"  {count:,} {reason}")
    for examples in report.examples.values():
        for example in examples[:2]:
            click.echo(f"    {example}")
    if report.ignored_columns:
        click.echo(f"Columns that schema v1 doesn't have: {', '.join(report.ignored_columns)}.")
    click.echo("Next: fairview train")
