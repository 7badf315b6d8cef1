"""`fairview weeks`: day 1 against week 4, in a synthetic world that lives under re-rankers."""

from __future__ import annotations

from pathlib import Path

import click

from fairview.cli.options import progress_bar


@click.command()
@click.option("--days", type=click.IntRange(2, 365), default=28, show_default=True)
@click.option(
    "--replicates",
    type=click.IntRange(2, 200),
    default=10,
    show_default=True,
    help="How many times each policy is simulated; policies share their chance in pairs.",
)
@click.option("--items", type=click.IntRange(200, 100_000), default=2000, show_default=True)
@click.option("--people", type=click.IntRange(20, 100_000), default=400, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@click.option(
    "--satiation",
    type=click.FloatRange(0, 5),
    default=1.0,
    show_default=True,
    help="How much people tire of what looks alike; 0 is not at all.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("weeks.html"),
    show_default=True,
    help="Where the report goes.",
)
def command(
    days: int, replicates: int, items: int, people: int, seed: int, satiation: float, out: Path
) -> None:
    """Simulate weeks of a page by relevance alone, of a diversified and of a balanced one.

    People tire of what looks alike, providers post after attention and leave without it. It is a
    model with stated strengths that asks "what if"; it doesn't say what will happen.
    """
    from fairview.catalog.world import World, WorldParameters
    from fairview.core.atomic import write_bytes
    from fairview.experiments import Drift
    from fairview.interventions.long_run import RerankedPages, long_run
    from fairview.interventions.weeks_report import BASELINE, html, table

    parameters = WorldParameters(
        seed=seed, items=items, people=people, days=1, requests_per_day=2 * people, pool_size=150
    )
    world = World.generate(parameters)
    policies = {
        BASELINE: RerankedPages(world, "top_k"),
        "diversified": RerankedPages(world, "dpp", diversity=0.15),
        "diversified and balanced": RerankedPages(world, "dpp", diversity=0.15, representation=0.3),
    }
    drift = Drift(satiation=satiation)
    with progress_bar("Living through weeks", "run") as progress:
        weeks = long_run(
            world,
            policies,
            seeds=range(seed, seed + replicates),
            days=days,
            drift=drift,
            progress=progress,
        )
    write_bytes(out, html(weeks, drift).encode())
    for line in table(weeks):
        click.echo(line)
    click.echo(f"Report: {out}")
