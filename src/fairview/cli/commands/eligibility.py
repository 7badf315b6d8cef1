"""`fairview eligibility`: which queries offer refinements: train the classifier, review queries."""

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


@click.group()
def command() -> None:
    """Say which queries offer refinements: a reviewed list, and a classifier trained on it."""


@command.command()
@workspace_option
@json_option
def train(workspace: Path, as_json: bool) -> None:
    """Train the classifier on the workspace's reviewed_queries.csv."""
    from fairview.discovery import train_eligibility

    with progress_bar("Queries", "query") as progress:
        report = train_eligibility(open_workspace(workspace), progress=progress)
    if as_json:
        print_json(report.to_dict())
        return
    for name, decision in report.decisions.items():
        precision = "undefined" if decision.precision is None else f"{decision.precision:.2f}"
        recall = "undefined" if decision.recall is None else f"{decision.recall:.2f}"
        click.echo(
            f"{name}: {decision.reviewed:,} reviewed queries; on those held out in turn, accuracy "
            f"{decision.accuracy:.2f}, precision {precision}, recall {recall}"
        )
    for note in report.notes:
        click.echo(f"Not trained: {note}")
    click.echo("Next: fairview serve (again, where it runs)")


@command.command()
@click.option("--attribute", default="skin_tone", show_default=True, help="What is offered.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True)
@workspace_option
@json_option
def review(attribute: str, most: int, workspace: Path, as_json: bool) -> None:
    """List queries worth reviewing, least sure first, as lines for reviewed_queries.csv."""
    import numpy as np

    from fairview.discovery import SearchEngine, to_review, traffic_of

    opened = open_workspace(workspace)
    engine = SearchEngine.open(opened)
    queries = traffic_of(opened, np.random.default_rng(opened.settings.seed)).queries.tolist()
    found = to_review(engine, queries, attribute, most)
    if as_json:
        print_json([{"query": query, "probability": chance} for query, chance in found])
        return
    click.echo("query,attribute,offered")
    for query, chance in found:
        click.echo(f'"{query}",{attribute},{"yes" if chance >= 0.5 else "no"}')
    click.echo(f"{len(found)} queries; correct the last column and add them.", err=True)
