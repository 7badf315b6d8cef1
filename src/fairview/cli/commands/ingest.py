"""`fairview ingest`: take in items."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairview.cli.options import (
    counted,
    json_option,
    open_workspace,
    print_json,
    workspace_option,
)
from fairview.core.errors import UsageError

if TYPE_CHECKING:
    from fairview.catalog import IngestReport


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field."
)
@click.option("--join", type=click.Path(path_type=Path), help="A table with facts about providers.")
@click.option("--on", metavar="COLUMN=COLUMN", help="How --join is matched: manifest=table.")
@click.option("--source", help="The source's name, part of the items' ids.")
@click.option("--synthetic", is_flag=True, help="Mark the items as synthetic.")
@workspace_option
@json_option
def command(
    path: Path,
    maps: tuple[str, ...],
    join: Path | None,
    on: str | None,
    source: str | None,
    synthetic: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Take in PATH: a folder of pictures, a tar, or a CSV, JSONL or Parquet manifest.

    Run again, it changes nothing; stopped at any moment and run again, it ends the same.
    """
    from fairview.catalog import Join, ingest

    if (join is None) != (on is None):
        raise UsageError("--join and --on go together; give both or neither.")
    report = ingest(
        open_workspace(workspace),
        path,
        mapping=_mapping(maps),
        join=[Join.parse(join, on)] if join is not None and on is not None else [],
        source=source,
        synthetic=synthetic,
    )
    if as_json:
        print_json(report.to_dict())
        return
    for line in _sentences(report):
        click.echo(line)


def _mapping(maps: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for text in maps:
        field, equals, column = text.partition("=")
        if not (field and equals and column):
            raise UsageError(f"--map {text!r} must have the form FIELD=COLUMN.")
        mapping[field.strip()] = column.strip()
    return mapping


def _sentences(report: IngestReport) -> list[str]:
    lines = [
        (
            f"{counted(report.seen, 'entry', 'entries')} from {report.source}: "
            f"{report.added:,} added, {report.updated:,} updated, {report.unchanged:,} unchanged "
            f"({report.items_per_second:,.0f} per second)."
        )
    ]
    if report.duplicates:
        lines.append(f"{counted(report.duplicates, 'item')} have the same content as another.")
    for note, count in sorted(report.notes.items()):
        lines.append(f"{counted(count, 'picture')} read with a remark: {note}.")
    for reason, count in sorted(report.quarantined.items()):
        lines.append(f"{counted(count, 'entry', 'entries')} quarantined: {reason}.")
        lines += [f"  {example}" for example in report.examples.get(reason, [])]
    if report.hidden:
        lines.append(f"{counted(report.hidden, 'hidden file')} passed over.")
    if report.unnamed:
        lines.append(
            f"{counted(report.unnamed, 'file')} passed over: the folder's manifest doesn't name "
            f"them."
        )
    lines.append("Next: fairview index")
    return lines
