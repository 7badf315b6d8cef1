"""`fairview demo`: the whole of it on a synthetic world."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where the world and its workspace go; what an earlier demo left there is replaced.",
)
@click.option("--items", type=click.IntRange(120), default=3300, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@click.option("--serve/--no-serve", default=True, help="Whether the page is served at the end.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; by default the setting's.")
def command(folder: Path, items: int, seed: int, serve: bool, port: int | None) -> None:
    """Build a synthetic world, audit its page before and after balancing it, and serve the page."""
    from fairview.cli.demonstration import build, summary

    built = build(folder, items=items, seed=seed)
    for line in summary(built):
        click.echo(line)
    if serve:
        from fairview.serving import serve as serve_page

        serve_page(built.workspace, port=port)
