"""`fairview init`: make a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from fairview.cli.options import json_option, print_json


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="The workspace's name on pages and reports.")
@json_option
def command(folder: Path, name: str | None, as_json: bool) -> None:
    """Make a workspace in FOLDER: one folder, one settings file, one audit file."""
    from fairview.audit import default_text
    from fairview.catalog import Workspace

    workspace = Workspace.create(folder, name=name or folder.resolve().name)
    (workspace.root / workspace.settings.audit.gates).write_text(default_text(), encoding="utf-8")
    if as_json:
        print_json({"workspace": str(folder)})
        return
    click.echo(f"Made {folder}: settings in fairview.toml, gates in audit.yaml.")
    click.echo(f"Next: cd {folder} && fairview ingest PATH")
