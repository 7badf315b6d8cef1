"""`fairview train`: train the ranker."""

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
@workspace_option
@json_option
def command(workspace: Path, as_json: bool) -> None:
    """Train the ranker on events: one calibrated head per action, and one utility."""
    from fairview.discovery import train_ranker

    with progress_bar("Training") as progress:
        report = train_ranker(open_workspace(workspace), progress=progress)
    if as_json:
        print_json(report.to_dict())
        return
    click.echo(
        f"Learned from {report.impressions:,} impressions of {report.requests:,} requests in "
        f"{report.seconds:.1f} s."
    )
    for action, head in report.heads.items():
        area = "undefined" if head.auc is None else f"{head.auc:.3f}"
        click.echo(
            f"  {action}: area under the curve {area} on held-out days; predicted "
            f"{head.predicted:.4f}, observed {head.observed:.4f}"
        )
    if report.ndcg is not None and report.ndcg_logged is not None:
        click.echo(
            f"  NDCG@10 {report.ndcg:.3f}, against {report.ndcg_logged:.3f} as shown "
            f"({report.ndcg_requests:,} requests, {report.ndcg_on})"
        )
    for reason, count in report.dropped.items():
        if count:
            click.echo(f"  left out: {count:,} impressions ({reason})")
    for note in report.notes:
        click.echo(note)
    click.echo("Next: fairview audit, or fairview serve (again, where it runs)")
