"""`fairview serve`: the page and the API."""

from __future__ import annotations

from pathlib import Path

import click

from fairview.cli.options import open_workspace, workspace_option


@click.command()
@click.option("--host", help="Address to listen on; by default the setting's.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@workspace_option
def command(host: str | None, port: int | None, workspace: Path) -> None:
    """Serve the page and the API until Ctrl-C."""
    from fairview.serving import serve

    opened = open_workspace(workspace)
    settings = opened.settings.serving
    serve(
        opened,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )
