"""`fairview world`: a synthetic catalogue with events and known truth."""

from __future__ import annotations

from pathlib import Path

import click

from fairview.cli.options import counted, json_option, print_json, progress_bar
from fairview.core.errors import UsageError

TRUTH = Path("truth") / "world.json"
"""What only a folder that a world was written into holds."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--items", type=click.IntRange(1), default=4000, show_default=True)
@click.option("--people", type=click.IntRange(1), default=1500, show_default=True)
@click.option("--days", type=click.IntRange(1), default=14, show_default=True)
@click.option("--requests-per-day", type=click.IntRange(1), default=600, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@click.option("--pictures/--no-pictures", default=True, help="Whether pictures are drawn.")
@json_option
def command(
    folder: Path,
    items: int,
    people: int,
    days: int,
    requests_per_day: int,
    seed: int,
    pictures: bool,
    as_json: bool,
) -> None:
    """Make a synthetic world in FOLDER: pictures, manifest, events, and the truth about them."""
    from fairview.catalog.world import World, WorldParameters

    if folder.exists() and any(folder.iterdir()) and not (folder / TRUTH).is_file():
        raise UsageError(f"{folder} holds files that aren't a world's; give another folder.")
    world = World.generate(
        WorldParameters(
            seed=seed, items=items, people=people, days=days, requests_per_day=requests_per_day
        )
    )
    with progress_bar("Drawing", "picture") as progress:
        manifest = world.write_catalogue(folder, pictures=pictures, progress=progress)
    with progress_bar("Simulating", "day") as progress:
        counts = world.write_events(folder / "events.parquet", progress=progress)
    world.write_truth(folder / "truth", simulate=False)
    if as_json:
        print_json({"manifest": str(manifest), "items": items, "events": counts.events})
        return
    click.echo(f"Synthetic: {counted(items, 'item')} and {counted(counts.events, 'event')}.")
    click.echo(f"Next: fairview ingest {manifest} && fairview events {folder / 'events.parquet'}")
